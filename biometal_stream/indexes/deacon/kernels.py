"""The compiled loop that looks k-mers up in a binary fuse filter.

Source: the crate xorf 0.12, after Graf and Lemire, "Binary Fuse Filters", JEA 2022.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import prefetch
from biometal_stream.simd.words import Word

BLOCK = 32
"""The k-mers whose addresses are computed before the first is looked up."""

_BLOCK = np.uint64(BLOCK)
_LOW = np.uint64(0xFFFF_FFFF)
_FIRST = np.uint64(0xFF51_AFD7_ED55_8CCD)
_SECOND = np.uint64(0xC4CE_B9FE_1A85_EC53)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_EIGHT = np.uint64(8)
_EIGHTEEN = np.uint64(18)
_HALF = np.uint64(32)
_SHIFT = np.uint64(33)


@inlined
def _hash(value: Word, seed: Word) -> Word:
    """The finaliser of MurmurHash3."""
    word = value + seed
    word = (word ^ (word >> _SHIFT)) * _FIRST
    word = (word ^ (word >> _SHIFT)) * _SECOND
    return word ^ (word >> _SHIFT)


@inlined
def _first_cell(word: Word, cells: Word) -> Word:
    """The upper half of the product of 64 and 32 bits."""
    return ((word >> _HALF) * cells + (((word & _LOW) * cells) >> _HALF)) >> _HALF


@inlined
def _fingerprint(data: NDArray[np.uint8], index: Word, width: Word) -> Word:
    found = np.uint64(data[index]) | np.uint64(data[index + _ONE]) << _EIGHT
    if width > _TWO:
        found |= np.uint64(data[index + _TWO]) << np.uint64(16)
        found |= np.uint64(data[index + np.uint64(3)]) << np.uint64(24)
    return found


@kernel(writes=("scratch", "found"))
def look_up(
    values: NDArray[np.uint64],
    data: NDArray[np.uint8],
    width: Word,
    seed: Word,
    segment: Word,
    cells: Word,
    scratch: NDArray[np.uint64],
    found: NDArray[np.bool_],
) -> None:
    """Looks k-mers up.

    Args:
        values: Their values, ``uint64``, (n,).
        data: The fingerprints, ``uint8``, (bytes,): ``width`` bytes each, little-endian. There are
            ``cells`` and two segments more.
        width: 2 or 4.
        seed: What the filter adds to each value.
        segment: The fingerprints of a segment, a power of two.
        cells: The fingerprints that the first of three can be.
        scratch: ``uint64``, (4 * `BLOCK`,).
        found: Output, (n,): whether the fingerprints of a k-mer match.
    """
    number = np.uint64(len(values))
    inside = segment - _ONE
    mask = (_ONE << (_EIGHT * width)) - _ONE
    for start in range(np.uint64(0), number, _BLOCK):
        stop = min(start + _BLOCK, number)
        for row in range(start, stop):
            word = _hash(values[row], seed)
            first = _first_cell(word, cells)
            place = (row - start) << _TWO
            scratch[place] = word
            scratch[place + _ONE] = first * width
            scratch[place + _TWO] = ((first + segment) ^ ((word >> _EIGHTEEN) & inside)) * width
            scratch[place + np.uint64(3)] = ((first + _TWO * segment) ^ (word & inside)) * width
            for which in range(_ONE, np.uint64(4)):
                prefetch(data, scratch[place + which])
        for row in range(start, stop):
            place = (row - start) << _TWO
            word = scratch[place]
            left = word ^ (word >> _HALF)
            for which in range(_ONE, np.uint64(4)):
                left ^= _fingerprint(data, scratch[place + which], width)
            found[row] = left & mask == np.uint64(0)
