"""Reads the text of a file in which a record may start anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import CompressedInputError, ForeignInputError, InputError
from biometal_stream.sources.fastq.held import HeldRecords
from biometal_stream.sources.fastq.text import LINES_PER_RECORD, RecordText
from biometal_stream.sources.text.lines import count_newlines
from biometal_stream.sources.text.segments import SPARE
from biometal_stream.sources.text.whole import too_long

if TYPE_CHECKING:
    from biometal_stream.codecs import ByteReader
    from biometal_stream.errors import BiometalError


class RecordTextReader(HeldRecords):
    """Holds as much text as a buffer takes, and drops as much of it as requested.

    Args:
        reader: The decompressed bytes.
        chunk_bytes: Text to hold at a time; more only if one record is longer.
        max_record_bytes: The longest record to read.

    Attributes:
        end: The byte after the last byte of the file that is held; ``filled`` unless a newline
            was added to the file's last line.
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
            CompressedInputError: The compressed input is damaged, and this call read nothing before
                the damage.
            InputError: The input cannot be read, likewise.
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
        """The whole lines held, without a blank line that ends the file."""
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
            before: The number of records held before it.

        Raises:
            RecordTooLongError: It is longer than the limit.
        """
        if self.filled - start > self._limit:
            raise too_long(self.text().location(before, start), self._limit)
        self._move(2 * len(self.bytes))

    def advance(self, stop: int) -> None:
        """Drops the text before a byte, and the buffer, which may be in use."""
        self.offset += stop - self.start
        self.start = stop
        self.mark = 0
        self._move(self._chunk_bytes + SPARE)

    def _move(self, size: int) -> None:
        """As for any text held; the part of a byte order mark before it is moved too."""
        self.start -= self.mark
        super()._move(size)
        self.start += self.mark
