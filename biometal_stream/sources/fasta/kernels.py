"""The compiled loops that find and copy FASTA records.

Texts are ``uint8`` arrays of one dimension that can be read for 64 bytes past their end, outputs
likewise can be written that far. A record begins with a line that begins with ``>``. No kernel
keeps a reference to its arguments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.mates.kernels import SLASH, described_mate, marked_mate
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.loops import leads_to_tab
from biometal_stream.simd.masks import (
    count_ones,
    equal_mask,
    low_bits,
    other_base_mask,
    trailing_zeros,
)
from biometal_stream.simd.memory import copy_lanes
from biometal_stream.simd.words import WIDTH, Word
from biometal_stream.sources.text.kernels import copy_bytes, find_blank, is_ascii, stripped

NAME = np.uint64(1)
DESCRIPTION = np.uint64(2)
SEQUENCE = np.uint64(4)
MARK = np.uint64(16)
"""The parts of a record that `copy_records` can be asked for."""

_NEWLINE = np.uint8(ord("\n"))
_RETURN = np.uint8(ord("\r"))
_HEADER = np.uint8(ord(">"))
_STEP = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_TOP = np.uint64(WIDTH - 1)


@inlined
def _header_mask(text: NDArray[np.uint8], index: Word, stop: Word, carry: Word) -> Word:
    """A bit for each ``>`` of the next vector that begins a line.

    Args:
        text: The bytes.
        index: Where the vector starts.
        stop: The byte after the last of the text.
        carry: 1 where the byte before the vector is a newline, or none is.
    """
    found = equal_mask(text, index, _HEADER) & low_bits(stop - index)
    if not found:
        return _ZERO
    return found & (equal_mask(text, index, _NEWLINE) << _ONE | carry)


@inlined
def _carry(text: NDArray[np.uint8], index: Word) -> Word:
    """1 where a line begins after a byte of the text."""
    return np.uint64(text[index] == _NEWLINE)


@kernel
def count_headers(text: NDArray[np.uint8], start: Word, stop: Word, begins: bool) -> Word:
    """Counts the records that begin in ``text[start:stop]``.

    Args:
        text: The bytes.
        start: The first byte.
        stop: The byte after the last.
        begins: Whether a line begins at ``start``.
    """
    found = _ZERO
    carry = np.uint64(begins)
    index = start
    while index < stop:
        found += count_ones(_header_mask(text, index, stop, carry))
        carry = _carry(text, index + _TOP)
        index += _STEP
    return found


@kernel
def find_header(text: NDArray[np.uint8], start: Word, stop: Word, number: Word) -> Word:
    """Finds where a record begins.

    Args:
        text: The bytes.
        start: Where a line begins.
        stop: The byte after the last.
        number: The record's index among those that begin in ``text[start:stop]``.

    Returns:
        The index of its ``>``; ``stop`` where there are not as many.
    """
    left = number
    carry = _ONE
    index = start
    while index < stop:
        mask = _header_mask(text, index, stop, carry)
        found = count_ones(mask)
        if found > left:
            for _ in range(left):
                mask &= mask - _ONE
            return index + trailing_zeros(mask)
        left -= found
        carry = _carry(text, index + _TOP)
        index += _STEP
    return stop


@kernel
def last_header(text: NDArray[np.uint8], start: Word, stop: Word) -> Word:
    """Finds where the last record of ``text[start:stop]`` begins; ``start`` begins a line.

    Returns:
        The index of its ``>``; ``stop`` where none begins.
    """
    index = stop
    while index > start:
        index -= _ONE
        if text[index] == _HEADER and (index == start or text[index - _ONE] == _NEWLINE):
            return index
    return stop


@inlined
def _find(text: NDArray[np.uint8], first: Word, end: Word, byte: np.uint8) -> Word:
    """The index of the first such byte of ``text[first:end]``, or ``end``."""
    index = first
    while index < end:
        mask = equal_mask(text, index, byte) & low_bits(end - index)
        if mask:
            return index + trailing_zeros(mask)
        index += _STEP
    return end


@kernel
def measure_headers(text: NDArray[np.uint8], start: Word, stop: Word) -> Word:
    """Adds up the bytes of the header lines of ``text[start:stop]``; ``start`` begins a line."""
    total = _ZERO
    carry = _ONE
    index = start
    while index < stop:
        mask = _header_mask(text, index, stop, carry)
        while mask:
            header = index + trailing_zeros(mask)
            total += _find(text, header, stop, _NEWLINE) - header
            mask &= mask - _ONE
        carry = _carry(text, index + _TOP)
        index += _STEP
    return total


@inlined
def _good_bases(
    text: NDArray[np.uint8], index: Word, count: Word, iupac: NDArray[np.bool_]
) -> bool:
    """Whether each of the first bytes of a vector can be a base."""
    if other_base_mask(text, index) & low_bits(count):
        for k in range(index, index + min(count, _STEP)):
            if not iupac[text[k]]:
                return False
    return True


@inlined
def _copy_lines(
    target: NDArray[np.uint8],
    to: Word,
    text: NDArray[np.uint8],
    first: Word,
    stop: Word,
    wanted: bool,
    iupac: NDArray[np.bool_],
) -> tuple[Word, Word, bool]:
    """Copies the lines of a sequence, up to a line that begins with ``>``, or the text's end.

    Returns:
        Where the lines end, the bases there are in all, and whether all can be bases.
    """
    line = first
    bases = _ZERO
    while line < stop and text[line] != _HEADER:
        index = line
        while True:
            count = min(stop - index, _STEP)
            newline = equal_mask(text, index, _NEWLINE) & low_bits(count)
            end = np.uint64(index + trailing_zeros(newline)) if newline else index + count
            over = newline != _ZERO or end == stop
            until = stripped(text, index, end) if over else end
            if not over and text[end - _ONE] == _RETURN and end < stop and text[end] == _NEWLINE:
                until = end - _ONE  # the two bytes of a CRLF are in two vectors
            if not _good_bases(text, index, until - index, iupac):
                return line, bases, False
            if wanted:
                copy_lanes(target, to + bases, text, index)
            bases += until - index
            index = end
            if over:
                break
        line = min(index + _ONE, stop)
    return line, bases, True


@kernel(
    writes=(
        "name_offsets",
        "names",
        "description_offsets",
        "descriptions",
        "described",
        "offsets",
        "sequences",
        "marks",
        "starts",
    )
)
def copy_records(
    text: NDArray[np.uint8],
    start: Word,
    stop: Word,
    other_text: NDArray[np.uint8],
    other_start: Word,
    other_stop: Word,
    mates: Word,
    records: Word,
    limit: Word,
    wanted: Word,
    iupac: NDArray[np.bool_],
    name_offsets: NDArray[np.int32],
    names: NDArray[np.uint8],
    description_offsets: NDArray[np.int32],
    descriptions: NDArray[np.uint8],
    described: NDArray[np.uint8],
    offsets: NDArray[np.int32],
    sequences: NDArray[np.uint8],
    marks: NDArray[np.uint8],
    starts: NDArray[np.uint32],
) -> tuple[Word, bool]:
    """Checks records and copies their parts into the buffers of Arrow columns.

    All of each record is checked, whatever is wanted of it. With two texts their records
    alternate: row 0 is the first of ``text``, row 1 the first of ``other_text``. A header is
    divided as a header of FASTQ is: one space between name and description belongs to neither;
    blanks that lead to a tab belong to the description.

    Args:
        text: The records' bytes.
        start: Where its first header starts.
        stop: The byte after its last record.
        other_text: The second text; the first again where there is one only.
        other_start: Where its first header starts.
        other_stop: The byte after its last record.
        mates: The number of texts, 1 or 2.
        records: The number of records in all.
        limit: The bytes that a record may have.
        wanted: The parts to copy, `NAME` and the others added up. The outputs of a part that is
            not wanted may have no bytes.
        iupac: `biometal_stream.simd.bases.IUPAC`.
        name_offsets: ``int32``, (records + 1,).
        names: ``uint8``, (bytes of the header lines + 64,).
        description_offsets: ``int32``, (records + 1,).
        descriptions: ``uint8``, (bytes of the header lines + 64,).
        described: ``uint8``, (records,): 1 where a header has a description.
        offsets: ``int32``, (records + 1,), of the sequences.
        sequences: ``uint8``, (bytes of the texts + 64,).
        marks: ``uint8``, (records,): the mate, 1 or 2, that ``/1`` or ``/2`` at the end of a name
            or, without it, a description of Casava 1.8 says a record is; 0 where nothing does.
        starts: ``uint32``, (records,): where each record starts in its text.

    Returns:
        The number of records before the first bad one, and whether the headers are ASCII.
    """
    name_to = _ZERO
    description_to = _ZERO
    to = _ZERO
    ascii_only = True
    with_names = wanted & NAME != _ZERO
    with_descriptions = wanted & DESCRIPTION != _ZERO
    with_sequences = wanted & SEQUENCE != _ZERO
    with_marks = wanted & MARK != _ZERO
    if with_names:
        name_offsets[0] = 0
    if with_descriptions:
        description_offsets[0] = 0
    if with_sequences:
        offsets[0] = 0
    at = start
    other_at = other_start
    for row in range(records):
        second = mates == _TWO and row & _ONE == _ONE
        if second:
            source, first, last = other_text, other_at, other_stop
        else:
            source, first, last = text, at, stop
        starts[row] = first
        if first >= last or source[first] != _HEADER:
            return row, ascii_only
        newline = _find(source, first, last, _NEWLINE)
        header = first + _ONE
        header_end = stripped(source, header, newline)
        if _find(source, header, header_end, _RETURN) < header_end:
            return row, ascii_only
        following, bases, good = _copy_lines(
            sequences, to, source, min(newline + _ONE, last), last, with_sequences, iupac
        )
        if not good or following - first > limit:
            return row, ascii_only
        if second:
            other_at = following
        else:
            at = following
        ascii_only &= is_ascii(source, header, header_end)
        if with_names or with_descriptions or with_marks:
            blank = find_blank(source, header, header_end)
            if with_names:
                copy_bytes(names, name_to, source, header, blank)
                name_to += blank - header
                name_offsets[row + _ONE] = name_to
            if with_marks:
                mark = marked_mate(source, header, blank, SLASH)
                if mark == _ZERO and blank < header_end:
                    mark = described_mate(source, blank + _ONE, header_end)
                marks[row] = mark
            if with_descriptions:
                described[row] = blank < header_end
                if blank < header_end:
                    if not leads_to_tab(source, blank, header_end):
                        blank += _ONE
                    copy_bytes(descriptions, description_to, source, blank, header_end)
                    description_to += header_end - blank
                description_offsets[row + _ONE] = description_to
        if with_sequences:
            to += bases
            offsets[row + _ONE] = to
    return records, ascii_only
