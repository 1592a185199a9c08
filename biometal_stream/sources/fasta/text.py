"""Whole FASTA records as text: their place in the file, and where each starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import Location
from biometal_stream.sources.fasta.kernels import find_header
from biometal_stream.sources.text.lines import count_newlines
from biometal_stream.sources.text.shown import header_at
from biometal_stream.sources.text.whole import WholeRecords

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class FastaText(WholeRecords):
    """Whole records of one FASTA file.

    Attributes:
        first_line: The number of lines of the file before these records.
    """

    first_line: int

    def location(self, record: int, byte: int, line: int = 0) -> Location:
        """As `WholeRecords.location`; counts the lines before the byte."""
        before = count_newlines(self.bytes, np.uint64(self.start), np.uint64(byte))
        return Location(
            self.file,
            self.first_record + record + 1,
            self.first_line + int(before) + line + 1,
            self.offset + byte - self.start,
        )

    def record_start(self, record: int) -> int:
        """Where a record's header starts; for the number of records, where they stop."""
        start, stop = np.uint64(self.start), np.uint64(self.stop)
        return int(find_header(self.bytes, start, stop, np.uint64(record)))

    def headers(self, number: int) -> list[bytes]:
        """As `WholeRecords.headers`."""
        starts = [self.record_start(record) for record in range(min(number, self.records))]
        return [header_at(self, start) for start in starts]


@dataclass(frozen=True)
class FastaLines:
    """A text, and where its records start.

    Attributes:
        text: The text.
        starts: ``uint32``, (records or more,): as far as they were parsed.
    """

    text: FastaText
    starts: NDArray[np.uint32]

    def record_start(self, record: int) -> int:
        """Where a record's header starts."""
        return int(self.starts[record])

    def raw(self, first: int, stop: int) -> bytes:
        """The records ``first`` to ``stop``, exclusive; each sequence is one line."""
        return b"".join(self._unwrapped(record) for record in range(first, stop))

    def _unwrapped(self, record: int) -> bytes:
        start, stop = self.text.record_start(record), self.text.record_start(record + 1)
        header, _, lines = bytes(self.text.bytes[start:stop]).partition(b"\n")
        sequence = lines.replace(b"\r", b"").replace(b"\n", b"")
        return header.removesuffix(b"\r") + b"\n" + sequence + b"\n"
