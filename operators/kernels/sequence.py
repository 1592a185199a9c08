"""The compiled loops over the bases of reads. The case of a base does not matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.counts import (
    COUNTABLE,
    count_above,
    count_alike,
    count_either,
    counted,
    no_counts,
)
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import load
from biometal_stream.simd.padding import load_ending, padded_start
from biometal_stream.simd.vectors import differing, keep_last
from biometal_stream.simd.words import WIDTH, Offset

# A letter's lower case differs from its upper case in bit 5, C from G in bit 2 and T from U in
# bit 0: with these bits cleared one comparison finds both.
ANY_CASE = np.uint8(0xDF)
_C_OR_G = np.uint8(0xDB)
T_OR_U = np.uint8(0xDE)
_A = np.uint8(ord("A"))
_C = np.uint8(ord("C"))
_T = np.uint8(ord("T"))
_WIDTH = np.uint64(WIDTH)
_BLOCK = np.uint64(WIDTH * COUNTABLE)
_ZERO = np.uint64(0)
_ZERO_BYTE = np.uint8(0)
_ONE = np.uint64(1)


@kernel(writes=("strong", "known"))
def count_bases(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    strong: NDArray[np.int64],
    known: NDArray[np.int64],
) -> None:
    """Counts G and C, and A, C, G, T and U, of each read.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        strong: Output, ``int64``, (rows,): G and C.
        known: Output, ``int64``, (rows,): A, C, G, T and U.
    """
    start = padded_start(data)
    for row in range(np.uint64(len(known))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        c_or_g = _ZERO
        others = _ZERO
        while index < end:
            stop = min(index + _BLOCK, end)
            strong_here = no_counts()
            weak_here = no_counts()
            while index + _WIDTH <= stop:
                vector = load(data, index)
                strong_here = count_alike(strong_here, vector, _C_OR_G, _C)
                weak_here = count_either(weak_here, vector, ANY_CASE, _A, T_OR_U, _T)
                index += _WIDTH
            if index < stop:
                vector = keep_last(load_ending(data, start, stop), stop - index)
                strong_here = count_alike(strong_here, vector, _C_OR_G, _C)
                weak_here = count_either(weak_here, vector, ANY_CASE, _A, T_OR_U, _T)
                index = stop
            c_or_g += counted(strong_here)
            others += counted(weak_here)
        strong[row] = np.int64(c_or_g)
        known[row] = np.int64(c_or_g + others)


@kernel(writes=("counts",))
def count_letter(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    bits: np.uint8,
    letter: np.uint8,
    counts: NDArray[np.int64],
) -> None:
    """Counts one base, or N, of each read.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        bits: The bits of a byte that are compared: `ANY_CASE`, or `T_OR_U` for T.
        letter: The base, in upper case, with these bits only.
        counts: Output, ``int64``, (rows,).
    """
    start = padded_start(data)
    for row in range(np.uint64(len(counts))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        found = _ZERO
        while index < end:
            stop = min(index + _BLOCK, end)
            here = no_counts()
            while index + _WIDTH <= stop:
                here = count_alike(here, load(data, index), bits, letter)
                index += _WIDTH
            if index < stop:
                rest = keep_last(load_ending(data, start, stop), stop - index)
                here = count_alike(here, rest, bits, letter)
                index = stop
            found += counted(here)
        counts[row] = np.int64(found)


@kernel(writes=("counts",))
def count_changes(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    counts: NDArray[np.int64],
) -> None:
    """Counts the bases of each read that differ from the next one, byte for byte.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        counts: Output, ``int64``, (rows,).
    """
    start = padded_start(data)
    for row in range(np.uint64(len(counts))):
        index = np.uint64(starts[row])
        # The last base has no next, so the pairs end with the base before it.
        end = max(np.uint64(stops[row]), _ONE) - _ONE
        found = _ZERO
        while index < end:
            stop = min(index + _BLOCK, end)
            here = no_counts()
            while index + _WIDTH <= stop:
                change = differing(load(data, index), load(data, index + _ONE))
                here = count_above(here, change, _ZERO_BYTE)
                index += _WIDTH
            if index < stop:
                change = differing(
                    load_ending(data, start, stop), load_ending(data, start, stop + _ONE)
                )
                here = count_above(here, keep_last(change, stop - index), _ZERO_BYTE)
                index = stop
            found += counted(here)
        counts[row] = np.int64(found)
