"""Cuts decompressed text into chunks of whole records."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.errors import Place, RecordTooLongError
from biometal_stream.sources.kernels import PADDING, count_newlines, skip_newlines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.codecs import ByteReader

LINES_PER_RECORD = 4

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK_LINES = re.compile(rb"(?:(?<=\n)|\A)(?:\r?\n)+\Z")
_SPARE = PADDING + 2  # and room for the newlines that the end of the input may lack


@dataclass(frozen=True)
class Text:
    """Whole records of one file, and where they stood in it.

    Attributes:
        bytes: ``uint8``, (stop + 64 or more,).
        start: Where the first header starts.
        stop: The byte after the last record's newline.
        known: The byte after the last one that was read when these were cut off, so that
            messages can look ahead.
        records: How many there are, four lines each.
        file: The file's name.
        first_record: Records of the file before these.
        offset: Bytes of the file's decompressed text before ``start``.
        at_end: Whether the file ends with these.
    """

    bytes: NDArray[np.uint8]
    start: int
    stop: int
    known: int
    records: int
    file: str
    first_record: int
    offset: int
    at_end: bool

    @property
    def first(self) -> bool:
        """Whether the file begins with these."""
        return self.first_record == 0

    def place(self, record: int, byte: int, line: int = 0) -> Place:
        """The place of a byte.

        Args:
            record: The record's index in this text.
            byte: The index in ``bytes``.
            line: The line's index in the record.
        """
        number = self.first_record + record
        return Place(
            self.file,
            number + 1,
            number * LINES_PER_RECORD + line + 1,
            self.offset + byte - self.start,
        )


def allocate(size: int) -> NDArray[np.uint8]:
    """Takes bytes from Arrow's pool, whose pages are mapped already: (size,)."""
    return np.frombuffer(pa.allocate_buffer(size), np.uint8)


def too_long(place: Place, limit: int) -> RecordTooLongError:
    """The error for a record longer than the limit."""
    return RecordTooLongError(
        place,
        f"a record of more than {limit:,} bytes; if the reads really are that long, raise the"
        " limit (--max-record-size)",
    )


class TextReader:
    """Holds a piece of one file's decompressed text, and reads on behind it.

    Belongs to one thread.

    Args:
        reader: The decompressed bytes.
        chunk_bytes: Text to hold at a time; more only where one record is longer.
        max_record_bytes: The longest record to read.

    Attributes:
        file: The file's name.
        taken: Records handed out so far.
        at_end: Whether all of the file is read.
        bytes: ``uint8``: the text held is ``bytes[start:filled]``.
        start: Its first byte.
        filled: The byte after its last.
        offset: Bytes of the file's text before ``start``.
    """

    def __init__(self, reader: ByteReader, chunk_bytes: int, max_record_bytes: int) -> None:
        self._reader = reader
        self._chunk_bytes = chunk_bytes
        self._limit = max_record_bytes
        self.file = reader.name
        self.taken = 0
        self.at_end = False
        self.bytes = allocate(chunk_bytes + _SPARE)
        self.start = self.filled = self.offset = 0
        self._fresh = True

    def read(self) -> None:
        """Fills the buffer, up to the end of the file, whose last newline is added if missing.

        Raises:
            CompressedInputError: The compressed input is damaged.
        """
        capacity = len(self.bytes) - _SPARE
        view = self.bytes.data
        while self.filled < capacity and not self.at_end:
            count = self._reader.readinto(view[self.filled : capacity])
            self.filled += count
            self.at_end = count == 0
        if self._fresh and bytes(view[:3]) == _BYTE_ORDER_MARK:
            self.start = self.offset = len(_BYTE_ORDER_MARK)
        self._fresh = False
        if self.at_end:
            self._complete()

    def grow(self) -> None:
        """Makes room for a record that is longer than the buffer.

        Raises:
            RecordTooLongError: It is longer than the limit.
        """
        if self.filled - self.start > self._limit:
            line = self.taken * LINES_PER_RECORD + 1
            raise too_long(Place(self.file, self.taken + 1, line, self.offset), self._limit)
        self._move(2 * len(self.bytes))

    def advance(self, stop: int) -> None:
        """Lets go of the text before a byte, and of the buffer, which may be in use."""
        self.offset += stop - self.start
        self.start = stop
        self._move(self._chunk_bytes + _SPARE)

    def line_start(self, line: int) -> int:
        """Where a line of the text held starts."""
        return int(
            skip_newlines(
                self.bytes, np.uint64(self.start), np.uint64(self.filled), np.uint64(line)
            )
        )

    def count_lines(self) -> int:
        """The number of whole lines held."""
        return int(count_newlines(self.bytes, np.uint64(self.start), np.uint64(self.filled)))

    def _complete(self) -> None:
        """Adds the newlines that the file's last lines may lack."""
        if self.filled > self.start and self.bytes[self.filled - 1] != ord("\n"):
            self._append_newline()
        lines = self.count_lines()
        if lines % LINES_PER_RECORD == LINES_PER_RECORD - 1:
            # Behind the `+` of an empty read, an empty quality line needs no newline.
            sequence = self.line_start(lines - 2)
            if bytes(self.bytes[sequence : sequence + 2]).startswith((b"\n", b"\r\n")):
                self._append_newline()

    def _append_newline(self) -> None:
        self.bytes[self.filled] = ord("\n")
        self.filled += 1

    def _move(self, size: int) -> None:
        """Takes a new buffer, of a size or what the text needs, and brings the text along."""
        left = self.filled - self.start
        fresh = allocate(max(size, left + _SPARE))
        fresh[:left] = self.bytes[self.start : self.filled]
        self.bytes = fresh
        self.start = 0
        self.filled = left


class RecordReader(TextReader):
    """Cuts one file where a record ends, by the count of lines alone.

    Args:
        reader: The decompressed bytes.
        chunk_bytes: Text to hold at a time; more only where one record is longer.
        max_record_bytes: The longest record to read.
        unit: Records that must not be parted: 2 where mates follow each other.
    """

    def __init__(
        self, reader: ByteReader, chunk_bytes: int, max_record_bytes: int, unit: int = 1
    ) -> None:
        super().__init__(reader, chunk_bytes, max_record_bytes * unit)
        self._unit = unit
        self._records = 0
        self._lines = 0

    def fill(self) -> int:
        """Reads until there is a chunk's worth of text with whole records, or the end.

        Returns:
            The number of whole records held; less than ``unit`` only at the end of the file.

        Raises:
            RecordTooLongError: There is a record longer than the limit.
            CompressedInputError: The compressed input is damaged.
        """
        while not self.at_end:
            self.read()
            self._count()
            if self._records >= self._unit or self.at_end:
                break
            self.grow()
        return self._records

    def _count(self) -> None:
        """Counts whole records, leaving out blank lines that may be the file's last."""
        self._lines = self.count_lines()
        self._records = self._lines // LINES_PER_RECORD
        if self.at_end:
            blank = self._blank_lines_before(self.filled)
            self._lines -= blank
            if blank and self._lines % LINES_PER_RECORD == LINES_PER_RECORD - 1:
                self._lines += 1  # the quality line of an empty read
            self._records = self._lines // LINES_PER_RECORD
        else:
            stop = self.line_start(self._records * LINES_PER_RECORD)
            self._records -= self._blank_lines_before(stop) // LINES_PER_RECORD

    def _blank_lines_before(self, stop: int) -> int:
        """Counts the blank lines that end at ``stop``."""
        size = 64
        while True:
            first = max(self.start, stop - size)
            found = _BLANK_LINES.search(bytes(self.bytes[first:stop]))
            if found is None:
                return 0
            if found.start() > 0 or first == self.start:
                return found.group().count(b"\n")
            size *= 8

    def take(self, records: int) -> Text:
        """Hands out the first records held.

        Args:
            records: How many; at most what `fill` returned.
        """
        text = self._text(records, self.line_start(records * LINES_PER_RECORD))
        self.taken += records
        self._records -= records
        self._lines -= records * LINES_PER_RECORD
        self.advance(text.stop)
        return text

    def rest(self) -> Text | None:
        """The lines behind the last whole record of a file that ends too early."""
        if self._records or self._lines <= 0:
            return None
        stop = self.line_start(self._lines)
        return replace(self._text(0, stop), known=stop)

    def _text(self, records: int, stop: int) -> Text:
        return Text(
            bytes=self.bytes,
            start=self.start,
            stop=stop,
            known=self.filled,
            records=records,
            file=self.file,
            first_record=self.taken,
            offset=self.offset,
            at_end=self.at_end and records == self._records,
        )
