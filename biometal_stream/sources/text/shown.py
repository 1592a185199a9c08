"""Shows input in messages: short, and without control characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from biometal_stream.sources.text.whole import WholeRecords

LONGEST_NAME = 120
"""The most characters of a name if the message says nothing else about its read."""

_SHOWN = 40
_AFTER = 12  # of those, after the byte where two texts differ


def show(line: bytes, most: int = _SHOWN) -> str:
    """A segment of input for a message: short, and without control characters."""
    shown = line[:most].decode("ascii", "backslashreplace")
    quoted = repr(shown).replace("\\\\x", "\\x")
    return quoted + ("..." if len(line) > most else "")


def show_both(one: bytes, other: bytes) -> tuple[str, str]:
    """Two segments of input that differ, for a message, with the difference in view."""
    same = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    at = min(len(one), len(other)) if same is None else same
    start = 0 if at < _SHOWN - _AFTER else at + _AFTER - _SHOWN
    first, second = (f"{'...' if start else ''}{show(text[start:])}" for text in (one, other))
    return first, second


def show_mark(header: bytes) -> str:
    """A header line for a message, with the mark that says which mate its read is.

    The mark follows the name, as in ``2:N:0:ATCACG``, or is the end of the name.
    """
    blank = re.search(rb"[ \t]", header)
    at = blank.end() if blank else len(header)
    start = 0 if at <= _SHOWN - _AFTER else at + _AFTER - _SHOWN
    return f"{'...' if start else ''}{show(header[start:])}"


def lines_of(text: WholeRecords, start: int) -> Iterator[tuple[int, bytes]]:
    """Yields where each line starts, and its bytes without the line end."""
    data = text.bytes
    position = start
    while position < text.known:
        size = 1 << 12
        while True:
            segment = bytes(data[position : min(position + size, text.known)])
            length = segment.find(b"\n")
            if length >= 0 or position + size >= text.known:
                break
            size *= 8
        line = segment if length < 0 else segment[:length]
        yield position, line.removesuffix(b"\r")
        position += len(line) + 1


def header_at(text: WholeRecords, start: int) -> bytes:
    """The header line that starts at a byte."""
    return next(lines_of(text, start))[1]


def first_outside(line: bytes, allowed: NDArray[np.bool_]) -> int | None:
    """The index of the first disallowed byte of a line, which may be long."""
    bad = np.flatnonzero(~allowed[np.frombuffer(line, np.uint8)])
    return int(bad[0]) if len(bad) else None
