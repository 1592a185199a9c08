"""The compiled loop that counts the different k-mers of a read, and those that an index has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel

FEW = 32
"""K-mers up to which each is compared with those before it; more go to a table."""

_FEW = np.uint64(FEW)
_FREE = np.uint64(0xFFFF_FFFF_FFFF_FFFF)  # the value of no k-mer of up to 31 bases
_GOLDEN = np.uint64(0x9E37_79B9_7F4A_7C15)
_BITS = np.uint64(64)
_LEAST = np.uint64(FEW.bit_length())
_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel(writes=("table", "hits", "totals"))
def count_different(
    values: NDArray[np.uint64],
    has: NDArray[np.uint8],
    edges: NDArray[np.int64],
    table: NDArray[np.uint64],
    hits: NDArray[np.int32],
    totals: NDArray[np.int32],
) -> None:
    """Counts the different values of each unit, and those of them that the index has.

    Args:
        values: (k-mers,): the values of k-mers of up to 31 bases.
        has: (k-mers,): 1 for those that the index has, otherwise 0; the same for equal values.
        edges: (units + 1,): unit ``u`` has the k-mers from ``edges[u]`` up to ``edges[u + 1]``.
        table: Scratch: its length is a power of 2, at least twice the k-mers of the largest unit
            of more than `FEW`.
        hits: Output, (units,).
        totals: Output, (units,).
    """
    for unit in range(np.uint64(len(hits))):
        first = np.uint64(edges[unit])
        end = np.uint64(edges[unit + _ONE])
        known = _ZERO
        different = _ZERO
        if end - first <= _FEW:
            for index in range(first, end):
                value = values[index]
                new = _ONE
                for other in range(first, index):  # to the end, so that it is done in vectors
                    new &= np.uint64(values[other] != value)
                different += new
                known += new & np.uint64(has[index])
        else:
            bits = _LEAST
            while (_ONE << bits) < (end - first) + (end - first):
                bits += _ONE
            size = _ONE << bits
            for place in range(size):
                table[place] = _FREE
            for index in range(first, end):
                value = values[index]
                place = (value * _GOLDEN) >> (_BITS - bits)
                while table[place] != value and table[place] != _FREE:
                    place = (place + _ONE) & (size - _ONE)
                if table[place] == _FREE:
                    table[place] = value
                    different += _ONE
                    known += np.uint64(has[index])
        hits[unit] = np.int32(known)
        totals[unit] = np.int32(different)
