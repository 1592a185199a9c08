"""Keeps columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import argument, settle_columns

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Select(StatelessOperator):
    """Keeps the columns that are named, in this order.

    Without their ``mate`` column reads are no longer paired.

    Attributes:
        columns: The names of the columns, each once.
    """

    columns: tuple[str, ...] = argument("The columns to keep, in this order.")

    def __post_init__(self) -> None:
        settle_columns(self)
        super().__post_init__()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The fields that are named, with the metadata of the input."""
        import pyarrow as pa

        from biometal_stream.schemas import require_columns

        require_columns(input_schema, self.columns, self.name)
        return pa.schema(
            [input_schema.field(name) for name in self.columns], metadata=input_schema.metadata
        )

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Takes the columns, without a copy."""
        import pyarrow as pa

        schema = self.output_schema(batch.schema)
        return pa.RecordBatch.from_arrays(
            [batch.column(name) for name in self.columns], schema=schema
        )
