"""Cuts decompressed text into chunks of whole records."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.codecs.detect import ForeignInputError
from biometal_stream.errors import (
    CompressedInputError,
    InputError,
    Location,
    RecordTooLongError,
)
from biometal_stream.sources.fastq.kernels import count_newlines, drop_lines
from biometal_stream.sources.fastq.segments import SPARE, Segments, allocate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.codecs import ByteReader
    from biometal_stream.errors import BiometalError
    from biometal_stream.interfaces import Run

LINES_PER_RECORD = 4

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_BLANK = 1 << 20
"""Bytes of blank lines that may end a file; more count as records, which they are not."""
_STEP = 1 << 16


@dataclass(frozen=True)
class RecordText:
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

    def location(self, record: int, byte: int, line: int = 0) -> Location:
        """The place of a byte.

        Args:
            record: The record's index in this text.
            byte: The index in ``bytes``.
            line: The line's index in the record.
        """
        number = self.first_record + record
        return Location(
            self.file,
            number + 1,
            number * LINES_PER_RECORD + line + 1,
            self.offset + byte - self.start,
        )


def too_long(location: Location, limit: int) -> RecordTooLongError:
    """The error for a record longer than the limit."""
    return RecordTooLongError(
        location,
        f"a record of more than {limit:,} bytes; if the reads really are that long, raise the"
        " limit (--max-record-size)",
    )


class HeldRecords:
    """A segment of one file's decompressed text, of which more can be read behind it.

    Belongs to one thread.

    Args:
        file: The file's name.
        longest: The most bytes that one record may have.

    Attributes:
        file: The file's name.
        taken: Records handed out so far.
        at_end: Whether all of the file is read.
        bytes: ``uint8``: the text held is ``bytes[start:filled]``.
        start: Its first byte.
        filled: The byte after its last.
        offset: Bytes of the file's text before ``start``.
        mark: The bytes of the byte order mark before ``start``, at the beginning of a file.
    """

    def __init__(self, file: str, longest: int) -> None:
        self._limit = longest
        self._fresh = True
        self.file = file
        self.taken = 0
        self.at_end = False
        self.bytes = allocate(SPARE)
        self.start = self.filled = self.offset = self.mark = 0

    def count_lines(self) -> int:
        """The number of whole lines held."""
        return int(count_newlines(self.bytes, np.uint64(self.start), np.uint64(self.filled)))

    def _drop_lines(self, number: int) -> int:
        """Where the text held ends without the lines behind the last newlines but so many."""
        return int(
            drop_lines(self.bytes, np.uint64(self.start), np.uint64(self.filled), np.uint64(number))
        )

    def _skip_mark(self) -> None:
        """Leaves out a byte order mark before the file's text."""
        head = self.bytes[self.start : self.filled][: len(_BYTE_ORDER_MARK)]
        if self._fresh and bytes(head) == _BYTE_ORDER_MARK:
            self.start += len(_BYTE_ORDER_MARK)
            self.offset = self.mark = len(_BYTE_ORDER_MARK)
        self._fresh = False

    def _complete(self, lines: int, *, lenient: bool = True) -> int:
        """Adds the newlines that the last lines may lack; returns the number of lines.

        Args:
            lines: Their number so far.
            lenient: Whether the last quality line, too, may be lacking.
        """
        if self.filled > self.start and self.bytes[self.filled - 1] != ord("\n"):
            lines += self._append_newline()
        if lenient and lines % LINES_PER_RECORD == LINES_PER_RECORD - 1:
            # Behind the `+` of an empty read, an empty quality line needs no newline.
            sequence = self._drop_lines(2)
            if bytes(self.bytes[sequence : sequence + 2]).startswith((b"\n", b"\r\n")):
                lines += self._append_newline()
        return lines

    def _append_newline(self) -> int:
        self.bytes[self.filled] = ord("\n")
        self.filled += 1
        return 1

    def _move(self, size: int) -> None:
        """Takes a new buffer, of a size or what the text needs, and brings the text along."""
        left = self.filled - self.start
        fresh = allocate(max(size, left + SPARE))
        fresh[:left] = self.bytes[self.start : self.filled]
        self.bytes = fresh
        self.start = 0
        self.filled = left


class RecordTextReader(HeldRecords):
    """Holds as much text as a buffer takes, and lets go of as much of it as it is told to.

    Args:
        reader: The decompressed bytes.
        chunk_bytes: Text to hold at a time; more only where one record is longer.
        max_record_bytes: The longest record to read.

    Attributes:
        end: The byte after the last one of the file that is held; ``filled`` but for a newline
            that the file's last line lacks.
    """

    def __init__(self, reader: ByteReader, chunk_bytes: int, max_record_bytes: int) -> None:
        super().__init__(reader.name, max_record_bytes)
        self._reader = reader
        self._chunk_bytes = chunk_bytes
        self._failure: BiometalError | None = None
        self.end = 0
        self._move(chunk_bytes + SPARE)

    def read(self) -> None:
        """Fills the buffer, up to the end of the file, whose last newline is added if missing.

        Raises:
            CompressedInputError: The compressed input is damaged, and nothing was read before
                the damage that was not there already.
            InputError: It cannot be read, likewise.
        """
        if self._failure is not None:
            raise self._failure
        capacity = len(self.bytes) - SPARE
        view = self.bytes.data
        before = self.filled
        while self.filled < capacity and not self.at_end:
            try:
                count = self._reader.readinto(view[self.filled : capacity])
            except ForeignInputError:
                raise
            except (CompressedInputError, InputError) as error:
                if self.filled == before:
                    raise
                self._failure = error
                break
            self.filled += count
            self.at_end = count == 0
        self._skip_mark()
        self.end = self.filled
        if self.at_end:
            self._complete(0, lenient=False)

    def text(self) -> RecordText:
        """The whole lines held; where the file ends with a blank line, which is not in it."""
        stop = self._drop_lines(0)
        if self.at_end:
            self.bytes[stop] = ord("\n")
            stop += 1
        lines = int(count_newlines(self.bytes, np.uint64(self.start), np.uint64(stop)))
        return RecordText(
            bytes=self.bytes,
            start=self.start,
            stop=stop,
            known=self.filled,
            records=lines // LINES_PER_RECORD,
            file=self.file,
            first_record=self.taken,
            offset=self.offset,
            at_end=self.at_end,
        )

    def grow(self, start: int, before: int) -> None:
        """Makes room for a record that is longer than the buffer.

        Args:
            start: Where it starts.
            before: The records held before it.

        Raises:
            RecordTooLongError: It is longer than the limit.
        """
        if self.filled - start > self._limit:
            raise too_long(self.text().location(before, start), self._limit)
        self._move(2 * len(self.bytes))

    def advance(self, stop: int) -> None:
        """Lets go of the text before a byte, and of the buffer, which may be in use."""
        self.offset += stop - self.start
        self.start = stop
        self.mark = 0
        self._move(self._chunk_bytes + SPARE)

    def _move(self, size: int) -> None:
        """As for any text held; what is before it of a byte order mark comes along."""
        self.start -= self.mark
        super()._move(size)
        self.start += self.mark


class RecordReader(HeldRecords):
    """Cuts one file where a record ends, by the count of lines alone.

    The text comes in segments with room in front, where what is left of the segment before is put:
    no other byte of it is copied, unless a record is longer than that room.

    Args:
        reader: The decompressed bytes.
        chunk_bytes: Text to hold at a time; more only where one record is longer.
        max_record_bytes: The longest record to read.
        unit: Records that must not be parted: 2 where mates follow each other.
        run: Lends its workers to read ahead; without, all is read here.
        ends: Whether the text goes to the end of the file, which may lack a newline or have
            blank lines.
    """

    def __init__(
        self,
        reader: ByteReader,
        chunk_bytes: int,
        max_record_bytes: int,
        unit: int = 1,
        run: Run | None = None,
        *,
        ends: bool = True,
    ) -> None:
        super().__init__(reader.name, max_record_bytes)
        self._ends = ends
        self._chunk_bytes = chunk_bytes
        self._segments = Segments(reader, chunk_bytes, run)
        self._unit = unit
        self._records = 0
        self._lines = 0  # of those records, and of what is not yet one
        self._newlines = 0  # in all of the text held
        self._failure: BiometalError | None = None  # of what comes behind the text held

    def fill(self, fewest: int = 1, nbytes: int = 0) -> int:
        """Reads until there is half a chunk's worth of text with whole records, or the end.

        Args:
            fewest: Records to hold at least, where there are as many.
            nbytes: Bytes of text to hold at least, likewise.

        Returns:
            The number of whole records held; less than ``unit`` only at the end of the file.

        Raises:
            FastqError: No record begins where one should, or one is longer than the limit.
            CompressedInputError: The compressed input is damaged; all records before the damage
                were handed out.
            InputError: It cannot be read, likewise.
        """
        nbytes = max(nbytes, self._chunk_bytes // 2)
        while not self.at_end:
            if self._records < self._unit:
                self._check_header()
                self._check_limit()
                if self._failure is not None:
                    raise self._failure
            elif self._failure or self._is_enough(fewest, nbytes) or not self._may_go_on():
                break
            self._extend()
            self._count()
        if self._records < self._unit:
            self._check_limit()
        return self._records

    def _is_enough(self, fewest: int, nbytes: int) -> bool:
        return self._records >= fewest and self.filled - self.start >= nbytes

    def _may_go_on(self) -> bool:
        """Whether what comes after the whole records can become one: else no more is held of it."""
        start = self._line_start(self._records * LINES_PER_RECORD)
        begins = self.filled - start <= _STEP or int(self.bytes[start]) in b"@\r\n"
        return begins and self.filled - start <= self._limit

    def _check_header(self) -> None:
        """Looks no farther for the end of a record where none begins; blank lines may be the last.

        Raises:
            FastqError: What is held is no record.
        """
        if self.filled - self.start > _STEP and int(self.bytes[self.start]) not in b"@\r\n":
            from biometal_stream.sources.fastq.diagnose import bad_record

            raise bad_record(self._text(0, self.start), 0, self.start, "phred33")

    def _check_limit(self) -> None:
        """Refuses to hold more for the record that is not yet whole than a record may have."""
        whole = self._records * LINES_PER_RECORD
        if self.at_end and self._lines == whole:
            return  # blank lines may follow
        start = self._line_start(whole) if whole else self.start
        if self.filled - start > self._limit:
            place = self._text(0, self.start).location(self._records, start)
            raise too_long(place, self._limit)

    def _extend(self) -> None:
        """Puts the next segment behind the text held."""
        segment = self._segments.take()
        held, size = self.filled - self.start, segment.stop - segment.start
        if held <= segment.start:
            start = segment.start - held
            segment.bytes[start : segment.start] = self.bytes[self.start : self.filled]
            self.bytes, self.start, self.filled = segment.bytes, start, segment.stop
        else:
            if self.filled + size + SPARE > len(self.bytes):
                whole = held + size
                self._move((whole if held <= self._chunk_bytes else 2 * whole) + SPARE)
            self.bytes[self.filled : self.filled + size] = segment.bytes[
                segment.start : segment.stop
            ]
            self.filled += size
        self._newlines += segment.lines
        self.at_end = segment.at_end
        self._failure = segment.failure
        self._skip_mark()
        if self.at_end:
            self._newlines = self._complete(self._newlines, lenient=self._ends)

    def _count(self) -> None:
        """Counts whole records, leaving out blank lines that may be the file's last."""
        self._lines = self._newlines
        self._records = self._lines // LINES_PER_RECORD
        if self.at_end and self._ends:
            blank = self._blank_lines_before(self.filled)
            self._lines -= blank
            if blank and self._lines % LINES_PER_RECORD == LINES_PER_RECORD - 1:
                self._lines += 1  # the quality line of an empty read
            self._records = self._lines // LINES_PER_RECORD
        elif not self.at_end:
            stop = self._line_start(self._records * LINES_PER_RECORD)
            self._records -= self._blank_lines_before(stop) // LINES_PER_RECORD

    def _line_start(self, line: int) -> int:
        """Where a line of the text held starts."""
        return self._drop_lines(self._newlines - line)

    def _blank_lines_before(self, stop: int) -> int:
        """Counts the blank lines that end at ``stop``; none where there are too many."""
        first = stop
        while first > self.start:
            if stop - first > MOST_BLANK:
                return 0
            segment = bytes(self.bytes[max(self.start, first - _STEP) : first])
            kept = len(segment.rstrip(b"\r\n"))
            first -= len(segment) - kept
            if kept:
                break
        # The first newline ends a line with other bytes, of which a second carriage return is one.
        returns = bytes(self.bytes[first:stop]).rfind(b"\r\r")
        newlines = int(count_newlines(self.bytes, np.uint64(first + returns + 1), np.uint64(stop)))
        return newlines if first == self.start and returns < 0 else max(0, newlines - 1)

    def take(self, records: int) -> RecordText:
        """Hands out the first records held.

        Args:
            records: How many; at most what `fill` returned.
        """
        lines = records * LINES_PER_RECORD
        text = self._text(records, self._line_start(lines))
        self.taken += records
        self._records -= records
        self._lines -= lines
        self._newlines -= lines
        self.offset += text.stop - self.start
        self.start = text.stop
        self._move(0)
        return text

    def rest(self) -> RecordText | None:
        """The lines behind the last whole record of a file that ends too early."""
        if self._records or self._lines <= 0:
            return None
        stop = self._line_start(self._lines)
        return replace(self._text(0, stop), known=stop)

    def _text(self, records: int, stop: int) -> RecordText:
        return RecordText(
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

    def close(self) -> None:
        """Ends the work of the workers for this file; may be called again."""
        self._segments.close()
