"""The compiled loops that lay out FASTQ records and count bytes.

Texts are read-only ``uint8`` arrays of one dimension, of which no byte past the end is read.
An output must be writable for `PADDING` bytes past the end of what it is to hold. No kernel
keeps a reference to its arguments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.loops import leads_to_tab
from biometal_stream.simd.masks import (
    equal_mask,
    low_bits,
    other_base_mask,
    outside_mask,
)
from biometal_stream.simd.memory import copy_lanes
from biometal_stream.simd.words import WIDTH

PADDING = WIDTH
"""Bytes that must be writable after an output."""

GOOD = 0
"""No fault was found."""
UNEQUAL_LENGTHS = 1
"""A sequence and its quality differ in length."""
BAD_NAME = 2
"""A name holds a newline, a carriage return, or a blank, where the description would begin."""
BAD_DESCRIPTION = 3
"""A description holds a newline, or a carriage return at its end."""
BAD_SEQUENCE = 4
"""A sequence holds a byte that is no base."""
BAD_QUALITY = 5
"""A quality holds a byte outside ``!`` to ``~``."""

_NEWLINE = np.uint8(ord("\n"))
_RETURN = np.uint8(ord("\r"))
_TAB = np.uint8(ord("\t"))
_SPACE = np.uint8(ord(" "))
_AT = np.uint8(ord("@"))
_PLUS = np.uint8(ord("+"))
_FIRST_PRINTED = np.uint8(ord("!"))
_LAST_ASCII = np.uint8(0x7F)
_LAST_BYTE = np.uint8(0xFF)
_LAST_PRINTED = np.uint8(ord("~"))
_STEP = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_FOUR = np.uint64(4)


@inlined
def copy_line(
    out: NDArray[np.uint8],
    to: np.uint64,
    text: NDArray[np.uint8],
    first: np.uint64,
    end: np.uint64,
) -> bool:
    """Copies ``text[first:end]``, whole vectors where the text has them.

    Returns:
        Whether it is free of newlines.
    """
    size = np.uint64(len(text))
    found = _ZERO
    while first < end and first + _STEP <= size:
        copy_lanes(out, to, text, first)
        found |= equal_mask(text, first, _NEWLINE) & low_bits(end - first)
        to += _STEP
        first += _STEP
    while first < end:
        out[to] = text[first]
        if text[first] == _NEWLINE:
            found = _ONE
        to += _ONE
        first += _ONE
    return bool(found == _ZERO)


@kernel
def is_ascii(
    text: NDArray[np.uint8],
    first: np.uint64,
    end: np.uint64,
    other: NDArray[np.uint8],
    other_first: np.uint64,
    other_end: np.uint64,
) -> bool:
    """Whether all of ``text[first:end]`` and ``other[other_first:other_end]`` is ASCII."""
    bits = np.uint8(0)
    for index in range(first, end):
        bits |= text[index]
    for index in range(other_first, other_end):
        bits |= other[index]
    return bool(bits <= _LAST_ASCII)


@inlined
def copy_printed(
    out: NDArray[np.uint8],
    to: np.uint64,
    text: NDArray[np.uint8],
    first: np.uint64,
    end: np.uint64,
) -> bool:
    """As `copy_line`; tells whether all bytes are in ``!`` to ``~``."""
    size = np.uint64(len(text))
    found = _ZERO
    while first < end and first + _STEP <= size:
        copy_lanes(out, to, text, first)
        found |= outside_mask(text, first, _FIRST_PRINTED, _LAST_PRINTED) & low_bits(end - first)
        to += _STEP
        first += _STEP
    while first < end:
        out[to] = text[first]
        if text[first] < _FIRST_PRINTED or text[first] > _LAST_PRINTED:
            found = _ONE
        to += _ONE
        first += _ONE
    return bool(found == _ZERO)


@inlined
def copy_name(
    out: NDArray[np.uint8],
    to: np.uint64,
    text: NDArray[np.uint8],
    first: np.uint64,
    end: np.uint64,
) -> bool:
    """As `copy_line`; tells whether a name is free of blanks and line ends."""
    size = np.uint64(len(text))
    start = first
    found = _ZERO
    while first < end and first + _STEP <= size:
        copy_lanes(out, to, text, first)
        found |= outside_mask(text, first, _FIRST_PRINTED, _LAST_BYTE) & low_bits(end - first)
        to += _STEP
        first += _STEP
    while first < end:
        out[to] = text[first]
        if text[first] < _FIRST_PRINTED:
            found = _ONE
        to += _ONE
        first += _ONE
    if found != _ZERO:  # a control character, which may be one that a name can hold
        for index in range(start, end):
            byte = text[index]
            if byte == _SPACE or byte == _TAB or byte == _NEWLINE or byte == _RETURN:  # noqa: PLR1714, SIM109
                return False
    return True


@inlined
def copy_bases(
    out: NDArray[np.uint8],
    to: np.uint64,
    text: NDArray[np.uint8],
    first: np.uint64,
    end: np.uint64,
    iupac: NDArray[np.bool_],
) -> bool:
    """As `copy_line`; tells whether all bytes are bases."""
    size = np.uint64(len(text))
    while first < end and first + _STEP <= size:
        copy_lanes(out, to, text, first)
        if other_base_mask(text, first) & low_bits(end - first):
            for index in range(first, min(first + _STEP, end)):
                if not iupac[text[index]]:
                    return False
        to += _STEP
        first += _STEP
    while first < end:
        out[to] = text[first]
        if not iupac[text[first]]:
            return False
        to += _ONE
        first += _ONE
    return True


@kernel(writes=("out",))
def format_records(
    name_offsets: NDArray[np.int32],
    names: NDArray[np.uint8],
    description_offsets: NDArray[np.int32],
    descriptions: NDArray[np.uint8],
    described: NDArray[np.uint8],
    sequence_offsets: NDArray[np.int32],
    sequences: NDArray[np.uint8],
    quality_offsets: NDArray[np.int32],
    qualities: NDArray[np.uint8],
    mates: NDArray[np.int8],
    mate: np.int8,
    iupac: NDArray[np.bool_],
    out: NDArray[np.uint8],
    to: np.uint64,
) -> tuple[np.uint64, np.uint64, int]:
    r"""Writes rows as FASTQ records, ``@name description\nsequence\n+\nquality\n``.

    A description whose first byte that is no space is a tab follows the name at once, any other
    after a space.

    Args:
        name_offsets: ``int32``, (rows + 1,).
        names: The bytes they point into; likewise for the other columns.
        description_offsets: ``int32``, (rows + 1,).
        descriptions: See ``names``.
        described: ``uint8``, (rows,): 0 where the description is null.
        sequence_offsets: ``int32``, (rows + 1,).
        sequences: See ``names``.
        quality_offsets: ``int32``, (rows + 1,).
        qualities: See ``names``.
        mates: ``int8``, (rows,), or (0,) when ``mate`` is 0.
        mate: The mate whose rows to write; 0 for all.
        iupac: ``bool``, (256,): which bytes are bases.
        out: Room for all rows' bytes, 7 more a row, and `PADDING`.
        to: Where in it to begin.

    Returns:
        Where the records end, the first bad row (the number of rows when there is none), and
        its fault, `GOOD` or one of those above.
    """
    rows = np.uint64(len(name_offsets) - 1)
    row = _ZERO
    while row < rows:
        if mate != np.int8(0) and mates[row] != mate:
            row += _ONE
            continue
        name = np.uint64(name_offsets[row])
        name_end = np.uint64(name_offsets[row + _ONE])
        sequence = np.uint64(sequence_offsets[row])
        sequence_end = np.uint64(sequence_offsets[row + _ONE])
        quality = np.uint64(quality_offsets[row])
        quality_end = np.uint64(quality_offsets[row + _ONE])
        if sequence_end - sequence != quality_end - quality:
            return to, row, UNEQUAL_LENGTHS

        out[to] = _AT
        to += _ONE
        if not copy_name(out, to, names, name, name_end):
            return to, row, BAD_NAME
        to += name_end - name
        if described[row]:
            description = np.uint64(description_offsets[row])
            description_end = np.uint64(description_offsets[row + _ONE])
            if not leads_to_tab(descriptions, description, description_end):
                out[to] = _SPACE
                to += _ONE
            if not copy_line(out, to, descriptions, description, description_end):
                return to, row, BAD_DESCRIPTION
            if description < description_end and descriptions[description_end - _ONE] == _RETURN:
                return to, row, BAD_DESCRIPTION
            to += description_end - description
        out[to] = _NEWLINE
        to += _ONE
        if not copy_bases(out, to, sequences, sequence, sequence_end, iupac):
            return to, row, BAD_SEQUENCE
        to += sequence_end - sequence
        out[to] = _NEWLINE
        out[to + _ONE] = _PLUS
        out[to + np.uint64(2)] = _NEWLINE
        to += np.uint64(3)
        if not copy_printed(out, to, qualities, quality, quality_end):
            return to, row, BAD_QUALITY
        to += quality_end - quality
        out[to] = _NEWLINE
        to += _ONE
        row += _ONE
    return to, rows, GOOD
