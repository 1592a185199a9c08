"""Keeps columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import Names, argument, settle_columns

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator


@dataclass(frozen=True)
class Select(StatelessOperator):
    """Keeps only the named columns, in this order.

    Without the ``mate`` column reads are no longer paired.

    Attributes:
        columns: The names of the columns, each once.
    """

    columns: Names = argument("The columns to keep, in this order.")

    def __post_init__(self) -> None:
        settle_columns(self)
        super().__post_init__()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The named fields, with the metadata of the input."""
        import pyarrow as pa

        from biometal_stream.schemas import require_columns

        require_columns(input_schema, self.columns, self.name)
        return pa.schema(
            [input_schema.field(name) for name in self.columns], metadata=input_schema.metadata
        )

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Keeps only the columns that are used."""
        kept = tuple(name for name in self.columns if name in columns)
        return (replace(self, columns=kept) if kept else None), frozenset(kept)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Selects the columns, without a copy."""
        import pyarrow as pa

        schema = self.output_schema(batch.schema)
        return pa.RecordBatch.from_arrays(
            [batch.column(name) for name in self.columns], schema=schema
        )
