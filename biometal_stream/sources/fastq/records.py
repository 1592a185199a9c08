"""Cuts decompressed text into chunks of whole records."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.sources.fastq.diagnose import bad_record
from biometal_stream.sources.fastq.held import MOST_BLANK, HeldRecords
from biometal_stream.sources.fastq.text import LINES_PER_RECORD, RecordText
from biometal_stream.sources.text.lines import count_newlines
from biometal_stream.sources.text.segments import SPARE, Segments
from biometal_stream.sources.text.whole import too_long

if TYPE_CHECKING:
    from biometal_stream.codecs import ByteReader
    from biometal_stream.errors import BiometalError
    from biometal_stream.interfaces import Run

_STEP = 1 << 16
_ENDS_IN_TEXT = re.compile(rb"[^\r\n]\r?\n\Z")
_NOWHERE = -1, 0  # a line that was looked for, and where it starts


class RecordReader(HeldRecords):
    """Cuts one file between records, only by counting lines.

    The text comes in segments with room in front for the rest of the previous segment. No other
    byte is copied, unless a record is longer than that room.

    Args:
        reader: The decompressed bytes.
        chunk_bytes: Text to hold at a time; more only if one record is longer.
        max_record_bytes: The longest record to read.
        unit: The number of records that must stay together: 2 if mates follow each other.
        run: Provides workers to read ahead; without it, this thread reads everything.
        ends: Whether the text reaches the end of the file, which may lack a newline or have
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
        self._lines = 0  # of those records, and of the incomplete one
        self._newlines = 0  # in all of the text held
        self._failure: BiometalError | None = None  # after the text held
        self._found = _NOWHERE

    def fill(self, fewest: int = 1, nbytes: int = 0) -> int:
        """Reads until there is half a chunk's worth of text with whole records, or the end.

        Args:
            fewest: The fewest records to hold, if there are as many.
            nbytes: The fewest bytes of text to hold, likewise.

        Returns:
            The number of whole records held; less than ``unit`` only at the end of the file.

        Raises:
            FastqError: A record does not start where it should, or is longer than the limit.
            CompressedInputError: The compressed input is damaged; all records before the damage
                were returned.
            InputError: The input cannot be read, likewise.
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
        """Whether the text after the whole records can become one; if not, reading stops."""
        start = self._line_start(self._records * LINES_PER_RECORD)
        begins = self.filled - start <= _STEP or int(self.bytes[start]) in b"@\r\n"
        return begins and self.filled - start <= self._limit

    def _check_header(self) -> None:
        """Stops searching for the end of a record if none starts here; blank lines may be the last.

        Raises:
            FastqError: The text held is not a record.
        """
        if self.filled - self.start > _STEP and int(self.bytes[self.start]) not in b"@\r\n":
            raise bad_record(self._text(0, self.start), 0, self.start, "phred33")

    def _check_limit(self) -> None:
        """Checks that an incomplete record is not longer than the limit."""
        whole = self._records * LINES_PER_RECORD
        if self.at_end and self._lines == whole:
            return  # blank lines may follow
        start = self._line_start(whole) if whole else self.start
        if self.filled - start > self._limit:
            place = self._text(0, self.start).location(self._records, start)
            raise too_long(place, self._limit)

    def _extend(self) -> None:
        """Appends the next segment to the text held."""
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
        self._found = _NOWHERE
        self.at_end = segment.at_end
        self._failure = segment.failure
        self._skip_mark()
        if self.at_end:
            self._newlines = self._complete(self._newlines, lenient=self._ends)

    def _count(self) -> None:
        """Counts whole records, without blank lines that may be the file's last."""
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
        if line != self._found[0]:
            self._found = line, self._drop_lines(self._newlines - line)
        return self._found[1]

    def _blank_lines_before(self, stop: int) -> int:
        """Counts the blank lines that end at ``stop``; 0 if there are too many."""
        if _ENDS_IN_TEXT.search(bytes(self.bytes[max(self.start, stop - 3) : stop])):
            return 0
        first = stop
        while first > self.start:
            if stop - first > MOST_BLANK:
                return 0
            segment = bytes(self.bytes[max(self.start, first - _STEP) : first])
            kept = len(segment.rstrip(b"\r\n"))
            first -= len(segment) - kept
            if kept:
                break
        # The first newline ends a line with other bytes; a second carriage return counts as one.
        returns = bytes(self.bytes[first:stop]).rfind(b"\r\r")
        newlines = int(count_newlines(self.bytes, np.uint64(first + returns + 1), np.uint64(stop)))
        return newlines if first == self.start and returns < 0 else max(0, newlines - 1)

    def take(self, records: int) -> RecordText:
        """Returns the first records held.

        Args:
            records: How many; at most the number that `fill` returned.
        """
        lines = records * LINES_PER_RECORD
        text = self._text(records, self._line_start(lines))
        self.taken += records
        self._records -= records
        self._lines -= lines
        self._newlines -= lines
        self._found = _NOWHERE
        self.offset += text.stop - self.start
        self.start = text.stop
        self._move(0)
        return text

    def rest(self) -> RecordText | None:
        """The lines after the last whole record of a file that ends too early."""
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
        """Ends the workers' jobs for this file; may be called again."""
        self._segments.close()
