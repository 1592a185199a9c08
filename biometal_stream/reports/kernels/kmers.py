"""The compiled loop that counts k-mers by place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset

LENGTH = 7
"""The bases of a k-mer."""

_LENGTH = np.uint64(LENGTH)
_MASK = np.uint64(4**LENGTH - 1)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_UPPER = np.uint8(0xDF)
_A, _C, _G, _T = np.uint8(ord("A")), np.uint8(ord("C")), np.uint8(ord("G")), np.uint8(ord("T"))


@kernel(writes=("counts",))
def count_kmers(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    bins: NDArray[np.int64],
    counts: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> None:
    """Adds how often each k-mer of A, C, G and T begins in each bin of cycles to ``counts``.

    Two bits stand for each base, those of the first highest: A is 0, C is 1, T is 2 and G is 3, in
    upper and lower case. A k-mer with another letter does not count.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        bins: ``int64``, (cycles,): the bin of each cycle. K-mers that begin later do not count.
        counts: ``int64``, (bins, 4 ** `LENGTH`).
    """
    most = np.uint64(len(bins)) + _LENGTH - _ONE
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        length = min(np.uint64(stops[row]) - start, most)
        code = _ZERO
        good = _ZERO
        for place in range(length):
            byte = data[start + place] & _UPPER
            if byte == _A or byte == _C or byte == _G or byte == _T:  # noqa: PLR1714, SIM109
                code = ((code << _TWO) | ((np.uint64(byte) >> _ONE) & _THREE)) & _MASK
                good += _ONE
                if good >= _LENGTH:
                    counts[np.uint64(bins[place + _ONE - _LENGTH]), code] += 1
            else:
                good = _ZERO
