"""The compiled loops that count read by read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset


@kernel(writes=("sums",))
def sum_bytes(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    sums: NDArray[np.int64],
) -> None:
    """Writes the sum of each row's bytes."""
    for row in range(np.uint64(len(starts))):
        total = np.int64(0)
        for index in range(np.uint64(starts[row]), np.uint64(stops[row])):
            total += np.int64(data[index])
        sums[row] = total


@kernel(writes=("counts",))
def count_gc(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    counts: NDArray[np.int64],
) -> None:
    """Writes how many bytes of each row are G or C, in upper or lower case."""
    for row in range(np.uint64(len(starts))):
        total = np.int64(0)
        for index in range(np.uint64(starts[row]), np.uint64(stops[row])):
            if data[index] & np.uint8(0xDB) == np.uint8(0x43):
                total += np.int64(1)
        counts[row] = total
