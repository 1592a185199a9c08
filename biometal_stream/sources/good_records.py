"""Finds the good records of a file of which some may be bad, and sets the others aside.

Where a record starts depends here on the records before it, so one thread parses all.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from biometal_stream.sources.diagnose import leftover
from biometal_stream.sources.parse import Lines, parse
from biometal_stream.sources.quality_encoding import QualityEncoding
from biometal_stream.sources.strict import (
    check_longest,
    chunk_bytes,
    seen_encoding,
    text_columns,
    warn_of_encoding,
)
from biometal_stream.sources.text import LINES_PER_RECORD, Text, TextReader

if TYPE_CHECKING:
    from biometal_stream.errors import FastqError
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq import FastqSource

BAD_RECORDS = "bad records"
"""The counter of stretches of input that are not FASTQ."""

FEWEST = 64
"""What follows a bad record, or a read without its mate, is taken in steps of so many records,
which double as long as all goes well: work, and the buffers that it holds, then grow with what is
kept and not with what is looked at."""

_ALL = 1 << 62

SetAside: TypeAlias = Callable[[bytes], None]
"""Takes the raw bytes of what is left out."""


@dataclass(frozen=True)
class GoodRecords:
    """Records of one text that are all good.

    Attributes:
        batch: The records, without ``mate``, and with more columns than the source has where
            the reader needs them.
        lines: The text that they were parsed from.
        first: The index of the first of them in it.
    """

    batch: pa.RecordBatch
    lines: Lines
    first: int

    def slice(self, first: int, stop: int | None = None) -> GoodRecords:
        """Some of the records."""
        stop = len(self) if stop is None else stop
        return GoodRecords(self.batch.slice(first, stop - first), self.lines, self.first + first)

    def raw(self, first: int, stop: int) -> bytes:
        """The bytes of some of the records, as they stood in the file."""
        return self.lines.raw(self.first + first, self.first + stop)

    def __len__(self) -> int:
        return int(self.batch.num_rows)


class TolerantReader:
    """Finds the good records of one file and sets everything between them aside.

    Behind a bad record the next one is taken to start at the next line that begins with ``@``
    and is followed, two lines on, by one that begins with ``+``. No line of a good record but
    its header can look so: behind a quality line that begins with ``@`` come a header and a
    sequence.

    Belongs to one thread.
    """

    def __init__(
        self, reader: TextReader, source: FastqSource, run: Run, set_aside: SetAside
    ) -> None:
        self._reader = reader
        self._columns = text_columns(source) or ("name",)  # a batch of none would lose its rows
        self._choice = source.quality_encoding
        self._limit = source.max_record_bytes
        self._chunk_bytes = chunk_bytes(run)
        self._run = run
        self._set_aside = set_aside
        self._lost = False
        self._told = False
        self._step = _ALL
        self._error: FastqError | None = None
        self._encoding: QualityEncoding | None = None

    def records(self) -> Iterator[GoodRecords]:
        """Yields the good records, in order."""
        reader = self._reader
        while not reader.at_end:
            reader.read()
            stop = yield from self._good(self._held())
            if stop == reader.start and not reader.at_end:
                reader.grow()
            else:
                reader.advance(stop)

    def _held(self) -> Lines:
        reader = self._reader
        lines = reader.count_lines()
        text = Text(
            bytes=reader.bytes,
            start=reader.start,
            stop=reader.line_start(lines),
            known=reader.filled,
            records=lines // LINES_PER_RECORD,
            file=reader.file,
            first_record=reader.taken,
            offset=reader.offset,
            at_end=reader.at_end,
        )
        return Lines.of(text)

    def _good(self, lines: Lines) -> Generator[GoodRecords, None, int]:
        """Yields the good records of a text; returns the byte up to which it is done with."""
        at_end = lines.text.at_end
        count = lines.lines
        line = 0
        while count - line >= LINES_PER_RECORD:
            if not self._lost:
                good, all_good = self._parse(lines.behind(line, self._step))
                if len(good):
                    yield good
                    line += LINES_PER_RECORD * len(good)
                self._step = min(2 * self._step, _ALL) if all_good else FEWEST
                if all_good:
                    continue
            following = _next_start(lines, line + (not self._lost))
            if following is None:
                if at_end:
                    break
                if lines.text.stop - lines.line_start(line) < self._chunk_bytes // 2:
                    return lines.line_start(line)  # more text will tell
                following = count - LINES_PER_RECORD + 1
                self._drop(lines, line, following)
                self._lost = True
                return lines.line_start(following)
            self._drop(lines, line, following)
            self._lost = False
            line = following
        if not at_end:
            return lines.line_start(line)
        if not _is_blank(lines, line):
            self._drop(lines, line, count)
        return lines.text.stop

    def _parse(self, lines: Lines) -> tuple[GoodRecords, bool]:
        """Parses up to the first bad record; also tells whether there is none."""
        text = lines.text
        if lines.longest > self._limit:
            check_longest(lines, self._limit)
        if self._encoding is None:
            self._encoding = self._encoding_of(text)
        parsed = parse((lines,), self._encoding, self._columns)
        if not self._told:
            self._error = parsed.error
        self._reader.taken += parsed.records
        columns = [parsed.columns[name] for name in self._columns]
        batch = pa.RecordBatch.from_arrays(columns, names=list(self._columns))
        return GoodRecords(batch, lines, 0), parsed.bad is None

    def _encoding_of(self, text: Text) -> QualityEncoding:
        if self._choice == "auto":
            return seen_encoding((text,))
        if self._choice == "phred33":
            warn_of_encoding((text,), self._run)
        return self._choice

    def _drop(self, lines: Lines, first: int, stop: int) -> None:
        """Sets lines aside, as one bad record unless they go on with the one before."""
        start, end = lines.line_start(first), lines.line_start(stop)
        if end > start:
            if not self._lost:
                self._run.count(BAD_RECORDS, 1)
            if not self._told:
                self._told = True
                error = self._error or leftover(replace(lines.behind(first, _ALL).text, stop=end))
                self._run.warn(f"left out bad records, of which this is the first: {error}")
            self._set_aside(bytes(lines.text.bytes[start:end]))


def _next_start(lines: Lines, line: int) -> int | None:
    """The first line from ``line`` on at which a record can start."""
    data, last = lines.text.bytes, lines.lines - 2
    reach = FEWEST
    while line < last:
        stop = min(line + reach, last)
        ends = lines.ends[max(0, line - 1) : stop + 1]
        starts = np.concatenate([[lines.text.start], ends + 1]) if line == 0 else ends + 1
        fits = (data[starts[:-2]] == ord("@")) & (data[starts[2:]] == ord("+"))
        found = np.flatnonzero(fits)
        if len(found):
            return line + int(found[0])
        line = stop
        reach *= 8
    return None


def _is_blank(lines: Lines, line: int) -> bool:
    """Whether there is nothing from a line on but line ends."""
    rest = bytes(lines.text.bytes[lines.line_start(line) : lines.text.stop])
    return not rest.replace(b"\r\n", b"\n").strip(b"\n")
