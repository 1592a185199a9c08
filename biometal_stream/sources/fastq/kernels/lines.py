"""The compiled loops that find the lines of a text, and what all that look at lines share.

Texts are ``uint8`` arrays of one dimension that can be read for 64 bytes past their
end, outputs likewise can be written that far. No kernel keeps a reference to its arguments.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from biometal_stream.mates.kernels import SLASH, marked_mate
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.counts import COUNTABLE
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.loops import same_bytes
from biometal_stream.simd.masks import equal_mask, low_bits, trailing_zeros
from biometal_stream.simd.words import WIDTH, Word

Bytes: TypeAlias = NDArray[np.uint8]
Ends: TypeAlias = NDArray[np.uint32]
Offsets: TypeAlias = NDArray[np.int32]

AT = np.uint8(ord("@"))
PLUS = np.uint8(ord("+"))
FIRST_QUALITY = np.uint8(ord("!"))
LAST_QUALITY = np.uint8(ord("~"))
NEWLINE = np.uint8(ord("\n"))
RETURN = np.uint8(ord("\r"))
STEP = np.uint64(WIDTH)

_SPACE = np.uint8(ord(" "))
_TAB = np.uint8(ord("\t"))
_BLOCK = np.uint64(WIDTH * COUNTABLE)
_ALL_BITS = np.uint8(0xFF)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)


@kernel(writes=("ends",))
def find_lines(text: Bytes, start: Word, stop: Word, ends: Ends) -> Word:
    """Writes where the lines of ``text[start:stop]`` end: the index of each newline.

    Args:
        text: The bytes.
        start: The first byte.
        stop: The byte after the last.
        ends: ``uint32``, (number of newlines + 64,): `count_newlines` counts them.

    Returns:
        How many ends were written.
    """
    found = _ZERO
    index = start
    while index < stop:
        mask = equal_mask(text, index, NEWLINE) & low_bits(stop - index)
        while mask:
            ends[found] = np.uint32(index + trailing_zeros(mask))
            mask &= mask - _ONE
            found += _ONE
        index += STEP
    return found


@kernel
def measure_lines(ends: Ends, start: Word, records: Word) -> tuple[Word, Word, Word]:
    """Adds up the bytes of the header lines and of the sequence lines.

    Args:
        ends: As `find_lines` wrote them.
        start: Where the first record's header starts.
        records: The number of records, four lines each.

    Returns:
        Both sums, as upper bounds for what `copy_records` writes, and the bytes of the longest
        record.
    """
    headers = _ZERO
    sequences = _ZERO
    longest = _ZERO
    first = start
    for record in range(records):
        line = record * _FOUR
        headers += np.uint64(ends[line]) - first
        sequences += np.uint64(ends[line + _ONE]) - np.uint64(ends[line])
        following = np.uint64(ends[line + _THREE]) + _ONE
        longest = max(longest, following - first)
        first = following
    return headers, sequences, longest


@kernel(writes=("ends",))
def find_records(
    text: Bytes, start: Word, stop: Word, records: Word, ends: Ends
) -> tuple[Word, Word, Word]:
    """Does what `find_lines` and `measure_lines` do, in one call.

    Args:
        text: The bytes.
        start: Where the first record's header starts.
        stop: The byte after the last line.
        records: The number of records.
        ends: As for `find_lines`.

    Returns:
        As `measure_lines` returns.
    """
    find_lines(text, start, stop, ends)
    return measure_lines(ends, start, records)


@inlined
def repeats_name(
    text: NDArray[np.uint8], header: Word, end: Word, plus: Word, plus_end: Word
) -> bool:
    """Whether a plus line repeats a header without its ``/1``, its description, or both.

    NCBI's loader and old pipelines write it so.

    Args:
        text: The bytes.
        header: The byte after the ``@``.
        end: The end of the header line.
        plus: The byte after the ``+``.
        plus_end: The end of the plus line.
    """
    length = plus_end - plus
    if length >= end - header:
        return False
    blank = header
    while blank < end and text[blank] != _SPACE and text[blank] != _TAB:
        blank += _ONE
    if length == blank - header and same_bytes(text, header, plus, blank):
        return True
    if not marked_mate(text, header, blank, SLASH):
        return False
    stem = blank - _TWO
    if length < stem - header or not same_bytes(text, header, plus, stem):
        return False
    rest = plus + stem - header
    return bool(
        rest == plus_end or (plus_end - rest == end - blank and same_bytes(text, blank, rest, end))
    )
