"""Adds what can be measured of each read as columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.measured import MEASURES
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import Names, option, settle_names

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator
    from biometal_stream.view import BatchView

_ADDED = tuple(name for name, measure in MEASURES.items() if measure.dtype is not None)
"""The columns that can be added."""


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
    n_count       int32             number of N
    =============== ================= ======================================================

    Attributes:
        columns: The columns to add, in the order above; by default all.
    """

    columns: Names = option("A column to add; by default all.", default=(), choices=_ADDED)

    def __post_init__(self) -> None:
        settle_names(self, "columns")
        super().__post_init__()
        if len(set(self.columns)) < len(self.columns):
            raise ConfigurationError(f"{self.name}: a column is named twice")

    @property
    def _added(self) -> tuple[str, ...]:
        return tuple(name for name in _ADDED if name in (self.columns or _ADDED))

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of text that it reads."""
        read = {MEASURES[name].reads for name in self._added}
        return tuple(name for name in ("sequence", "quality") if name in read)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new columns.

        Raises:
            SchemaError: A text that is measured is missing, or a new column exists.
        """
        import pyarrow as pa

        from biometal_stream.schemas.checks import require_absent, require_text

        require_text(input_schema, self.needs, self.name)
        require_absent(input_schema, self._added, self.name)
        added = [
            pa.field(name, pa.type_for_alias(measure.dtype), nullable=measure.nullable)
            for name, measure in ((name, MEASURES[name]) for name in self._added)
        ]
        return pa.schema([*input_schema, *added], metadata=input_schema.metadata)

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Measures what is taken."""
        added = tuple(name for name in self._added if name in columns)
        if not added:
            return None, columns
        # What measures all that there is stays as it was written.
        left = self if added == self._added else replace(self, columns=added)
        return left, columns.difference(added).union(left.needs)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Measures each read.

        Raises:
            DataError: A read is null, has a byte that is no quality, or has not as many qualities
                as bases, where both are measured.
        """
        import pyarrow as pa

        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        view = BatchView(batch)
        if len(self.needs) == 2:
            view.require_equal_lengths()
        columns = [
            pa.array(_measured(view, name), from_pandas=True).cast(schema.field(name).type)
            for name in self._added
        ]
        return pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=schema)


def _measured(view: BatchView, column: str) -> NDArray[Any]:
    """The values of a new column; NaN is null."""
    import numpy as np

    from biometal_stream.operators import measures

    values: NDArray[Any] = getattr(measures, MEASURES[column].function)(view)
    return values if MEASURES[column].dtype == "int32" else values.astype(np.float32)
