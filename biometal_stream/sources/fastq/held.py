"""A growing segment of one file's text: the base of all readers of records."""

from __future__ import annotations

import numpy as np

from biometal_stream.sources.fastq.text import LINES_PER_RECORD
from biometal_stream.sources.text.lines import drop_lines
from biometal_stream.sources.text.segments import SPARE, allocate

MOST_BLANK = 1 << 20
"""Bytes of blank lines allowed at the end of a file; more count as bad records."""

_SMALL = 1 << 16  # numpy keeps the lock for these, and a handover costs more than the memory

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class HeldRecords:
    """A segment of one file's decompressed text, to which more can be added.

    For use by one thread.

    Args:
        file: The file's name.
        longest: The most bytes that one record may have.

    Attributes:
        file: The file's name.
        taken: The number of records returned so far.
        at_end: Whether the file has been read to its end.
        bytes: ``uint8``: the text held is ``bytes[start:filled]``.
        start: Its first byte.
        filled: The byte after its last.
        offset: Bytes of the file's text before ``start``.
        mark: The size of the byte order mark before ``start``, at the beginning of a file.
    """

    def __init__(self, file: str, longest: int) -> None:
        self._limit = longest
        self._fresh = True
        self.file = file
        self.taken = 0
        self.at_end = False
        self.bytes = np.empty(SPARE, np.uint8)
        self.start = self.filled = self.offset = self.mark = 0

    def _drop_lines(self, number: int) -> int:
        """Where the text held ends if only this many newlines are left after it."""
        return int(
            drop_lines(self.bytes, np.uint64(self.start), np.uint64(self.filled), np.uint64(number))
        )

    def _skip_mark(self) -> None:
        """Skips a byte order mark at the start of the file's text."""
        if not self._fresh:
            return
        head = self.bytes[self.start : self.filled][: len(_BYTE_ORDER_MARK)]
        if bytes(head) == _BYTE_ORDER_MARK:
            self.start += len(_BYTE_ORDER_MARK)
            self.offset = self.mark = len(_BYTE_ORDER_MARK)
        self._fresh = False

    def _complete(self, lines: int, *, lenient: bool = True) -> int:
        """Adds newlines that the last lines lack; returns the number of lines.

        Args:
            lines: The number of lines so far.
            lenient: Whether the last quality line may be missing, too.
        """
        if self.filled > self.start and self.bytes[self.filled - 1] != ord("\n"):
            lines += self._append_newline()
        if lenient and lines % LINES_PER_RECORD == LINES_PER_RECORD - 1:
            # After the `+` of an empty read, the empty quality line needs no newline.
            sequence = self._drop_lines(2)
            if bytes(self.bytes[sequence : sequence + 2]).startswith((b"\n", b"\r\n")):
                lines += self._append_newline()
        return lines

    def _append_newline(self) -> int:
        self.bytes[self.filled] = ord("\n")
        self.filled += 1
        return 1

    def _move(self, size: int) -> None:
        """Moves the text to a new buffer of the given size, or larger if the text needs it."""
        left = self.filled - self.start
        size = max(size, left + SPARE)
        fresh = np.empty(size, np.uint8) if size < _SMALL else allocate(size)
        fresh[:left] = self.bytes[self.start : self.filled]
        self.bytes = fresh
        self.start = 0
        self.filled = left
