"""The compiled loops that find and copy FASTQ records.

Texts are ``uint8`` arrays of one dimension that can be read for `PADDING` bytes past their
end, outputs likewise can be written that far. No kernel keeps a reference to its arguments.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.counts import COUNTABLE, count_alike, counted, no_counts
from biometal_stream.simd.jit import inlined, kernel
from biometal_stream.simd.loops import leads_to_tab
from biometal_stream.simd.masks import (
    count_ones,
    equal_mask,
    low_bits,
    other_base_mask,
    outside_mask,
    trailing_zeros,
)
from biometal_stream.simd.memory import copy_lanes, load, load_word
from biometal_stream.simd.names import SLASH, marked_mate, repeats_name
from biometal_stream.simd.words import WIDTH, Word

Bytes: TypeAlias = NDArray[np.uint8]
Ends: TypeAlias = NDArray[np.uint32]
Offsets: TypeAlias = NDArray[np.int32]

PADDING = WIDTH
"""Bytes that must be readable after a text and writable after an output."""

NAME = np.uint64(1)
DESCRIPTION = np.uint64(2)
SEQUENCE = np.uint64(4)
QUALITY = np.uint64(8)
MARK = np.uint64(16)
"""The parts of a record that `copy_records` can be asked for."""

_NEWLINE = np.uint8(ord("\n"))
_RETURN = np.uint8(ord("\r"))
_SPACE = np.uint8(ord(" "))
_TAB = np.uint8(ord("\t"))
_AT = np.uint8(ord("@"))
_PLUS = np.uint8(ord("+"))
_FIRST_QUALITY = np.uint8(ord("!"))
_LAST_QUALITY = np.uint8(ord("~"))
_LEAST_OLD = np.uint8(ord(";"))  # of qualities that are not Phred+33
_TAIL = np.uint8(ord("B"))
_LAST_ASCII = np.uint8(0x7F)
_STEP = np.uint64(WIDTH)
_BLOCK = np.uint64(WIDTH * COUNTABLE)
_ALL_BITS = np.uint8(0xFF)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)
_SIX = np.uint64(6)
_COLON = np.uint8(ord(":"))
_SIX_BYTES = np.uint64((1 << 48) - 1)
_MATE_1 = np.uint64(int.from_bytes(b"1:N:0:", "little"))
_MATE_2 = np.uint64(int.from_bytes(b"2:N:0:", "little"))
_FAILED = np.uint64(ord("Y"))
_PASSED = np.uint64(ord("N"))
_DIGIT_0 = np.uint64(ord("0"))
_DIGIT_2 = np.uint8(ord("2"))
_DIGIT_9 = np.uint8(ord("9"))


@kernel
def count_newlines(text: Bytes, start: Word, stop: Word) -> Word:
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
def drop_lines(text: Bytes, start: Word, stop: Word, number: Word) -> Word:
    """Finds the byte of ``text[start:stop]`` behind which there are ``number`` newlines.

    Returns:
        The index after the newline before them, or ``start`` where there is none.
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


@kernel
def find_lines(text: Bytes, start: Word, stop: Word, ends: Ends) -> Word:
    """Writes where the lines of ``text[start:stop]`` end: the index of each newline.

    Args:
        text: The bytes.
        start: The first byte.
        stop: The byte after the last.
        ends: ``uint32``, (number of newlines + 64,): `count_newlines` tells the number.

    Returns:
        How many ends were written.
    """
    found = _ZERO
    index = start
    while index < stop:
        mask = equal_mask(text, index, _NEWLINE) & low_bits(stop - index)
        while mask:
            ends[found] = np.uint32(index + trailing_zeros(mask))
            mask &= mask - _ONE
            found += _ONE
        index += _STEP
    return found


@inlined
def _stripped(text: Bytes, first: Word, end: Word) -> Word:
    """The end of a line without the carriage return of a CRLF."""
    if end > first and text[end - _ONE] == _RETURN:
        return end - _ONE
    return end


@inlined
def _copy(target: Bytes, to: Word, text: Bytes, first: Word, end: Word) -> None:
    """Copies whole vectors; what is written too much is overwritten by the next record."""
    index = first
    while index < end:
        copy_lanes(target, to, text, index)
        to += _STEP
        index += _STEP


@inlined
def _find_blank(text: Bytes, first: Word, end: Word) -> Word:
    """The index of the first space or tab of a header line, or ``end``."""
    index = first
    while index < end:
        mask = equal_mask(text, index, _SPACE) | equal_mask(text, index, _TAB)
        mask &= low_bits(end - index)
        if mask:
            return index + trailing_zeros(mask)
        index += _STEP
    return end


@inlined
def _is_ascii(text: Bytes, first: Word, end: Word) -> bool:
    index = first
    while index < end:
        if outside_mask(text, index, np.uint8(0), _LAST_ASCII) & low_bits(end - index):
            return False
        index += _STEP
    return True


@inlined
def _are_bases(text: Bytes, first: Word, end: Word, iupac: NDArray[np.bool_]) -> bool:
    """Whether each byte of a sequence can be a base."""
    index = first
    while index < end:
        if other_base_mask(text, index) & low_bits(end - index):
            last = min(index + _STEP, end)
            for k in range(index, last):
                if not iupac[text[k]]:
                    return False
        index += _STEP
    return True


@inlined
def _copy_bases(
    target: Bytes,
    to: Word,
    text: Bytes,
    first: Word,
    end: Word,
    iupac: NDArray[np.bool_],
) -> bool:
    """Copies a sequence and tells whether each byte of it can be a base."""
    index = first
    while index < end:
        copy_lanes(target, to, text, index)
        if other_base_mask(text, index) & low_bits(end - index):
            last = min(index + _STEP, end)
            for k in range(index, last):
                if not iupac[text[k]]:
                    return False
        to += _STEP
        index += _STEP
    return True


@inlined
def _are_qualities(text: Bytes, first: Word, end: Word) -> bool:
    """Whether each byte of a quality line is printable and no blank."""
    index = first
    bad = _ZERO
    while index < end:
        bad |= outside_mask(text, index, _FIRST_QUALITY, _LAST_QUALITY) & low_bits(end - index)
        index += _STEP
    return bad == _ZERO


@inlined
def _copy_qualities(target: Bytes, to: Word, text: Bytes, first: Word, end: Word) -> bool:
    """Copies a quality line and tells whether each byte of it is printable and no blank."""
    index = first
    bad = _ZERO
    while index < end:
        copy_lanes(target, to, text, index)
        bad |= outside_mask(text, index, _FIRST_QUALITY, _LAST_QUALITY) & low_bits(end - index)
        to += _STEP
        index += _STEP
    return bad == _ZERO


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


@inlined
def _same_bytes(text: Bytes, first: Word, other: Word, end: Word) -> bool:
    """Whether ``text[first:end]`` is repeated at ``other``."""
    for k in range(end - first):  # noqa: SIM110 - numba has no generators
        if text[first + k] != text[other + k]:
            return False
    return True


@inlined
def _is_digit(byte: np.uint8) -> bool:
    return bool(_DIGIT_0 <= byte <= _DIGIT_9)


@inlined
def _described_mate(text: Bytes, first: Word, end: Word) -> Word:
    """The mate that a description of Casava 1.8 names, as in ``1:N:0:ATCACG``; 0 of any other."""
    start = load_word(text, first) & _SIX_BYTES
    if start == _MATE_1:  # nearly all are one of these two
        return _ONE
    if start == _MATE_2:
        return _TWO
    if end < first + _SIX:
        return _ZERO
    if text[first + _ONE] != _COLON or text[first + _THREE] != _COLON:
        return _ZERO
    mate = np.uint64(text[first]) - _DIGIT_0
    filtered = np.uint64(text[first + _TWO])
    if mate - _ONE > _ONE or (filtered != _FAILED and filtered != _PASSED):  # noqa: PLR1714 - numba
        return _ZERO
    index = first + _FOUR
    if not _is_digit(text[index]):
        return _ZERO
    while _is_digit(text[index]):
        index += _ONE
    return mate if index < end and text[index] == _COLON else _ZERO


@kernel
def copy_records(
    text: Bytes,
    ends: Ends,
    start: Word,
    other_text: Bytes,
    other_ends: Ends,
    other_start: Word,
    mates: Word,
    records: Word,
    wanted: Word,
    iupac: NDArray[np.bool_],
    name_offsets: Offsets,
    names: Bytes,
    description_offsets: Offsets,
    descriptions: Bytes,
    described: Bytes,
    offsets: Offsets,
    sequences: Bytes,
    qualities: Bytes,
    marks: Bytes,
) -> tuple[Word, bool]:
    """Checks records and copies their parts into the buffers of Arrow columns.

    All of each record is checked, whatever is wanted of it. With two texts their records
    alternate: row 0 is the first of ``text``, row 1 the first of ``other_text``. One space
    between name and description belongs to neither; blanks that lead to a tab belong to the
    description, so that the header can be written as it was.

    Args:
        text: The records' bytes.
        ends: The ends of its lines, from `find_lines`.
        start: Where its first record's header starts.
        other_text: The second text; the first again where there is one only.
        other_ends: The ends of its lines.
        other_start: Where its first record's header starts.
        mates: The number of texts, 1 or 2.
        records: The number of records in all.
        wanted: The parts to copy, `NAME` and the others added up. The outputs of a part that is
            not wanted may have no bytes; ``offsets`` are written for either of its two.
        iupac: `biometal_stream.simd.bases.IUPAC`.
        name_offsets: ``int32``, (records + 1,).
        names: ``uint8``, (bytes of the header lines + 64,).
        description_offsets: ``int32``, (records + 1,).
        descriptions: ``uint8``, (bytes of the header lines + 64,).
        described: ``uint8``, (records,): 1 where a header has a description.
        offsets: ``int32``, (records + 1,), of sequences and qualities alike.
        sequences: ``uint8``, (bytes of the sequence lines + 64,).
        qualities: ``uint8``, as ``sequences``.
        marks: ``uint8``, (records,): the mate, 1 or 2, that ``/1`` or ``/2`` at the end of a name
            or, without it, a description of Casava 1.8 says a record is; 0 where nothing does.

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
    with_qualities = wanted & QUALITY != _ZERO
    with_marks = wanted & MARK != _ZERO
    with_headers = with_names or with_descriptions or with_marks
    with_bases = with_sequences or with_qualities
    if with_names:
        name_offsets[0] = 0
    if with_descriptions:
        description_offsets[0] = 0
    if with_bases:
        offsets[0] = 0
    first = start
    other_first = other_start
    for row in range(records):
        second = mates == _TWO and row & _ONE == _ONE
        record = row // mates
        line = record * _FOUR
        if second:
            source = other_text
            lines = other_ends
            header = other_first
        else:
            source = text
            lines = ends
            header = first
        header_end = np.uint64(lines[line])
        sequence = header_end + _ONE
        sequence_end = np.uint64(lines[line + _ONE])
        plus = sequence_end + _ONE
        plus_end = np.uint64(lines[line + _TWO])
        quality = plus_end + _ONE
        quality_end = np.uint64(lines[line + _THREE])
        if second:
            other_first = quality_end + _ONE
        else:
            first = quality_end + _ONE
        header_end = _stripped(source, header, header_end)
        sequence_end = _stripped(source, sequence, sequence_end)
        plus_end = _stripped(source, plus, plus_end)
        quality_end = _stripped(source, quality, quality_end)

        if header_end == header or source[header] != _AT:
            return row, ascii_only
        if plus_end == plus or source[plus] != _PLUS:
            return row, ascii_only
        if quality_end - quality != sequence_end - sequence:
            return row, ascii_only
        header += _ONE
        plus += _ONE
        if (
            plus_end != plus
            and not (
                plus_end - plus == header_end - header
                and _same_bytes(source, header, plus, header_end)
            )
            and not repeats_name(source, header, header_end, plus, plus_end)
        ):
            return row, ascii_only
        if with_sequences:
            good = _copy_bases(sequences, to, source, sequence, sequence_end, iupac)
        else:
            good = _are_bases(source, sequence, sequence_end, iupac)
        if not good:
            return row, ascii_only
        if with_qualities:
            good = _copy_qualities(qualities, to, source, quality, quality_end)
        else:
            good = _are_qualities(source, quality, quality_end)
        if not good:
            return row, ascii_only
        ascii_only &= _is_ascii(source, header, header_end)

        if with_headers:
            blank = _find_blank(source, header, header_end)
            if with_names:
                _copy(names, name_to, source, header, blank)
                name_to += blank - header
                name_offsets[row + _ONE] = name_to
            if with_marks:
                mark = marked_mate(source, header, blank, SLASH)
                if mark == _ZERO and blank < header_end:
                    mark = _described_mate(source, blank + _ONE, header_end)
                marks[row] = mark
            if with_descriptions:
                described[row] = blank < header_end
                if blank < header_end:
                    if not leads_to_tab(source, blank, header_end):
                        blank += _ONE
                    _copy(descriptions, description_to, source, blank, header_end)
                    description_to += header_end - blank
                description_offsets[row + _ONE] = description_to
        if with_bases:
            to += sequence_end - sequence
            offsets[row + _ONE] = to
    return records, ascii_only


@inlined
def _is_numbered(names: Bytes, first: Word, end: Word, separator: np.uint8) -> bool:
    """Whether a name ends in a number behind a separator."""
    index = end
    while index > first and _is_digit(names[index - _ONE]):
        index -= _ONE
    return bool(index < end and index > first and names[index - _ONE] == separator)


@kernel
def first_mispaired(
    name_offsets: Offsets, names: Bytes, marks: Bytes, separator: np.uint8, rows: Word
) -> Word:
    """Finds the first pair of adjacent rows that are not mates.

    Mates have the same name, or names that differ in their last byte alone, 1 and 2, behind a
    ``/`` or a separator that marks mates in these files. What is marked as mate 2 is not mate 1,
    nor the other way round. Where ``.1`` is a mark, names that end in the same ``.1`` are two
    mates 1, and names that end in the same ``.7`` say that the number is none: `pairs.are_mates`
    is the plain twin.

    Args:
        name_offsets: ``int32``, (rows + 1,).
        names: ``uint8``, the names' bytes.
        marks: ``uint8``, (rows,), from `copy_records`.
        separator: The separator that counts beside the slash; the slash again for none.
        rows: The number of rows, even.

    Returns:
        The row of mate 1; ``rows`` where all are mates.
    """
    for row in range(_ZERO, rows, _TWO):
        first = np.uint64(name_offsets[row])
        other = np.uint64(name_offsets[row + _ONE])
        end = np.uint64(name_offsets[row + _TWO])
        length = other - first
        if end - other != length:
            return row
        if marks[row] == np.uint8(2) or marks[row + _ONE] == np.uint8(1):
            return row
        if _same_bytes(names, first, other, other):
            if separator != SLASH and _is_numbered(names, first, other, separator):
                return row
            continue
        if marked_mate(names, first, other, separator) != _ONE:
            return row
        if names[end - _ONE] != _DIGIT_2 or not _same_bytes(names, first, other, other - _ONE):
            return row
    return rows


@kernel
def count_qualities(
    text: Bytes, ends: Ends, start: Word, lines: Word, counts: NDArray[np.int64]
) -> tuple[Word, Word]:
    """Counts the bytes of quality lines, up to one that is of Phred+33 alone.

    A quality line is as long as a line two before it, in front of which stands one with ``@``,
    and behind which one with ``+``. Bytes that cannot be a quality are not counted.

    Args:
        text: The bytes.
        ends: The ends of the lines, from `find_lines`.
        start: Where the first line starts.
        lines: The number of lines to look at.
        counts: ``int64``, (256,), to which the bytes are added.

    Returns:
        The number of ``B`` with nothing but others behind them in their read, and the reads that
        end in two or more of them.
    """
    tails = _ZERO
    tailed = _ZERO
    line = _ZERO
    header = start
    while line + _FOUR <= lines:
        sequence = np.uint64(ends[line]) + _ONE
        plus = np.uint64(ends[line + _ONE]) + _ONE
        quality = np.uint64(ends[line + _TWO]) + _ONE
        sequence_end = _stripped(text, sequence, plus - _ONE)
        end = _stripped(text, quality, np.uint64(ends[line + _THREE]))
        is_record = text[header] == _AT and text[plus] == _PLUS
        if not is_record or end - quality != sequence_end - sequence:
            header = sequence
            line += _ONE
            continue
        for index in range(quality, end):
            byte = text[index]
            if _FIRST_QUALITY <= byte <= _LAST_QUALITY:
                counts[byte] += 1
                if byte < _LEAST_OLD:
                    return tails, tailed
        tail = end
        while tail > quality and text[tail - _ONE] == _TAIL:
            tail -= _ONE
        tails += end - tail
        tailed += np.uint64(end - tail > _ONE)
        header = np.uint64(ends[line + _THREE]) + _ONE
        line += _FOUR
    return tails, tailed


@kernel
def translate(values: Bytes, count: Word, table: Bytes) -> Word:
    """Replaces each byte by its entry in a table, in place.

    Args:
        values: ``uint8``, (count or more,).
        count: How many.
        table: ``uint8``, (256,); 0 for bytes that have no translation.

    Returns:
        The index of the first byte without translation, left as it was; ``count`` where none is.
    """
    for index in range(count):
        value = table[values[index]]
        if value == np.uint8(0):
            return index
        values[index] = value
    return count
