"""Compiled loops that count the lines of a text.

Texts are one-dimensional ``uint8`` arrays that are readable for `PADDING` bytes past their end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.counts import COUNTABLE, count_alike, counted, no_counts
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import count_ones, equal_mask, low_bits, trailing_zeros
from biometal_stream.simd.memory import load
from biometal_stream.simd.words import WIDTH, Word

PADDING = WIDTH
"""Bytes that must be readable after a text and writable after an output."""

_NEWLINE = np.uint8(ord("\n"))
_STEP = np.uint64(WIDTH)
_BLOCK = np.uint64(WIDTH * COUNTABLE)
_ALL_BITS = np.uint8(0xFF)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel
def count_newlines(text: NDArray[np.uint8], start: Word, stop: Word) -> Word:
    """Counts the newlines in ``text[start:stop]``; ``uint64`` in, ``uint64`` out."""
    found = _ZERO
    index = start
    while index + _STEP <= stop:
        end = min(index + _BLOCK, stop)
        here = no_counts()
        while index + _STEP <= end:
            here = count_alike(here, load(text, index), _ALL_BITS, _NEWLINE)
            index += _STEP
        found += counted(here)
    if index < stop:
        found += count_ones(equal_mask(text, index, _NEWLINE) & low_bits(stop - index))
    return found


@kernel
def drop_lines(text: NDArray[np.uint8], start: Word, stop: Word, number: Word) -> Word:
    """Finds the byte of ``text[start:stop]`` before the last ``number`` newlines.

    Returns:
        The index after the preceding newline, or ``start`` if there is none.
    """
    left = number
    end = stop
    while end > start:
        index = end - min(_STEP, end - start)
        mask = equal_mask(text, index, _NEWLINE) & low_bits(end - index)
        found = count_ones(mask)
        if found > left:
            for _ in range(found - left - _ONE):
                mask &= mask - _ONE
            return index + trailing_zeros(mask) + _ONE
        left -= found
        end = index
    return start
