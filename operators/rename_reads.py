"""Gives reads new names."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.interfaces import Concurrency
from biometal_stream.operators.base import StatelessOperator, transform_whole, with_mates
from biometal_stream.settings import argument, option

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.interfaces import BatchFunction, Operator

_NUMBER, _STEM = "number", "stem"
_WIDTH = re.compile(r"0?([1-9][0-9]?)")
_OTHERS = {
    "comment": "{description}",
    "cut_prefix": "a column",
    "header": "{name} {description}",
    "id": "{name}",
    "nr": "{number}",
    "rn": "{mate}",
}
"""What other programs call these fields."""


class _Part(NamedTuple):
    """A text of a template, and the field after it, if any, with the digits of a number."""

    text: str
    field: str | None
    digits: int


@dataclass(frozen=True)
class RenameReads(StatelessOperator):
    """Gives reads new names, made from a template with fields in braces.

    The fields are ``{name}``; ``{stem}``, the name without ``/1`` or ``/2`` at its end;
    ``{number}``, which counts reads or pairs in input order, the same for both mates, and
    ``{number:08}`` with zeros before it; ``{mate}``, 1 or 2; ``{description}``; and any other
    column of text, labels or whole numbers::

        sample1_{number}     sample1_1, sample1_2, sample1_3
        {stem}/{mate}        sets /1 and /2
        {stem}               takes them off
        {name}_{umi}         adds a column

    The description stays. If the template has a blank, what follows it is the new description. A
    null in a column is written as ``unknown``, in the description as nothing.

    Attributes:
        template: The template.
        start: The first number.

    Example:
        >>> RenameReads("new_{number}")
    """

    needs: ClassVar[tuple[str, ...]] = ("name",)

    template: str = argument("The new name, such as 'sample1_{number}'.")
    start: int = option("The first number.", default=1, minimum=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self._parsed()[0]:
            raise ConfigurationError(f"{self.name}: the template must begin with a name")

    def _parsed(self) -> tuple[list[_Part], list[_Part] | None]:
        """The parts of the name and, if the template has a blank, of the description."""
        try:
            parsed = [*Formatter().parse(self.template)]
        except ValueError as error:
            raise ConfigurationError(
                f"{self.name}: {self.template!r} is not a template ({error}); write a field"
                " as {number}, and a brace as {{"
            ) from None
        name: list[_Part] = []
        description: list[_Part] | None = None
        for text, field, width, conversion in parsed:
            digits = self._digits(field, width or "", conversion)
            if description is None and (blank := re.search(r"[ \t]", text)):
                name.append(_Part(text[: blank.start()], None, 0))
                description = [_Part(text[blank.end() :], field, digits)]
                continue
            (name if description is None else description).append(_Part(text, field, digits))
        return [part for part in name if part.text or part.field], description

    def _digits(self, field: str | None, width: str, conversion: str | None) -> int:
        if field == "" or conversion is not None:
            raise ConfigurationError(
                f"{self.name}: a field of the template needs a name, such as {{number}}, and"
                " nothing else"
            )
        found = _WIDTH.fullmatch(width)
        if width and (field != _NUMBER or found is None):
            raise ConfigurationError(
                f"{self.name}: only {{number}} has a width, such as {{number:08}}:"
                f" {{{field}:{width}}}"
            )
        return int(found[1]) if found else 0

    @property
    def _fields(self) -> set[str]:
        name, description = self._parsed()
        return {part.field for part in [*name, *(description or ())] if part.field}

    @property
    def concurrency(self) -> Concurrency:
        """Numbers need all batches in order."""
        return Concurrency.SERIAL if _NUMBER in self._fields else Concurrency.SHARED

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, with a description that may be null if it is made.

        Raises:
            SchemaError: There is no column of a field, or its type cannot be written.
        """
        from biometal_stream.schemas.checks import require_comparable, require_text

        described = self._parsed()[1] is not None
        fields = self._fields - {_NUMBER, _STEM}
        for field in sorted(fields - set(input_schema.names)):
            if field.rpartition(".")[2] in _OTHERS:
                meant = _OTHERS[field.rpartition(".")[2]]
                raise SchemaError(f"{self.name}: there is no field {{{field}}}; write {meant}")
        require_text(input_schema, ("name", *(("description",) * described)), self.name)
        require_comparable(input_schema, sorted(fields), self.name)
        if not described:
            return input_schema
        index = input_schema.get_field_index("description")
        return input_schema.set(index, input_schema.field(index).with_nullable(True))

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if neither the name nor the description that it makes is used."""
        made = {"name", *(("description",) if self._parsed()[1] is not None else ())}
        if columns.isdisjoint(made):
            return None, columns
        read = columns | {"name"} | (self._fields - {_NUMBER, _STEM})
        return self, with_mates(frozenset(read | made), input_schema)

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields the operator, or a function that counts."""
        yield _Numbering(self) if self.concurrency is Concurrency.SERIAL else self

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Renames the reads of a batch that is a whole stream."""
        return transform_whole(_Numbering(self), batch)

    def renamed(self, batch: pa.RecordBatch, first: int) -> pa.RecordBatch:
        """Renames the reads of a batch.

        Args:
            batch: The batch.
            first: The number of its first read or pair.

        Raises:
            DataError: A name is null, or a new one is empty or has a blank.
        """
        import pyarrow as pa

        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        BatchView(batch).text("name")  # must not be null
        name, description = self._parsed()
        columns = batch.columns
        made = _joined(batch, name, first, null="unknown")
        self._check(made)
        index = schema.get_field_index("name")
        columns[index] = made.cast(schema.field(index).type)
        if description is not None:
            index = schema.get_field_index("description")
            text = _joined(batch, description, first, null="")
            columns[index] = _null_if_empty(text).cast(schema.field(index).type)
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def _check(self, names: pa.Array) -> None:
        import pyarrow.compute as pc

        bad = pc.match_substring_regex(names, r"^$|[ \t\r\n]")
        if pc.any(bad).as_py():
            name = names.filter(bad)[0].as_py()
            what = "is empty" if not name else f"would have a blank: {name!r}"
            raise DataError(f"{self.name}: a name {what}; FASTQ has none of that")


def _joined(batch: pa.RecordBatch, parts: list[_Part], first: int, null: str) -> pa.Array:
    """The texts and fields of each row, one after another."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pa.large_string()
    joined: list[Any] = []
    for part in parts:
        joined.append(pa.scalar(part.text, text))
        if part.field is not None:
            joined.append(_values(batch, part, first).cast(text).fill_null(null))
    if all(isinstance(each, pa.Scalar) for each in joined):
        joined.append(pa.repeat(pa.scalar("", text), batch.num_rows))
    return pc.binary_join_element_wise(*joined, pa.scalar("", text))


def _values(batch: pa.RecordBatch, part: _Part, first: int) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if part.field == _NUMBER:
        return _numbers(batch, first, part.digits)
    if part.field == _STEM:
        name = batch.column("name").cast(pa.large_string())
        return pc.replace_substring_regex(name, r"^(.+)/[12]$", r"\1")
    column = batch.column(part.field)
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _numbers(batch: pa.RecordBatch, first: int, digits: int) -> pa.Array:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from biometal_stream.view import BatchView

    starts = BatchView(batch).unit_starts
    units = np.repeat(np.arange(len(starts)), np.diff(starts, append=batch.num_rows))
    numbers = pa.array(units + first).cast(pa.large_string())
    return pc.utf8_lpad(numbers, digits, "0") if digits else numbers


def _null_if_empty(texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.if_else(pc.equal(texts, ""), None, texts)


class _Numbering:
    """The state of `RenameReads`: the next number."""

    exhausted = False

    def __init__(self, operator: RenameReads) -> None:
        self._operator = operator
        self._next = operator.start

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        from biometal_stream.view import BatchView

        made = self._operator.renamed(batch, self._next)
        self._next += len(BatchView(batch).unit_starts)
        return made

    def flush(self) -> None:
        return None
