"""Describes what is wrong with a FASTA record: only for bad records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.errors import FastaError
from biometal_stream.simd.bases import IUPAC
from biometal_stream.sources.text.shown import first_outside, header_at, lines_of, show
from biometal_stream.sources.text.whole import too_long

if TYPE_CHECKING:
    from biometal_stream.errors import RecordTooLongError
    from biometal_stream.sources.fasta.text import FastaText

_LONE_RETURN = "lines end with a lone carriage return; convert the line ends to newlines"
_COMMENT = "comments are not supported; remove the lines that begin with ';' or '#'"
_WHAT = {
    ord("-"): "; sequences must not contain gaps: remove them",
    ord("."): "; sequences must not contain gaps: remove them",
    ord("*"): "; this may be protein",
    ord(" "): "; remove blanks within and after sequences",
    ord("\t"): "; remove blanks within and after sequences",
    ord("@"): "; this may be FASTQ",
}
_PROTEIN = frozenset(b"EFILPQZJOXeilpqzjox")


def bad_record(
    text: FastaText, record: int, start: int, limit: int
) -> FastaError | RecordTooLongError:
    """The error for a record that the parser refused.

    Args:
        text: The text with the record.
        record: Its index in the text.
        start: Where its header starts.
        limit: The most bytes that it may have.
    """
    header = header_at(text, start)
    if not header.startswith(b">"):
        return not_a_header(text, start)
    if b"\r" in header:
        return FastaError(text.location(record, start + header.index(b"\r")), _LONE_RETURN)
    try:
        header.decode()
    except UnicodeDecodeError as error:
        reason = f"a name must be UTF-8 text: {show(header[1:])}"
        return FastaError(text.location(record, start + error.start), reason)
    lines = lines_of(text, start)
    next(lines)
    for at, line in lines:
        if line.startswith(b">") or at >= text.stop:
            break
        bad = first_outside(line, IUPAC)
        if bad is not None:
            return FastaError(text.location(record, at + bad), _bad_base(line, bad))
    if text.record_start(record + 1) - start > limit:
        return too_long(text.location(record, start), limit)
    raise AssertionError(f"nothing is wrong with the record at {start} of {text.file}")


def not_a_header(text: FastaText, start: int) -> FastaError:
    """The error for a text whose first record does not begin with ``>``."""
    line = header_at(text, start)
    if line.startswith((b";", b"#")):
        reason = _COMMENT
    elif any(byte < ord(" ") and byte not in b"\t\r" for byte in line[:4096]):
        reason = f"this is not FASTA but binary data: {show(line)}"
    else:
        reason = f"a record must start with '>': {show(line)}"
    return FastaError(text.location(0, start), reason)


def _bad_base(line: bytes, at: int) -> str:
    byte = line[at]
    if byte in b";#" and at == 0:
        return _COMMENT
    if byte == ord("\r"):
        return _LONE_RETURN
    what = _WHAT.get(byte, "; this may be protein" if byte in _PROTEIN else "")
    return f"{show(bytes([byte]))} cannot be a base (A, C, G, T, U, N or another IUPAC code){what}"
