"""The compiled loop that checks records and copies their parts into Arrow's buffers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.mates.kernels import SLASH, described_mate, marked_mate
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.loops import leads_to_tab, same_bytes
from biometal_stream.simd.masks import (
    low_bits,
    other_base_mask,
    outside_mask,
)
from biometal_stream.simd.memory import copy_lanes
from biometal_stream.simd.words import Word
from biometal_stream.sources.fastq.kernels.lines import (
    AT,
    FIRST_QUALITY,
    LAST_QUALITY,
    PLUS,
    STEP,
    Bytes,
    Ends,
    Offsets,
    repeats_name,
)
from biometal_stream.sources.text.kernels import copy_bytes, find_blank, is_ascii, stripped

NAME = np.uint64(1)
DESCRIPTION = np.uint64(2)
SEQUENCE = np.uint64(4)
QUALITY = np.uint64(8)
MARK = np.uint64(16)
"""The parts of a record that `copy_records` can be asked for."""

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)


@inlined
def _are_bases(text: Bytes, first: Word, end: Word, iupac: NDArray[np.bool_]) -> bool:
    """Whether each byte of a sequence can be a base."""
    index = first
    while index < end:
        if other_base_mask(text, index) & low_bits(end - index):
            last = min(index + STEP, end)
            for k in range(index, last):
                if not iupac[text[k]]:
                    return False
        index += STEP
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
    """Copies a sequence; whether each byte of it can be a base."""
    index = first
    while index < end:
        copy_lanes(target, to, text, index)
        if other_base_mask(text, index) & low_bits(end - index):
            last = min(index + STEP, end)
            for k in range(index, last):
                if not iupac[text[k]]:
                    return False
        to += STEP
        index += STEP
    return True


@inlined
def _are_qualities(text: Bytes, first: Word, end: Word) -> bool:
    """Whether each byte of a quality line is printable and not a blank."""
    index = first
    bad = _ZERO
    while index < end:
        bad |= outside_mask(text, index, FIRST_QUALITY, LAST_QUALITY) & low_bits(end - index)
        index += STEP
    return bad == _ZERO


@inlined
def _copy_qualities(target: Bytes, to: Word, text: Bytes, first: Word, end: Word) -> bool:
    """Copies a quality line; whether each byte of it is printable and not a blank."""
    index = first
    bad = _ZERO
    while index < end:
        copy_lanes(target, to, text, index)
        bad |= outside_mask(text, index, FIRST_QUALITY, LAST_QUALITY) & low_bits(end - index)
        to += STEP
        index += STEP
    return bad == _ZERO


@kernel(
    writes=(
        "name_offsets",
        "names",
        "description_offsets",
        "descriptions",
        "described",
        "offsets",
        "sequences",
        "qualities",
        "marks",
    )
)
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
) -> tuple[Word, bool, Word]:
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
        The number of records before the first bad one, whether the headers are ASCII, and the
        number of headers with a description, if these are wanted.
    """
    name_to = _ZERO
    description_to = _ZERO
    to = _ZERO
    ascii_only = True
    with_description = _ZERO
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
        header_end = stripped(source, header, header_end)
        sequence_end = stripped(source, sequence, sequence_end)
        plus_end = stripped(source, plus, plus_end)
        quality_end = stripped(source, quality, quality_end)

        if header_end == header or source[header] != AT:
            return row, ascii_only, with_description
        if plus_end == plus or source[plus] != PLUS:
            return row, ascii_only, with_description
        if quality_end - quality != sequence_end - sequence:
            return row, ascii_only, with_description
        header += _ONE
        plus += _ONE
        if (
            plus_end != plus
            and not (
                plus_end - plus == header_end - header
                and same_bytes(source, header, plus, header_end)
            )
            and not repeats_name(source, header, header_end, plus, plus_end)
        ):
            return row, ascii_only, with_description
        if with_sequences:
            good = _copy_bases(sequences, to, source, sequence, sequence_end, iupac)
        else:
            good = _are_bases(source, sequence, sequence_end, iupac)
        if not good:
            return row, ascii_only, with_description
        if with_qualities:
            good = _copy_qualities(qualities, to, source, quality, quality_end)
        else:
            good = _are_qualities(source, quality, quality_end)
        if not good:
            return row, ascii_only, with_description
        ascii_only &= is_ascii(source, header, header_end)

        if with_headers:
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
                    with_description += _ONE
                    if not leads_to_tab(source, blank, header_end):
                        blank += _ONE
                    copy_bytes(descriptions, description_to, source, blank, header_end)
                    description_to += header_end - blank
                description_offsets[row + _ONE] = description_to
        if with_bases:
            to += sequence_end - sequence
            offsets[row + _ONE] = to
    return records, ascii_only, with_description
