"""Describes what is wrong with a record: the parser in plain Python, only for bad records."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.errors import FastqError
from biometal_stream.mates.names import name_of, split_mark
from biometal_stream.simd.bases import IUPAC
from biometal_stream.sources.fastq.quality_encoding import translation
from biometal_stream.sources.fastq.text import LINES_PER_RECORD
from biometal_stream.sources.text.shown import first_outside, lines_of, show, show_both

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.sources.fastq.options import QualityEncoding
    from biometal_stream.sources.fastq.text import RecordText

_LOOK_AHEAD = 100_000
_WRAPPED = (
    "this is multi-line FASTQ, with wrapped lines; write each record on four lines first, for"
    " example with `seqtk seq -l0`"
)


class Fault(NamedTuple):
    """What is wrong, and where in the text.

    Attributes:
        line: The line's index in the record, 0 to 3.
        byte: The index in the text's bytes.
        reason: What was expected and what was found.
    """

    line: int
    byte: int
    reason: str


def bad_record(
    text: RecordText,
    record: int,
    start: int,
    encoding: QualityEncoding,
    bases: NDArray[np.bool_] = IUPAC,
) -> FastqError:
    """The error for a record that the parser refused.

    Args:
        text: The text with the record.
        record: Its index in the text.
        start: Where its header starts.
        encoding: The encoding of its quality.
        bases: Which bytes may stand in its sequence.
    """
    fault = find_fault(text, start, encoding, bases)
    return FastqError(text.location(record, fault.byte, fault.line), fault.reason)


def find_fault(
    text: RecordText,
    start: int,
    encoding: QualityEncoding,
    bases: NDArray[np.bool_] = IUPAC,
) -> Fault:
    """Parses the record that starts at a byte, up to the first thing that is wrong with it."""
    lines = list(islice(lines_of(text, start), LINES_PER_RECORD))
    header_at, header = lines[0]
    if not header.startswith(b"@"):
        return _not_a_header(text, header_at, header)
    if len(lines) > 2 and not lines[2][1].startswith(b"+"):
        return _no_plus(text, start, lines)
    if len(lines) < LINES_PER_RECORD:
        return _truncated(lines)
    (sequence_at, sequence), (plus_at, plus), (quality_at, quality) = lines[1:]
    bad = first_outside(sequence, bases)
    if bad is not None:
        return Fault(1, sequence_at + bad, _bad_base(sequence[bad]))
    if len(plus) > 1 and not _repeats_header(header[1:], plus[1:]):
        first, second = show_both(header[1:], plus[1:])
        reason = f"the name after '+' must be the one after '@', {first}: {second}"
        return Fault(2, plus_at, reason)
    bad = first_outside(quality, translation(encoding) != 0)
    if bad is not None:
        return Fault(3, quality_at + bad, _bad_quality(quality[bad], encoding))
    if len(sequence) != len(quality):
        if _is_quality_wrapped(text, start, len(sequence)):
            return Fault(3, quality_at, _WRAPPED)
        reason = (
            f"the quality line must have as many characters as the sequence, {len(sequence)}:"
            f" it has {len(quality)}"
        )
        if text.at_end and quality_at + len(quality) + 1 >= text.known:
            reason += "; the input ends here and may be truncated"
        return Fault(3, quality_at, reason)
    try:
        header.decode()
    except UnicodeDecodeError as error:
        return Fault(0, header_at + error.start, f"a name must be UTF-8 text: {show(header[1:])}")
    raise AssertionError(f"nothing is wrong with the record at {start} of {text.file}")


def _repeats_header(header: bytes, plus: bytes) -> bool:
    """Whether a plus line repeats a header, with or without its ``/1`` or description.

    NCBI's loader and old pipelines write this.
    """
    name = name_of(b"@" + header)
    stem = split_mark(name, b"/")[0]
    return plus in {header, name, stem, stem + header[len(name) :]}


def _not_a_header(text: RecordText, at: int, header: bytes) -> Fault:
    if not header:
        return Fault(0, at, "unexpected blank line where a record should start; remove it")
    if header.startswith(b">") and text.first_record == 0:
        return Fault(0, at, "this is FASTA, which has no qualities; FASTQ is needed")
    if any(byte < ord(" ") and byte not in b"\t\r" for byte in header[:4096]):
        return Fault(0, at, f"this is not FASTQ but binary data: {show(header)}")
    reason = f"a record must start with '@': {show(header)}"
    return Fault(0, at, f"{reason}; a line may be missing before it")


def _no_plus(text: RecordText, start: int, lines: list[tuple[int, bytes]]) -> Fault:
    at, line = lines[2]
    if _is_wrapped(text, start):
        reason = _WRAPPED
    elif lines[0][1].find(b"\r") >= 0:
        reason = "lines end with a lone carriage return; convert the line ends to newlines"
    else:
        reason = f"the third line of a record must start with '+': {show(line)}"
    return Fault(2, at, reason)


def _is_wrapped(text: RecordText, start: int) -> bool:
    """Whether a header is followed by several lines of bases and then a plus line."""
    body = islice(lines_of(text, start), 1, _LOOK_AHEAD)
    for bases, (_, line) in enumerate(body):
        if line.startswith(b"+"):
            return bases > 1
        if not line or first_outside(line, IUPAC) is not None:
            return False
    return False


def _is_quality_wrapped(text: RecordText, start: int, length: int) -> bool:
    """Whether several quality lines up to the next header are as long as the sequence."""
    found = 0
    for _, line in islice(lines_of(text, start), 3, _LOOK_AHEAD):
        if found >= length:
            return found == length and line.startswith(b"@")
        if not line:
            return False
        found += len(line)
    return found == length


def _truncated(lines: list[tuple[int, bytes]]) -> Fault:
    at, last = lines[-1]
    if len(lines) == 1 and b"\r" in last:
        reason = "lines end with a lone carriage return; convert the line ends to newlines"
        return Fault(0, at, reason)
    missing = ("sequence", "'+'", "quality")[len(lines) - 1]
    reason = f"the input ends before the record's {missing} line; it may be truncated"
    return Fault(len(lines) - 1, at, reason)


def _bad_base(byte: int) -> str:
    what = {
        ord("."): "; old pipelines wrote '.' for N: --dots-to-n (dots_to_n=True) replaces it",
        ord("-"): "; reads must not contain gaps: remove them",
        ord("*"): "; this may be protein",
        ord(" "): "; remove blanks within and after sequences",
    }.get(byte, "; this may be colour space" if chr(byte) in "0123" else "")
    return f"{show(bytes([byte]))} cannot be a base (A, C, G, T, U, N or another IUPAC code){what}"


def _bad_quality(byte: int, encoding: QualityEncoding) -> str:
    first = int(np.flatnonzero(translation(encoding))[0])
    return (
        f"{show(bytes([byte]))} (byte {byte}) cannot be a quality;"
        f" {encoding} text ranges from {chr(first)!r} ({first}) to '~' (126)"
    )


def leftover(text: RecordText) -> FastqError:
    """The error for an input that ends inside a record."""
    fault = find_fault(text, text.start, "phred33")
    return FastqError(text.location(0, fault.byte, fault.line), fault.reason)
