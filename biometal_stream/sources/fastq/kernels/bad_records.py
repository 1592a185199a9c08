"""The compiled loops that find good records among bad ones, wherever records start.

A record is good if `copy_records` takes it, and certain if no line of it can belong to another one.
Where a line is lost from FASTQ, or one too many stands in it, the record that suffers is bad, or
is followed by a bad one. So only a good record before a bad one is doubtful, and it is set aside
where its lines and those after it can also be read as records that lack a line, or have one more:

* its quality line begins with ``@``, and after it come bases and a plus line: it may be a header,
  and the quality line is lost (or that header is lost, and all is right: there is no telling);
* its quality line is bases, and after it comes a plus line that does not repeat its own header: it
  may be a sequence;
* the line after it is quality of the same length but not the same, and then a record starts or
  nothing comes: either line may be the quality;
* its quality line looks like a plus line, and one line after it a record starts, or nothing comes.

Likewise a record is doubtful if its header stands right after another header.

Texts are ``uint8`` arrays of one dimension that can be read for `PADDING` bytes past their end.
No kernel keeps a reference to its arguments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import copy_lanes
from biometal_stream.simd.words import Word
from biometal_stream.sources.fastq.kernels.lines import (
    AT,
    NEWLINE,
    PLUS,
    RETURN,
    STEP,
    repeats_name,
)
from biometal_stream.sources.text.kernels import stripped

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)


@inlined
def _start(ends: NDArray[np.uint32], start: Word, line: Word) -> Word:
    """Where a line starts."""
    return start if line == _ZERO else np.uint64(ends[line - _ONE]) + _ONE


@inlined
def _end(text: NDArray[np.uint8], ends: NDArray[np.uint32], first: Word, line: Word) -> Word:
    """Where a line that starts at ``first`` ends, without the carriage return of a CRLF."""
    return stripped(text, first, np.uint64(ends[line]))


@inlined
def _holds(text: NDArray[np.uint8], first: Word, end: Word, allowed: NDArray[np.bool_]) -> bool:
    """Whether all bytes of ``text[first:end]`` are among those allowed."""
    for index in range(first, end):  # noqa: SIM110 - numba has no generators
        if not allowed[text[index]]:
            return False
    return True


@inlined
def _same(text: NDArray[np.uint8], first: Word, end: Word, other: Word, other_end: Word) -> bool:
    """Whether two lines are the same."""
    if end - first != other_end - other:
        return False
    for index in range(end - first):  # noqa: SIM110
        if text[first + index] != text[other + index]:
            return False
    return True


@inlined
def _follow(text: NDArray[np.uint8], first: Word, count: Word) -> bool:
    """Whether so many bytes from ``first`` on are those that follow the first of a character."""
    for index in range(first, first + count):
        if text[index] & np.uint8(0xC0) != np.uint8(0x80):
            return False
    return True


@inlined
def _is_utf8(text: NDArray[np.uint8], first: Word, end: Word) -> bool:
    """Whether a line is UTF-8: RFC 3629, section 4."""
    index = first
    while index < end:
        byte = text[index]
        index += _ONE
        if byte < np.uint8(0x80):
            continue
        if byte < np.uint8(0xC2) or byte > np.uint8(0xF4):
            return False
        more = _ONE if byte < np.uint8(0xE0) else _TWO if byte < np.uint8(0xF0) else _THREE
        if end - index < more or not _follow(text, index, more):
            return False
        second = text[index]
        if byte == np.uint8(0xE0) and second < np.uint8(0xA0):  # longer than it needs to be
            return False
        if byte == np.uint8(0xED) and second > np.uint8(0x9F):  # a surrogate
            return False
        if byte == np.uint8(0xF0) and second < np.uint8(0x90):
            return False
        if byte == np.uint8(0xF4) and second > np.uint8(0x8F):  # beyond U+10FFFF
            return False
        index += more
    return True


@inlined
def _repeats(
    text: NDArray[np.uint8], header: Word, header_end: Word, plus: Word, plus_end: Word
) -> bool:
    """Whether a plus line is bare, or repeats a header or its name."""
    named, name = plus + _ONE, header + _ONE
    if plus_end == named or _same(text, name, header_end, named, plus_end):
        return True
    return repeats_name(text, name, header_end, named, plus_end)


@inlined
def _is_record(
    text: NDArray[np.uint8],
    ends: NDArray[np.uint32],
    start: Word,
    line: Word,
    bases: NDArray[np.bool_],
    qualities: NDArray[np.bool_],
) -> bool:
    """Whether four lines are a good record, as `copy_records` judges."""
    header = _start(ends, start, line)
    sequence = np.uint64(ends[line]) + _ONE
    plus = np.uint64(ends[line + _ONE]) + _ONE
    quality = np.uint64(ends[line + _TWO]) + _ONE
    header_end = _end(text, ends, header, line)
    sequence_end = _end(text, ends, sequence, line + _ONE)
    plus_end = _end(text, ends, plus, line + _TWO)
    quality_end = _end(text, ends, quality, line + _THREE)
    if header_end == header or text[header] != AT:
        return False
    if plus_end == plus or text[plus] != PLUS:
        return False
    if quality_end - quality != sequence_end - sequence:
        return False
    if not _repeats(text, header, header_end, plus, plus_end):
        return False
    return bool(
        _holds(text, sequence, sequence_end, bases)
        and _holds(text, quality, quality_end, qualities)
        and _is_utf8(text, header, header_end)
    )


@inlined
def _can_start(
    text: NDArray[np.uint8], ends: NDArray[np.uint32], start: Word, lines: Word, line: Word
) -> bool:
    """Whether a record can start at a line, by the first bytes of its header and plus line."""
    return bool(
        line + _TWO < lines
        and text[_start(ends, start, line)] == AT
        and text[_start(ends, start, line + _TWO)] == PLUS
    )


@inlined
def _is_certain(
    text: NDArray[np.uint8],
    ends: NDArray[np.uint32],
    start: Word,
    lines: Word,
    line: Word,
    known: Word,
    bases: NDArray[np.bool_],
    qualities: NDArray[np.bool_],
) -> bool:
    """Whether the good record before a line is certain, whatever the line is.

    What is needed of the text is the line, and the first byte of the next one. A last line that
    lacks its newline and begins with ``@`` is a header that is cut off.
    """
    quality = _start(ends, start, line - _ONE)
    quality_end = _end(text, ends, quality, line - _ONE)
    first = _start(ends, start, line)
    end = _end(text, ends, first, line)
    after = np.uint64(ends[line]) + _ONE
    if text[first] == PLUS and _holds(text, quality, quality_end, bases):
        header = _start(ends, start, line - _FOUR)
        header_end = _end(text, ends, header, line - _FOUR)
        if end == first + _ONE or not _repeats(text, header, header_end, first, end):
            return False
    if text[quality] == AT and text[after] == PLUS and _holds(text, first, end, bases):
        return False
    whole = line + _THREE >= lines or text[_start(ends, start, line + _THREE)] == PLUS
    blank = text[after] == NEWLINE or text[after] == RETURN
    if not blank and not (text[after] == AT and whole):
        return True
    if text[first] == AT and np.uint64(ends[line]) >= known:
        return True
    repeated = ends[line - _TWO] - ends[line - _THREE] > _TWO
    if text[quality] == PLUS and (quality_end - quality == _ONE or repeated):
        return False
    alike = end - first == quality_end - quality and _holds(text, first, end, qualities)
    return not alike or _same(text, first, end, quality, quality_end)


@kernel(writes=("found",))
def find_records(
    text: NDArray[np.uint8],
    ends: NDArray[np.uint32],
    start: Word,
    lines: Word,
    line: Word,
    known: Word,
    at_end: bool,
    lost: bool,
    most_blank: Word,
    bases: NDArray[np.bool_],
    qualities: NDArray[np.bool_],
    found: NDArray[np.uint32],
) -> tuple[Word, Word, bool, bool, Word, Word, bool]:
    """Finds the records of a text that are good and certain; all else is bad.

    After a bad record the next one is taken to start at the next line that begins with ``@`` and
    is followed, two lines on, by one that begins with ``+``. No line of a good record but its
    header can look so: after a quality line that begins with ``@`` come a header and a sequence.

    Args:
        text: The bytes.
        ends: ``uint32``, (lines + 64,): where lines end, from `find_lines`. Where the text ends,
            the last line is a blank one that is not in the file.
        start: Where the first line starts.
        lines: The number of lines.
        line: The line from which to look, where a record starts unless ``lost``.
        known: The byte after the last one of the file that was read.
        at_end: Whether the file ends with the text.
        lost: Whether the line belongs to a bad record.
        most_blank: The bytes of blank lines that may end a file.
        bases: ``bool``, (256,): which bytes a sequence may have.
        qualities: ``bool``, (256,): which bytes a quality may have.
        found: ``uint32``, ((lines - line) // 4 + 1,): gets the headers' lines.

    Returns:
        The number of records found; the line before which all is decided; whether the line there
        belongs to a bad record; whether the text ends with the last record found, and blank
        lines maybe; the number of bad records; the line of the first of them (``lines`` where
        there is none), and whether it is one that is good but doubtful.
    """
    count = _ZERO
    bad = _ZERO
    first_bad = lines
    doubtful = False
    none = lines
    pending = none  # a good record that is not yet known to be certain
    tail = lines  # from here on all lines are blank
    while tail > line:
        first = _start(ends, start, tail - _ONE)
        if _end(text, ends, first, tail - _ONE) > first:
            break
        tail -= _ONE
    stop = _start(ends, start, lines)
    clean = False
    while True:
        if lost:
            while line + _TWO < lines and not _can_start(text, ends, start, lines, line):
                line += _ONE
            if line + _TWO >= lines:
                break
            lost = False
        if line + _FOUR <= lines and _is_record(text, ends, start, line, bases, qualities):
            if pending != none:
                found[count] = pending
                count += _ONE
            pending = line
            line += _FOUR
            continue
        if line >= tail and stop - _start(ends, start, line) <= most_blank:
            clean = at_end
            break
        if not at_end and line + _FOUR > lines:
            break
        if pending != none:
            if _is_certain(text, ends, start, lines, line, known, bases, qualities):
                found[count] = pending
                count += _ONE
            else:
                bad += _ONE
                if first_bad == lines:
                    first_bad = pending
                    doubtful = True
            pending = none
        if first_bad == lines:
            first_bad = line
        bad += _ONE
        lost = True
        first = _start(ends, start, line)
        if text[first] == AT and _can_start(text, ends, start, lines, line + _ONE):
            after = np.uint64(ends[line]) + _ONE
            end, after_end = _end(text, ends, first, line), _end(text, ends, after, line + _ONE)
            if not _same(text, first, end, after, after_end):
                line += _ONE
        line += _ONE
    if at_end:
        if pending != none:
            found[count] = pending
            count += _ONE
        return count, lines, lost, clean, bad, first_bad, doubtful
    seen = line < tail and np.uint64(ends[line]) + _ONE < known
    if (
        pending != none
        and seen
        and _is_certain(text, ends, start, lines, line, known, bases, qualities)
    ):
        found[count] = pending
        count += _ONE
        pending = none
    return count, min(pending, line), lost, clean, bad, first_bad, doubtful


@kernel(writes=("out",))
def copy_stretches(
    text: NDArray[np.uint8],
    starts: NDArray[np.uint64],
    stops: NDArray[np.uint64],
    out: NDArray[np.uint8],
) -> Word:
    """Copies stretches of a text one after the other.

    Args:
        text: The bytes.
        starts: ``uint64``, (stretches,): where each starts.
        stops: ``uint64``, (stretches,): the byte after each.
        out: ``uint8``, (bytes of all + 64,).

    Returns:
        The number of bytes.
    """
    filled = _ZERO
    for stretch in range(np.uint64(len(starts))):
        index, stop = starts[stretch], stops[stretch]
        to = filled
        while index < stop:
            copy_lanes(out, to, text, index)
            index += STEP
            to += STEP
        filled += stop - starts[stretch]
    return filled
