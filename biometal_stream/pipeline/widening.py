"""Cuts the input of operators that widen, so that their output fits the bound on memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.pipeline.meter import noting
from biometal_stream.sinks.rebatch import row_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Widening
    from biometal_stream.pipeline.steps import Transform


def output_bytes(operator: Widening, batch: pa.RecordBatch) -> int:
    """The bytes of the batch that an operator makes of one, about."""
    return int(batch.nbytes) + int(operator.added_bytes(batch).sum())


def cut_before(operator: Widening, most: int) -> Transform:
    """Cuts batches, without a copy, where what an operator makes of them would be too large.

    Args:
        operator: What will be called with the batches.
        most: The most bytes that it is to make of one. A row, or pair, of more is alone.
    """

    def transform(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            unit = 2 if "mate" in batch.schema.names else 1
            with noting(f"in {operator.name}"):
                ends = _ends(operator, batch)[::unit]
            start = 0
            for stop in _stops(ends, most):
                yield batch.slice(start * unit, (stop - start) * unit)
                start = stop
            yield batch.slice(start * unit)
            del batch  # the next may be long in coming

    return transform


def _ends(operator: Widening, batch: pa.RecordBatch) -> NDArray[np.int64]:
    """The bytes of the output before each row, and in all."""
    ends = row_ends(batch)
    plain = max(0, batch.nbytes - int(ends[-1]))  # of columns whose rows have equal shares
    ends += np.arange(len(ends)) * -(-plain // max(1, batch.num_rows))
    ends[1:] += np.cumsum(operator.added_bytes(batch))
    return ends


def _stops(ends: NDArray[np.int64], most: int) -> Iterator[int]:
    """Where to cut: before the row, or pair, with which there would be too many bytes."""
    first = 0
    while ends[-1] - ends[first] > most:
        fitting = int(np.searchsorted(ends, ends[first] + most, side="right")) - 1
        first = max(first + 1, fitting)
        if first == len(ends) - 1:
            return
        yield first
