"""Writes columns into the description, for FASTQ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import Names, argument, option, settle_columns, settle_names

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator


_TAGS = {
    "length": "xl",
    "mean_quality": "xq",
    "expected_errors": "xe",
    "gc": "xg",
    "n_count": "xn",
}
"""SAM tags of known columns; tags with lower case letters are for local use (SAMtags 1.1)."""

_OTHERS = tuple(f"x{number}" for number in range(10))
"""SAM tags of all other columns, in order."""

_TAG = r"[A-Za-z][A-Za-z0-9]"

_VALUES = r"(?:A:[!-~]|i:[-+]?[0-9]+|f:[-+0-9.eE]+|Z:[ -~]*|H:[0-9A-Fa-f]*|B:[cCsSiIf],[^\t]*)"

_ENDS_IN_TAG = rf"(?:^|\t){_TAG}:{_VALUES}$"
"""A description whose last field is a SAM tag, as dorado and ``samtools fastq -T`` write."""


@dataclass(frozen=True)
class TagDescription(StatelessOperator):
    """Adds the values of columns to the description, so that FASTQ keeps them.

    Appends ``column=value`` to the description, separated by blanks, in the given order; nulls
    are left out::

        @read1 1:N:0:ATCACG quality_label=PASS quality_probability=0.98765

    A description that ends in a SAM tag, as dorado and ``samtools fastq -T`` write, gets SAM
    tags, which ``samtools import -T '*'`` reads. A tag that exists is replaced::

        @read1  BC:Z:ACGT  qs:f:12.5  xl:i:1500  x0:Z:PASS

    The tags are xl for length, xq for mean_quality, xe for expected_errors, xg for gc, xn for
    n_count, and x0, x1 and so on for other columns, unless tags are given. Whole numbers and
    booleans have type i, other numbers type f, and text type Z, as have whole numbers that are
    too large for i. Numbers that are not finite are left out.

    Numbers have as few digits as it takes to read them back exactly. The columns are kept.

    Attributes:
        columns: The columns of text, labels, numbers or booleans to write.
        tags: The SAM tags of the columns, in the same order.
        style: ``sam`` writes SAM tags for all reads, ``words`` for none, ``auto`` for reads whose
            description already has some.
    """

    columns: Names = argument("The columns to write, in this order.")
    tags: Names = option(
        "The SAM tag of a column, two letters such as XL, in the order of the columns.", default=()
    )
    style: str = option(
        "Whether to write SAM tags or words such as length=150; auto writes SAM tags for reads"
        " whose description has some.",
        default="auto",
        choices=("auto", "sam", "words"),
    )

    def __post_init__(self) -> None:
        settle_columns(self)
        settle_names(self, "tags")
        super().__post_init__()
        for tag in self.tags:
            if not re.fullmatch(_TAG, tag):
                raise ConfigurationError(
                    f"{self.name}: a SAM tag is a letter and a letter or digit, such as XL: {tag!r}"
                )
        if self.tags and len(self.tags) != len(self.columns):
            raise ConfigurationError(
                f"{self.name}: give as many tags as columns: {len(self.columns)} columns,"
                f" {len(self.tags)} tags"
            )
        if len(set(self.tags)) < len(self.tags):
            raise ConfigurationError(f"{self.name}: a tag is given twice")
        if not self.tags and self.style != "words" and len(self._tags) < len(self.columns):
            raise ConfigurationError(
                f"{self.name}: only {len(_OTHERS)} columns can have a default SAM tag;"
                " give the tags"
            )

    @property
    def _tags(self) -> dict[str, str]:
        """The SAM tag of each column."""
        if self.tags:
            return dict(zip(self.columns, self.tags, strict=True))
        others = iter(_OTHERS)
        tags = {name: _TAGS.get(name) or next(others, None) for name in self.columns}
        return {name: tag for name, tag in tags.items() if tag is not None}

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, with a description that may be null.

        Raises:
            SchemaError: There is no string column ``description``, or a column is missing or has
                a type that cannot be written.
        """
        import pyarrow as pa

        from biometal_stream.schemas.checks import is_text, require_columns, require_text

        require_text(input_schema, ("description",), self.name)
        require_columns(input_schema, self.columns, self.name)
        for name in self.columns:
            kind = input_schema.field(name).type
            kind = kind.value_type if pa.types.is_dictionary(kind) else kind
            numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind)
            if not (numeric or is_text(kind) or pa.types.is_boolean(kind)):
                raise SchemaError(f"{self.name} cannot write column '{name}', which is {kind}")
        index = input_schema.get_field_index("description")
        return input_schema.set(index, input_schema.field(index).with_nullable(True))

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if the description is not used."""
        if "description" not in columns:
            return None, columns
        return self, columns | frozenset(self.columns)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Appends the values to the description of each read.

        Raises:
            DataError: A text cannot be written in a SAM tag.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        schema = self.output_schema(batch.schema)
        index = schema.get_field_index("description")
        before = batch.column(index).cast(pa.large_string())
        bare = before.fill_null("")
        if self.style == "auto":
            in_tags = pc.match_substring_regex(bare, _ENDS_IN_TAG)
        else:
            in_tags = pa.array([self.style == "sam"] * batch.num_rows, pa.bool_())
        joined = self._in_words(batch, bare)
        if pc.any(in_tags).as_py():
            joined = pc.if_else(in_tags, self._in_tags(batch, bare, in_tags), joined)
        joined = pc.if_else(pc.equal(joined, ""), before, joined)  # nulls stay if nothing is added
        columns = batch.columns
        columns[index] = joined.cast(schema.field(index).type)
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def _in_words(self, batch: pa.RecordBatch, before: pa.Array) -> pa.Array:
        """The descriptions with a blank and ``column=value`` for each column."""
        import pyarrow.compute as pc

        words = [_joined(f" {name}=", _text_of(batch.column(name))) for name in self.columns]
        joined = _concatenated(before, *words)
        # Without a description they begin with a blank, which is removed.
        bare = pc.equal(pc.binary_length(before), 0)
        return pc.if_else(bare, pc.utf8_slice_codeunits(joined, 1), joined)

    def _in_tags(self, batch: pa.RecordBatch, before: pa.Array, rows: pa.Array) -> pa.Array:
        """The descriptions with a tab and ``XX:TYPE:VALUE`` for each column."""
        import pyarrow.compute as pc

        tags = self._tags
        there = "|".join(tags.values())
        before = pc.replace_substring_regex(before, rf"(?:^|\t)(?:{there}):[AifZHB]:[^\t]*", "")
        fields = [_field(batch.column(name), name, tag, rows) for name, tag in tags.items()]
        return _concatenated(before, *fields)


def _field(column: pa.Array, name: str, tag: str, rows: pa.Array) -> pa.Array:
    """A tab and the SAM tag of each row; empty for null, NaN and infinity.

    Raises:
        DataError: A text in one of the rows is not printable ASCII.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    if pa.types.is_floating(column.type):
        finite = pc.is_finite(column.cast(pa.float64()))
        return _joined(f"\t{tag}:f:", _text_of(pc.if_else(finite, column, None)))
    text = _text_of(column)
    if not pa.types.is_integer(column.type):
        fits = pc.match_substring_regex(text, r"^[ -~]*$").fill_null(True)
        wrong = pc.and_(rows, pc.invert(fits))
        if pc.any(wrong).as_py():
            value = text.filter(wrong)[0].as_py()
            raise DataError(
                f"tag-description: column '{name}' has {value!r}, which a SAM tag cannot hold:"
                " only printable ASCII is allowed"
            )
        return _joined(f"\t{tag}:Z:", text)
    if column.type.bit_width < 64:
        return _joined(f"\t{tag}:i:", text)
    low, high = -(2**31) if pa.types.is_signed_integer(column.type) else 0, 2**32 - 1
    fits = pc.and_(pc.greater_equal(column, low), pc.less_equal(column, high))
    return pc.if_else(
        fits.fill_null(True), _joined(f"\t{tag}:i:", text), _joined(f"\t{tag}:Z:", text)
    )


def _text_of(column: pa.Array) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.large_string())


def _joined(begin: str, values: pa.Array) -> pa.Array:
    """The prefix and each value; empty for null."""
    return _concatenated(begin, values).fill_null("")


def _concatenated(*parts: pa.Array | str) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pa.large_string()
    scalars = [pa.scalar(part, text) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*scalars, pa.scalar("", text))
