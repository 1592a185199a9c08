"""The compiled loops that count by cycle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset

_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel(writes=("counts",))
def count_by_cycle(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    classes: NDArray[np.uint8],
    edges: NDArray[np.int64],
    counts: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> None:
    """Adds how often bytes of each class stand in each bin of cycles to ``counts``.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        classes: ``uint8``, (256,): the class of each byte.
        edges: ``int64``, (bins + 1,): the first cycle of each bin, counted from 1.
        counts: ``int64``, (classes, bins).
    """
    for row in range(np.uint64(len(starts))):
        first = np.uint64(starts[row])
        place = _ZERO
        for offset in range(np.uint64(stops[row]) - first):
            while np.uint64(edges[place + _ONE]) <= offset + _ONE:
                place += _ONE
            counts[classes[data[first + offset]], place] += 1


@kernel(writes=("sums",))
def sum_scores_by_base(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    quality_starts: NDArray[Offset],
    qualities: NDArray[np.uint8],
    classes: NDArray[np.uint8],
    edges: NDArray[np.int64],
    sums: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> None:
    """Adds the scores of each base in each bin of cycles to ``sums``."""
    for row in range(np.uint64(len(starts))):
        first = np.uint64(starts[row])
        other = np.uint64(quality_starts[row])
        place = _ZERO
        for offset in range(np.uint64(stops[row]) - first):
            while np.uint64(edges[place + _ONE]) <= offset + _ONE:
                place += _ONE
            score = np.int64(qualities[other + offset]) - 33
            sums[classes[bases[first + offset]], place] += score
