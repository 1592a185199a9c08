"""The compiled loops that check and copy the parts of records, the same in FASTQ and FASTA.

Texts can be read for 64 bytes past their end, outputs likewise can be written that far. They are
short so that LLVM inlines them: as one function that divides a whole header they cost FASTQ 44 ns
a read more, of 68.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.masks import (
    equal_mask,
    low_bits,
    outside_mask,
    trailing_zeros,
)
from biometal_stream.simd.memory import copy_lanes
from biometal_stream.simd.words import WIDTH, Word

_RETURN = np.uint8(ord("\r"))
_SPACE = np.uint8(ord(" "))
_TAB = np.uint8(ord("\t"))
_LAST_ASCII = np.uint8(0x7F)
_STEP = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@inlined
def stripped(text: NDArray[np.uint8], first: Word, end: Word) -> Word:
    """The end of a line without the carriage return of a CRLF."""
    if end > first and text[end - _ONE] == _RETURN:
        return end - _ONE
    return end


@inlined
def is_ascii(text: NDArray[np.uint8], first: Word, end: Word) -> bool:
    """Whether all of ``text[first:end]`` is ASCII."""
    index = first
    while index < end:
        if outside_mask(text, index, np.uint8(0), _LAST_ASCII) & low_bits(end - index):
            return False
        index += _STEP
    return True


@inlined
def copy_bytes(
    target: NDArray[np.uint8], to: Word, text: NDArray[np.uint8], first: Word, end: Word
) -> None:
    """Copies whole vectors; what is written too much is overwritten by the next record."""
    index = first
    while index < end:
        copy_lanes(target, to, text, index)
        to += _STEP
        index += _STEP


@inlined
def find_blank(text: NDArray[np.uint8], first: Word, end: Word) -> Word:
    """The index of the first space or tab of a header line, or ``end``."""
    index = first
    while index < end:
        mask = equal_mask(text, index, _SPACE) | equal_mask(text, index, _TAB)
        mask &= low_bits(end - index)
        if mask:
            return index + trailing_zeros(mask)
        index += _STEP
    return end
