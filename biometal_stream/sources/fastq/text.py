"""Whole records as text: their location in the file, and where their lines end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.errors import Location
from biometal_stream.sources.fastq.kernels.lines import find_records, measure_lines
from biometal_stream.sources.text.lines import PADDING, count_newlines
from biometal_stream.sources.text.shown import lines_of
from biometal_stream.sources.text.whole import WholeRecords, too_long

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINES_PER_RECORD = 4


@dataclass(frozen=True)
class RecordText(WholeRecords):
    """Whole records of one FASTQ file, four lines each."""

    def location(self, record: int, byte: int, line: int = 0) -> Location:
        """As `WholeRecords.location`, given the line's index in the record."""
        number = self.first_record + record
        return Location(
            self.file,
            number + 1,
            number * LINES_PER_RECORD + line + 1,
            self.offset + byte - self.start,
        )

    def headers(self, number: int) -> list[bytes]:
        """As `WholeRecords.headers`."""
        lines = islice(lines_of(self, self.start), 0, number * LINES_PER_RECORD, LINES_PER_RECORD)
        return [header for _, header in islice(lines, min(number, self.records))]


class Lines(NamedTuple):
    """A text and where its lines end.

    Attributes:
        text: The text.
        ends: ``uint32``: the index of each newline in the text's bytes.
        header_bytes: The bytes of all header lines.
        sequence_bytes: The bytes of all sequence lines.
        longest: The bytes of the longest record.
    """

    text: RecordText
    ends: NDArray[np.uint32]
    header_bytes: int
    sequence_bytes: int
    longest: int

    @classmethod
    def of(cls, text: RecordText) -> Lines:
        """Finds the lines of a text."""
        count = count_newlines(text.bytes, np.uint64(text.start), np.uint64(text.stop))
        return cls.counted(text, int(count))

    @classmethod
    def counted(cls, text: RecordText, count: int) -> Lines:
        """Finds the lines of a text with a known number of lines."""
        start, stop = np.uint64(text.start), np.uint64(text.stop)
        ends = np.empty(count + PADDING, np.uint32)
        found = find_records(text.bytes, start, stop, np.uint64(text.records), ends)
        return cls(text, ends, *map(int, found))

    @classmethod
    def between(cls, text: RecordText, ends: NDArray[np.uint32]) -> Lines:
        """Measures the records of a text with known line ends."""
        start = np.uint64(text.start)
        headers, sequences, longest = measure_lines(ends, start, np.uint64(text.records))
        return cls(text, ends, int(headers), int(sequences), int(longest))

    @property
    def lines(self) -> int:
        """The number of lines."""
        return len(self.ends) - PADDING

    def line_start(self, line: int) -> int:
        """Where a line starts; for the number of lines, where the last line ends."""
        return int(self.ends[line - 1]) + 1 if line else self.text.start

    def record_start(self, record: int) -> int:
        """Where a record's header starts."""
        return self.line_start(record * LINES_PER_RECORD)

    def after(self, line: int, records: int) -> Lines:
        """The text from a line on, where a record starts, with at most this many records."""
        start = self.line_start(line)
        text = replace(
            self.text,
            start=start,
            records=min(records, (self.lines - line) // LINES_PER_RECORD),
            first_record=self.text.first_record + line // LINES_PER_RECORD,
            offset=self.text.offset + start - self.text.start,
        )
        return Lines.between(text, self.ends[line:])

    def raw(self, first: int, stop: int) -> bytes:
        """The bytes of records ``first`` to ``stop``, exclusive."""
        return bytes(self.text.bytes[self.record_start(first) : self.record_start(stop)])


def check_longest(lines: Lines, limit: int) -> None:
    """Checks the length of each record.

    Raises:
        RecordTooLongError: A record is longer than the limit.
    """
    if lines.longest <= limit:
        return
    for record in range(lines.text.records):
        start = lines.record_start(record)
        if lines.record_start(record + 1) - start > limit:
            raise too_long(lines.text.location(record, start), limit)
