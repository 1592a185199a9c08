"""Adds what can be measured of each read as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.operators.base import StatelessOperator

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Measure(StatelessOperator):
    """Adds columns with the length, mean quality, expected errors, GC and N of each read.

    =============== ================= ======================================================
    column          type              what
    =============== ================= ======================================================
    length          int32             bases
    mean_quality    float32, nullable Phred score of the mean error probability; null for an
                                      empty read
    expected_errors float32           sum of the error probabilities
    gc              float32, nullable share of G and C among A, C, G, T and U; null where
                                      there are none
    ambiguous       int32             number of N
    =============== ================= ======================================================
    """

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new columns.

        Raises:
            SchemaError: There is no text ``sequence`` or ``quality``, or a new column exists.
        """
        import pyarrow as pa

        from biometal_stream.schemas.checks import require_absent, require_text

        fields = [
            pa.field("length", pa.int32(), nullable=False),
            pa.field("mean_quality", pa.float32(), nullable=True),
            pa.field("expected_errors", pa.float32(), nullable=False),
            pa.field("gc", pa.float32(), nullable=True),
            pa.field("ambiguous", pa.int32(), nullable=False),
        ]
        require_text(input_schema, ("sequence", "quality"), self.name)
        require_absent(input_schema, tuple(field.name for field in fields), self.name)
        return pa.schema([*input_schema, *fields], metadata=input_schema.metadata)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Measures each read."""
        import numpy as np
        import pyarrow as pa

        from biometal_stream.columns import require_equal_lengths
        from biometal_stream.operators import measures
        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        view = BatchView(batch)
        require_equal_lengths(view)
        columns = [
            pa.array(measures.lengths(view)).cast(pa.int32()),
            pa.array(measures.mean_quality(view).astype(np.float32), from_pandas=True),
            pa.array(measures.expected_errors(view).astype(np.float32)),
            pa.array(measures.gc(view).astype(np.float32), from_pandas=True),
            pa.array(measures.ambiguous(view)).cast(pa.int32()),
        ]
        return pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=schema)
