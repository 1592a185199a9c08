"""Writes columns into the description, so that FASTQ carries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import SchemaError
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import argument, settle_columns

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator


@dataclass(frozen=True)
class TagDescription(StatelessOperator):
    """Adds the values of columns to the description, so that FASTQ carries them.

    Behind what stands there come ``column=value``, with blanks between them, in the order that
    the columns are named in; what is null is left out::

        @read1 1:N:0:ATCACG quality_label=PASS quality_probability=0.98765

    Numbers are written as short as they can be read back exactly. The columns stay.

    Attributes:
        columns: The columns of text, labels, numbers or booleans to write.
    """

    columns: tuple[str, ...] = argument("The columns to write, in this order.")

    def __post_init__(self) -> None:
        settle_columns(self)
        super().__post_init__()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, whose description then may be null.

        Raises:
            SchemaError: There is no text ``description``, a column is missing, or has a type
                that is not written.
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

    def prune(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Nothing is left to do where the description is not taken."""
        if "description" not in columns:
            return None, columns
        return self, columns | frozenset(self.columns)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Joins the description and the tags of each read."""
        import pyarrow as pa
        import pyarrow.compute as pc

        schema = self.output_schema(batch.schema)
        index = schema.get_field_index("description")
        text = pa.large_string()
        before = batch.column(index).cast(text)
        nothing = pa.scalar("", text)
        tags = [self._tag(batch, name) for name in self.columns]
        joined = pc.binary_join_element_wise(before.fill_null(""), *tags, nothing)
        # Without a description before them the tags begin with the first one's blank.
        bare = pc.equal(pc.binary_length(before).fill_null(0), 0)
        joined = pc.if_else(bare, pc.utf8_slice_codeunits(joined, 1), joined)
        joined = pc.if_else(pc.equal(joined, ""), before, joined)  # null stays null without tags
        columns = batch.columns
        columns[index] = joined.cast(schema.field(index).type)
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    @staticmethod
    def _tag(batch: pa.RecordBatch, name: str) -> pa.Array:
        """A blank and ``name=value`` for each read; empty text for what is null."""
        import pyarrow as pa
        import pyarrow.compute as pc

        text = pa.large_string()
        value = batch.column(name)
        if pa.types.is_dictionary(value.type):
            value = value.cast(value.type.value_type)
        begin, end = pa.scalar(f" {name}=", text), pa.scalar("", text)
        return pc.binary_join_element_wise(begin, value.cast(text), end).fill_null("")
