"""The columns and rows that a scan requests, as the last operator of a pipeline."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from biometal_stream.columns import empty_batch
from biometal_stream.errors import SchemaError
from biometal_stream.evaluation import evaluate
from biometal_stream.interfaces import Concurrency
from biometal_stream.view import filter_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from biometal_stream.interfaces import BatchFunction, Operator


@dataclass(frozen=True, eq=False)
class Scan:
    """Keeps the rows that match a filter, and makes columns.

    Attributes:
        columns: The name and expression of each output column, in order; ``None`` keeps all
            columns. An expression of ``None`` stands for the input column of that name.
        filter: The rows to keep, decided row by row; a row for which it is null is dropped.
            ``None`` keeps all rows.
    """

    columns: dict[str, pc.Expression | None] | None = None
    filter: pc.Expression | None = None

    @property
    def name(self) -> str:
        """The operator's name in statistics."""
        return "scan"

    @property
    def concurrency(self) -> Concurrency:
        """All workers call it."""
        return Concurrency.SHARED

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The output columns, with the metadata of the input.

        Raises:
            SchemaError: There is no such column, or an expression does not fit the columns.
        """
        return self(empty_batch(input_schema)).schema

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """See `biometal_stream.interfaces.Pushdown.pushdown`."""
        made = self.columns if self.columns is not None else dict.fromkeys(input_schema.names)
        made = {name: made[name] for name in made if name in columns}
        needed = {name for name, expression in made.items() if expression is None}
        for expression in (self.filter, *made.values()):
            if expression is not None:
                needed |= _columns_of(expression, input_schema)
        return Scan(made, self.filter), frozenset(needed)

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields the operator."""
        yield self

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Makes the columns, and copies the rows to keep of these columns only.

        Raises:
            SchemaError: See `output_schema`.
        """
        keep = None
        if self.filter is not None:
            (keep,) = _evaluated([self.filter], batch, "filter")
            if not pa.types.is_boolean(keep.type):
                raise SchemaError(f"a filter must be true or false: {self.filter} is {keep.type}")
        if self.columns is not None:
            batch = self._made(batch, self.columns)
        if keep is None:
            return batch
        return filter_rows(batch, keep.fill_null(False))

    def _made(
        self, batch: pa.RecordBatch, columns: dict[str, pc.Expression | None]
    ) -> pa.RecordBatch:
        names = batch.schema.names
        for name, expression in columns.items():
            if expression is None and name not in names:
                raise SchemaError(f"there is no column '{name}'; columns: {', '.join(names)}")
        if all(expression is None for expression in columns.values()):
            return batch.select(list(columns))
        expressions = [
            pc.field(name) if expression is None else expression
            for name, expression in columns.items()
        ]
        made = _evaluated(expressions, batch, "expression")
        fields = [
            batch.schema.field(name) if columns[name] is None else pa.field(name, array.type)
            for name, array in zip(columns, made, strict=True)
        ]
        return pa.RecordBatch.from_arrays(made, schema=pa.schema(fields, batch.schema.metadata))


def _evaluated(
    expressions: Sequence[pc.Expression], batch: pa.RecordBatch, what: str
) -> list[pa.Array]:
    """The values of expressions, row by row."""
    try:
        return evaluate(expressions, batch)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        if batch.num_rows:  # the error is in a value, such as a division by zero
            raise
        reason = str(error).partition("\n")[0]
        columns = ", ".join(batch.schema.names) or "none"
        raise SchemaError(f"the {what} does not fit the columns {columns}: {reason}") from error


def _columns_of(expression: pc.Expression, schema: pa.Schema) -> set[str]:
    """The columns that an expression refers to. pyarrow has no function for that."""
    if "FieldPath(" in str(expression):  # a column number, which counts the others too
        return set(schema.names)
    empty = empty_batch(schema)
    needed = set()
    for name in schema.names:
        try:
            _evaluated([expression], empty.drop_columns([name]), "expression")
        except SchemaError:
            needed.add(name)
    return needed
