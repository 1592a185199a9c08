"""Blocks of sequences: what is done to many k-mers at once, whichever rows they are of.

Bases of consecutive rows are copied to a block, one row after another. A row that does not fit is
continued in the next block, which repeats its last bases, so that each window is whole in one. All
loops over bases then run over the block, 16 or 64 bases at a time and without a branch; only what
is written at the end asks which row it is of.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.masks import above_mask, low_bits
from biometal_stream.simd.memory import load, load_fours, store
from biometal_stream.simd.padding import End, load_starting
from biometal_stream.simd.vectors import differing, repeated, replace, zeros
from biometal_stream.simd.windows import (
    every_fourth,
    every_fourth_turned,
    load_fours_turned,
    sums_so_far,
)
from biometal_stream.simd.words import WIDTH, Offset, Vector, Word

BLOCK = 1024
"""The bases of a block."""

_REGION = BLOCK + 4 * WIDTH
PIECES = 512
"""The most rows of a block."""

BYTES = 6 * _REGION + WIDTH
"""The bytes of a block: see below."""

# The offsets of what a block has for each of its bases. Before each there are bytes to spare.
TEXT = np.uint64(WIDTH)
FOURS = TEXT + np.uint64(_REGION)
TURNED = FOURS + np.uint64(_REGION)
OTHERS = TURNED + np.uint64(_REGION)
SUMS = OTHERS + np.uint64(_REGION)
CHOSEN = SUMS + np.uint64(_REGION)

_WIDTH = np.uint64(WIDTH)
_BLOCK = np.uint64(BLOCK)
_PIECES = np.uint64(PIECES)
_HALF = np.uint64(BLOCK // 2)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_REST = np.uint64(29)  # 32 bytes are loaded, to that of the last base
_UPPER = np.uint8(0xDF)
_A = np.uint8(ord("A"))
_C = np.uint8(ord("C"))
_G = np.uint8(ord("G"))
_T = np.uint8(ord("T"))
_NO = np.uint8(0)


@inlined
def begin(block: NDArray[np.uint8]) -> None:
    """Prepares a block that was just allocated."""
    block[OTHERS - _ONE] = _NO
    block[SUMS - _ONE] = _NO


@inlined
def fill(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    behind: End,
    window: Word,
    row: Word,
    base: Word,
    block: NDArray[np.uint8],
    pieces: NDArray[np.int64],
) -> tuple[Word, Word, Word, Word]:
    """Copies the next rows to a block, but for those that are shorter than a window.

    Args:
        starts: (rows,)
        stops: (rows,)
        data: (bytes,)
        behind: From `padded_end`.
        window: The bases of a window.
        row: The row to begin with.
        base: Its first base that is not in a window yet.
        block: Output, (`BYTES`,).
        pieces: Output, ``int64``, (3 * `PIECES` + 3,): the row of each piece, its first base there
            and where it begins in the block. After the last there is where it ends.

    Returns:
        The number of pieces, of windows, and the row and base to go on with.
    """
    used = _ZERO
    number = _ZERO
    windows = _ZERO
    while row < np.uint64(len(starts)) and number < _PIECES:
        first = np.uint64(starts[row]) + base
        rest = np.uint64(stops[row]) - first
        if rest < window:
            row += _ONE
            base = _ZERO
            continue
        room = _BLOCK - used
        if room < window or (rest > room and number > _ZERO and room < _HALF):
            break
        taken = min(rest, room)
        at = _ZERO
        while at < taken:
            store(block, TEXT + used + at, load_starting(data, behind, first + at))
            at += _WIDTH
        pieces[_THREE * number] = np.int64(row)
        pieces[_THREE * number + _ONE] = np.int64(base)
        pieces[_THREE * number + _TWO] = np.int64(used)
        used += taken
        number += _ONE
        windows += taken - window + _ONE
        if taken < rest:
            base += taken - window + _ONE
            break
        row += _ONE
        base = _ZERO
    pieces[_THREE * number + _TWO] = np.int64(used)
    return number, windows, row, base


@inlined
def _others(block: NDArray[np.uint8], at: Word) -> Vector:
    """1 for each letter other than A, C, G and T, and 0 for these."""
    text = load(block, TEXT + at)
    found = replace(repeated(np.uint8(1)), text, _UPPER, _A, _NO)
    found = replace(found, text, _UPPER, _C, _NO)
    found = replace(found, text, _UPPER, _G, _NO)
    return replace(found, text, _UPPER, _T, _NO)


@inlined
def pack(block: NDArray[np.uint8], used: Word) -> bool:
    """Writes the codes of four bases, from each on and up to each, the latter turned.

    Returns whether there are other letters.

    If there are, it also counts them.
    """
    found = _ZERO
    at = _ZERO
    while at < used:
        store(block, FOURS + at, load_fours(block, TEXT + at))
        store(block, TURNED + at, load_fours_turned(block, TEXT + at - _THREE))
        found |= above_mask(_others(block, at), _NO) & low_bits(used - at)
        at += _WIDTH
    if found == _ZERO:
        return False
    sums = zeros()
    at = _ZERO
    while at < used:
        sums = sums_so_far(_others(block, at), sums)
        store(block, OTHERS + at, sums)
        at += _WIDTH
    return True


@inlined
def broken(block: NDArray[np.uint8], at: Word, window: Word) -> Word:
    """Marks which of 64 windows have another letter; `pack` has counted them."""
    counts = load(block, OTHERS + at + window - _ONE)
    return above_mask(differing(counts, load(block, OTHERS + at - _ONE)), _NO)


@inlined
def value_at(block: NDArray[np.uint8], at: Word, k: Word) -> Word:
    """The value of a k-mer: the lesser of both strands."""
    kept = low_bits(_TWO * k)
    forward = every_fourth(block, FOURS + at) & kept
    return min(forward, every_fourth_turned(block, TURNED + at + k - _REST) & kept)
