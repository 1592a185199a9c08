"""The compiled loops that turn reads to the other strand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask
from biometal_stream.simd.memory import store
from biometal_stream.simd.padding import load_ending, padded_start
from biometal_stream.simd.vectors import (
    backwards,
    differing,
    keep_last,
    larger,
    minus,
    replace,
    zeros,
)
from biometal_stream.simd.words import WIDTH, Offset, Vector

PADDING = WIDTH
"""The bytes that an output needs behind its last read."""

_FIRST_QUALITY = np.uint8(ord("!"))
_QUALITIES = np.uint8(ord("~") - ord("!"))
_LAST_ASCII = np.uint8(127)
_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)

# A base differs from its complement in some bits, alike in both cases of the letter.
_ANY_CASE = np.uint8(0xDF)
_C_OR_G = np.uint8(0xDB)
_C = np.uint8(ord("C"))
_C_AND_G = np.uint8(ord("C") ^ ord("G"))
_A = np.uint8(ord("A"))
_T = np.uint8(ord("T"))
_A_AND_T = np.uint8(ord("A") ^ ord("T"))
_U = np.uint8(ord("U"))
_A_AND_U = np.uint8(ord("A") ^ ord("U"))
_R = np.uint8(ord("R"))
_Y = np.uint8(ord("Y"))
_R_AND_Y = np.uint8(ord("R") ^ ord("Y"))
_K = np.uint8(ord("K"))
_M = np.uint8(ord("M"))
_K_AND_M = np.uint8(ord("K") ^ ord("M"))
_B = np.uint8(ord("B"))
_V = np.uint8(ord("V"))
_B_AND_V = np.uint8(ord("B") ^ ord("V"))
_D = np.uint8(ord("D"))
_H = np.uint8(ord("H"))
_D_AND_H = np.uint8(ord("D") ^ ord("H"))


@inlined
def complement(bases: Vector) -> Vector:
    """Complements 64 bytes; other characters stay."""
    flips = replace(zeros(), bases, _C_OR_G, _C, _C_AND_G)
    flips = replace(flips, bases, _ANY_CASE, _A, _A_AND_T)
    flips = replace(flips, bases, _ANY_CASE, _T, _A_AND_T)
    flips = replace(flips, bases, _ANY_CASE, _U, _A_AND_U)
    flips = replace(flips, bases, _ANY_CASE, _R, _R_AND_Y)
    flips = replace(flips, bases, _ANY_CASE, _Y, _R_AND_Y)
    flips = replace(flips, bases, _ANY_CASE, _K, _K_AND_M)
    flips = replace(flips, bases, _ANY_CASE, _M, _K_AND_M)
    flips = replace(flips, bases, _ANY_CASE, _B, _B_AND_V)
    flips = replace(flips, bases, _ANY_CASE, _V, _B_AND_V)
    flips = replace(flips, bases, _ANY_CASE, _D, _D_AND_H)
    flips = replace(flips, bases, _ANY_CASE, _H, _D_AND_H)
    return differing(bases, flips)


@kernel(writes=("out",))
def reverse_complement(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> bool:
    """Writes the reverse complement of each read, in the order of the reads.

    The codes of IUPAC are complemented, in the case that they have; ``U`` becomes ``A``, and
    ``A`` becomes ``T``. Other bytes stay.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        out: Output, ``uint8``, (bytes of all reads + PADDING,): the reads, without gaps.

    Returns:
        Whether all bytes are ASCII. Others make text that is no UTF-8 once it is reversed.
    """
    start = padded_start(data)
    highest = zeros()
    to = _ZERO
    for row in range(np.uint64(len(starts))):
        first = np.uint64(starts[row])
        index = np.uint64(stops[row])
        # Vectors end where the rest of the read ends. What they hold of the read before it is
        # written where the next read goes.
        while index > first:
            count = min(index - first, _WIDTH)
            bases = load_ending(data, start, index)
            highest = larger(highest, keep_last(bases, count))
            store(out, to, backwards(complement(bases)))
            index -= count
            to += count
    return bool(above_mask(highest, _LAST_ASCII) == _ZERO)


@kernel(writes=("out",))
def reverse_quality(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> bool:
    """Writes the qualities of each read backwards, in the order of the reads.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        out: Output, ``uint8``, (bytes of all reads + PADDING,): the reads, without gaps.

    Returns:
        Whether all bytes are qualities.
    """
    start = padded_start(data)
    highest = zeros()
    to = _ZERO
    for row in range(np.uint64(len(starts))):
        first = np.uint64(starts[row])
        index = np.uint64(stops[row])
        while index > first:
            count = min(index - first, _WIDTH)
            qualities = load_ending(data, start, index)
            highest = larger(highest, keep_last(minus(qualities, _FIRST_QUALITY), count))
            store(out, to, backwards(qualities))
            index -= count
            to += count
    return bool(above_mask(highest, _QUALITIES) == _ZERO)
