"""The compiled loop that compares texts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.vectors import differing, keep_first
from biometal_stream.simd.words import WIDTH, Offset

_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_NOTHING = np.uint8(0)


@kernel(writes=("same",))
def compare_texts(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    other_starts: NDArray[Offset],
    other_stops: NDArray[Offset],
    other_data: NDArray[np.uint8],
    same: NDArray[np.bool_],
) -> None:
    """Finds the rows whose texts are equal in two columns. Any thread may call it.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: ``uint8``, (bytes,): read-only; no byte past its end is read.
        other_starts: Those of the other column, of the same type.
        other_stops: (rows,)
        other_data: ``uint8``, (bytes,)
        same: ``bool``, (rows,): set to false where texts differ. Rows that have it are skipped.
    """
    end = padded_end(data)
    other_end = padded_end(other_data)
    for row in range(np.uint64(len(starts))):
        index = np.uint64(starts[row])
        other = np.uint64(other_starts[row])
        stop = np.uint64(stops[row])
        alike = bool(same[row]) and stop - index == np.uint64(other_stops[row]) - other
        while alike and index < stop:
            left = min(stop - index, _WIDTH)
            one = keep_first(load_starting(data, end, index), left)
            two = keep_first(load_starting(other_data, other_end, other), left)
            alike = above_mask(differing(one, two), _NOTHING) == _ZERO
            index += left
            other += left
        same[row] = alike
