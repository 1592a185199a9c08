"""Turns quality text into Phred scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator


@dataclass(frozen=True)
class DecodeQuality(StatelessOperator):
    """Adds the Phred scores of each base as a column of lists of numbers.

    The column is ``list<uint8>``, or ``large_list<uint8>`` if the quality has 64-bit offsets or
    is a ``string_view``; it shares the offsets of the quality. It is meant for work in memory:
    in a file, the quality text holds the same in much less space.

    Attributes:
        column: The name of the new column.
    """

    column: str = option("The name of the new column.", default="phred")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.column:
            raise ConfigurationError(f"{self.name}: the new column needs a name")

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new column.

        Raises:
            SchemaError: There is no string column ``quality``, or the new column exists.
        """
        import pyarrow as pa

        from biometal_stream.schemas.checks import require_absent, require_text
        from biometal_stream.schemas.cutting import PER_BASE

        require_text(input_schema, ("quality",), self.name)
        require_absent(input_schema, (self.column,), self.name)
        score = pa.field("item", pa.uint8(), nullable=False)
        is_short = pa.types.is_string(input_schema.field("quality").type)
        scores = pa.list_(score) if is_short else pa.large_list(score)
        mark = {PER_BASE: b""}
        return input_schema.append(pa.field(self.column, scores, nullable=False, metadata=mark))

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if the new column is not used."""
        if self.column not in columns:
            return None, columns
        return self, columns - {self.column} | {"quality"}

    def added_bytes(self, batch: pa.RecordBatch, /) -> NDArray[np.int64]:
        """The number of characters, and an offset; (num_rows,)."""
        from biometal_stream.view import BatchView

        column = BatchView(batch).text("quality")
        return column.lengths + column.starts.itemsize

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Subtracts 33 from each byte of the quality."""
        import numpy as np
        import pyarrow as pa

        from biometal_stream.columns import array_of
        from biometal_stream.operators.kernels.quality import decode
        from biometal_stream.operators.measures import outside
        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        column = BatchView(batch).text("quality")
        first, last = column.span
        buffer = pa.allocate_buffer(last - first)
        scores = np.frombuffer(buffer, np.uint8) if buffer.size else np.empty(0, np.uint8)
        if not decode(column.data, np.uint64(first), np.uint64(last), scores):
            raise outside(column)
        lists = array_of(schema.field(self.column).type, column.offsets, buffer)
        return pa.RecordBatch.from_arrays([*batch.columns, lists], schema=schema)
