"""Cuts decompressed FASTA into chunks of whole records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.sources.fasta.diagnose import not_a_header
from biometal_stream.sources.fasta.kernels import count_headers, find_header, last_header
from biometal_stream.sources.fasta.text import FastaText
from biometal_stream.sources.text.lines import count_newlines
from biometal_stream.sources.text.segments import SPARE, Segments, allocate
from biometal_stream.sources.text.whole import too_long

if TYPE_CHECKING:
    from biometal_stream.codecs import ByteReader
    from biometal_stream.errors import BiometalError
    from biometal_stream.interfaces import Run

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK_LINES = re.compile(rb"(?:\r*\n)*")
_STEP = 1 << 16


class FastaReader:
    """Cuts one file before lines that begin with ``>``.

    The text comes in segments with room in front for the rest of the previous segment. The last
    record held is complete only if the file ends. For use by one thread.

    Args:
        reader: The decompressed bytes.
        chunk_bytes: Text to hold at a time; more only if one record is longer.
        max_record_bytes: The longest record to read.
        unit: The number of records that must stay together: 2 if mates follow each other.
        run: Provides workers to read ahead; without it, this thread reads everything.

    Attributes:
        file: The file's name.
        taken: The number of records returned so far.
    """

    def __init__(
        self,
        reader: ByteReader,
        chunk_bytes: int,
        max_record_bytes: int,
        unit: int = 1,
        run: Run | None = None,
    ) -> None:
        self.file = reader.name
        self.taken = 0
        self._chunk_bytes = chunk_bytes
        self._limit = max_record_bytes
        self._unit = unit
        self._segments = Segments(reader, chunk_bytes, run)
        self._bytes = allocate(SPARE)
        self._start = self._filled = 0  # the text held
        self._offset = self._line = 0  # bytes and lines of the file before it
        self._headers = 0  # records that start in it
        self._lines = 0  # newlines in it
        self._fresh = True  # only blank lines so far
        self._at_end = False
        self._failure: BiometalError | None = None  # after the text held

    def fill(self, fewest: int = 1, nbytes: int = 0) -> int:
        """Reads until there is half a chunk's worth of text with whole records, or the end.

        Args:
            fewest: The fewest records to hold, if there are as many.
            nbytes: The fewest bytes of text to hold, likewise.

        Returns:
            The number of whole records held; less than ``unit`` only at the end of the file.

        Raises:
            FastaError: A record does not start where it should, or is longer than the limit.
            CompressedInputError: The compressed input is damaged; all records that were complete
                before the damage were returned.
            InputError: The input cannot be read, likewise.
        """
        nbytes = max(nbytes, self._chunk_bytes // 2)
        while not self._at_end:
            if self._whole < self._unit:
                self._check_limit()
                if self._failure is not None:
                    raise self._failure
            elif self._failure is not None or self._is_enough(fewest, nbytes):
                break
            elif self._last_length() > self._limit:
                break  # the records before it are returned first, and then this is an error
            self._extend()
        return self._whole

    @property
    def _whole(self) -> int:
        return self._headers if self._at_end else max(0, self._headers - 1)

    def _is_enough(self, fewest: int, nbytes: int) -> bool:
        return self._whole >= fewest and self._filled - self._start >= nbytes

    def _last_length(self) -> int:
        """The bytes held of the last record, which may not be complete."""
        start, stop = np.uint64(self._start), np.uint64(self._filled)
        if stop - start <= self._limit:
            return 0
        return self._filled - int(last_header(self._bytes, start, stop))

    def _check_limit(self) -> None:
        """Checks that a record is not longer than the limit.

        Raises:
            RecordTooLongError: It is longer.
        """
        if self._last_length() > self._limit:
            start, stop = np.uint64(self._start), np.uint64(self._filled)
            last = int(last_header(self._bytes, start, stop))
            raise too_long(
                self._text(0, self._start).location(self._headers - 1, last), self._limit
            )

    def _extend(self) -> None:
        """Appends the next segment to the text held."""
        segment = self._segments.take()
        held, size = self._filled - self._start, segment.stop - segment.start
        begins = held == 0 or self._bytes[self._filled - 1] == ord("\n")
        if held <= segment.start:
            start = segment.start - held
            segment.bytes[start : segment.start] = self._bytes[self._start : self._filled]
            self._bytes, self._start, self._filled = segment.bytes, start, segment.stop
        else:
            if self._filled + size + SPARE > len(self._bytes):
                whole = held + size
                self._move((whole if held <= self._chunk_bytes else 2 * whole) + SPARE)
            self._bytes[self._filled : self._filled + size] = segment.bytes[
                segment.start : segment.stop
            ]
            self._filled += size
        first = self._filled - size
        self._headers += int(
            count_headers(self._bytes, np.uint64(first), np.uint64(self._filled), begins)
        )
        self._lines += segment.lines
        self._at_end = segment.at_end
        self._failure = segment.failure
        if self._fresh:
            self._skip_blank()

    def _skip_blank(self) -> None:
        """Skips a byte order mark and blank lines before the first record.

        Raises:
            FastaError: Something else comes first.
        """
        if self._offset == 0:
            mark = bytes(self._bytes[self._start : self._start + len(_BYTE_ORDER_MARK)])
            if mark == _BYTE_ORDER_MARK:
                self._drop(self._start + len(mark), 0)
                if self._start < self._filled and self._bytes[self._start] == ord(">"):
                    self._headers += 1  # which was not seen as the start of a line
        while self._start < self._filled:
            head = bytes(self._bytes[self._start : min(self._filled, self._start + _STEP)])
            blank = _BLANK_LINES.match(head)
            assert blank is not None
            self._drop(self._start + blank.end(), blank[0].count(b"\n"))
            rest = head[blank.end() :]
            if rest.strip(b"\r") or (rest and self._at_end):
                self._fresh = False
            if rest:
                break
        if not self._fresh and self._bytes[self._start] != ord(">"):
            raise not_a_header(self._text(0, self._start), self._start)

    def _drop(self, stop: int, lines: int) -> None:
        self._offset += stop - self._start
        self._line += lines
        self._lines -= lines
        self._start = stop

    def _move(self, size: int) -> None:
        """Moves the text to a new buffer of the given size, or larger if the text needs it."""
        left = self._filled - self._start
        fresh = allocate(max(size, left + SPARE))
        fresh[:left] = self._bytes[self._start : self._filled]
        self._bytes = fresh
        self._start, self._filled = 0, left

    def take(self, records: int) -> FastaText:
        """Returns the first records held.

        Args:
            records: How many; at most the number that `fill` returned.
        """
        start, filled = np.uint64(self._start), np.uint64(self._filled)
        if records == self._headers:
            stop = self._filled
        elif records == self._headers - 1:
            stop = int(last_header(self._bytes, start, filled))
        else:
            stop = int(find_header(self._bytes, start, filled, np.uint64(records)))
        left = int(count_newlines(self._bytes, np.uint64(stop), filled))
        text = self._text(records, stop)
        self.taken += records
        self._headers -= records
        self._drop(stop, self._lines - left)
        self._move(0)
        return text

    def _text(self, records: int, stop: int) -> FastaText:
        return FastaText(
            bytes=self._bytes,
            start=self._start,
            stop=stop,
            known=self._filled,
            records=records,
            file=self.file,
            first_record=self.taken,
            offset=self._offset,
            at_end=self._at_end and records == self._headers,
            first_line=self._line,
        )

    def close(self) -> None:
        """Ends the workers' jobs for this file; may be called again."""
        self._segments.close()
