"""Cuts the input of operators that widen, so that their output fits the memory bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.columns import unit_starts
from biometal_stream.pipeline.meter import noting
from biometal_stream.sinks.rebatch import row_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Widening
    from biometal_stream.pipeline.steps import Transform


def output_bytes(operator: Widening, batch: pa.RecordBatch) -> int:
    """About how many bytes an operator's output for a batch has."""
    return int(batch.nbytes) + int(operator.added_bytes(batch).sum())


def cut_before(operator: Widening, most: int) -> Transform:
    """Cuts batches, without a copy, where an operator's output for them would be too large.

    Args:
        operator: The operator that will be called with the batches.
        most: The most bytes of its output for a batch. A row or pair with more is alone.
    """

    def transform(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            edges = np.append(unit_starts(batch), batch.num_rows)
            with noting(f"in {operator.name}"):
                ends = _ends(operator, batch)[edges]
            start = 0
            for stop in edges[list(_stops(ends, most))]:
                yield batch.slice(start, stop - start)
                start = stop
            yield batch.slice(start)
            del batch  # the next may take long to come

    return transform


def _ends(operator: Widening, batch: pa.RecordBatch) -> NDArray[np.int64]:
    """The bytes of the output before each row, and in total."""
    ends = row_ends(batch)
    plain = max(0, batch.nbytes - int(ends[-1]))  # of columns with equal bytes for each row
    ends += np.arange(len(ends)) * -(-plain // max(1, batch.num_rows))
    ends[1:] += np.cumsum(operator.added_bytes(batch))
    return ends


def _stops(ends: NDArray[np.int64], most: int) -> Iterator[int]:
    """Where to cut: before the row or pair that would make it too large."""
    first = 0
    while ends[-1] - ends[first] > most:
        fitting = int(np.searchsorted(ends, ends[first] + most, side="right")) - 1
        first = max(first + 1, fitting)
        if first == len(ends) - 1:
            return
        yield first
