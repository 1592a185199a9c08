"""Finding windows in the data of columns, and what is wrong in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset, Word

_PHRED_0 = np.uint8(33)
_HIGHEST = np.uint8(93)
_ONE = np.uint64(1)


@kernel(writes=("firsts", "other_firsts", "counts"))
def place_windows(
    row_starts: NDArray[Offset],
    row_stops: NDArray[Offset],
    other_starts: NDArray[Offset],
    other_stops: NDArray[Offset],
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    length: np.int64,
    firsts: NDArray[np.uint64],
    other_firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
) -> Word:
    """Finds the windows in the data of two columns, which may be the same.

    Args:
        row_starts: ``int32`` or ``int64``, (num_rows,)
        row_stops: (num_rows,)
        other_starts: The other column's, of as many rows.
        other_stops: Likewise.
        rows: (n,): the row of each window.
        starts: (n,): its first base within the row.
        stops: (n,): the base after its last.
        length: The most bases of a window.
        firsts: Output, (n,).
        other_firsts: Output, (n,).
        counts: Output, (n,).

    Returns:
        The first window that is of no row, not within its row, or too long, or whose row is not
        as long in both columns; n if none is.
    """
    reads = np.int64(len(row_starts))
    for window in range(np.uint64(len(rows))):
        start = starts[window]
        count = stops[window] - start
        if rows[window] < 0 or rows[window] >= reads or start < 0 or not 0 <= count <= length:
            return window
        row = np.uint64(rows[window])
        first = np.int64(row_starts[row])
        other = np.int64(other_starts[row])
        bases = np.int64(row_stops[row]) - first
        if start + count > bases or np.int64(other_stops[row]) - other != bases:
            return window
        firsts[window] = np.uint64(first + start)
        other_firsts[window] = np.uint64(other + start)
        counts[window] = np.uint64(count)
    return np.uint64(len(rows))


@kernel
def first_outside(
    data: NDArray[np.uint8], firsts: NDArray[np.uint64], counts: NDArray[np.uint64]
) -> Word:
    """Finds the first byte of the windows that is not a quality; the data's length if all are.

    Args:
        data: (bytes,)
        firsts: (n,)
        counts: (n,)
    """
    for window in range(np.uint64(len(counts))):
        index = firsts[window]
        end = index + counts[window]
        while index < end:
            if np.uint8(data[index] - _PHRED_0) > _HIGHEST:
                return index
            index += _ONE
    return np.uint64(len(data))
