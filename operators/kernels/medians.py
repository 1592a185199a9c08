"""The compiled loop that finds the median quality of reads, Phred+33."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.operators.kernels.quality import are_qualities
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset

BYTES = 128
"""The bytes that are counted: all that can be qualities."""

_MOST = np.uint8(BYTES - 1)
_OFFSET = 33.0
_BYTES = np.uint64(BYTES)
_ONE = np.uint64(1)
_TWO = np.uint64(2)


@kernel(writes=("counts", "medians"))
def find_medians(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    counts: NDArray[np.int64],
    medians: NDArray[np.float64],
) -> bool:
    """Finds the median of the Phred scores of each read; of an even number, the mean of both.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): qualities.
        counts: Scratch, ``int64``, (`BYTES`,): zeros, before and after.
        medians: Output, ``float64``, (rows,): NaN for an empty read.

    Returns:
        Whether all bytes are qualities.
    """
    for row in range(np.uint64(len(medians))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        if start == end:
            medians[row] = np.nan
            continue
        for index in range(start, end):
            counts[data[index] & _MOST] += np.int64(1)
        length = end - start
        lower = np.int64((length - _ONE) // _TWO)  # the ranks of the middle scores
        upper = np.int64(length // _TWO)
        seen = np.int64(0)
        total = np.int64(0)
        for byte in range(_BYTES):
            before = seen
            seen += counts[byte]
            counts[byte] = np.int64(0)
            if before <= lower < seen:
                total += np.int64(byte)
            if before <= upper < seen:
                total += np.int64(byte)
        medians[row] = np.float64(total) / 2.0 - _OFFSET
    return are_qualities(starts, stops, data)
