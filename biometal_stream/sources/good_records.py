"""Finds the good records of a file of which some may be bad, and what stands between them.

Where a record starts depends here on the records before it, so one thread parses all.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from biometal_stream.errors import FastqError
from biometal_stream.sources.bad_records import PADDING, copy_stretches, find_records
from biometal_stream.sources.diagnose import bad_record
from biometal_stream.sources.kernels import IUPAC
from biometal_stream.sources.parse import Lines, parse
from biometal_stream.sources.pieces import allocate
from biometal_stream.sources.quality_encoding import QualityEncoding, translation
from biometal_stream.sources.strict import seen_encoding, text_columns, warn_of_encoding
from biometal_stream.sources.text import LINES_PER_RECORD, MOST_BLANK, Text, TextReader, too_long

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq import FastqSource

BAD_RECORDS = "bad records"
"""The counter of stretches of input that are not FASTQ."""

_DOUBTFUL = (
    "a line is lost here, or one too many: the lines of this record fit together, and so do others"
    " of these and those that follow"
)


@dataclass(frozen=True)
class GoodRecords:
    """Good records of one text, and the bad bytes around them.

    Attributes:
        batch: The records, maybe none, without ``mate``, and with more columns than the source
            has where the reader needs them.
        file: The file's name.
        text: ``uint8``: the bytes that they were found in.
        starts: ``int64``, (records,): where each starts there. A byte order mark belongs to
            the file's first record.
        stops: ``int64``, (records,): the byte after each. Blank lines that end a file belong to
            its last record.
        first: The first byte of the records and of what is bad before them.
        last: The byte after what is bad behind them.
    """

    batch: pa.RecordBatch
    file: str
    text: NDArray[np.uint8]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    first: int
    last: int

    def slice(self, first: int, stop: int | None = None) -> GoodRecords:
        """Some of the records, each with what is bad before it, and the last with all behind."""
        end = len(self) if stop is None else stop
        return GoodRecords(
            self.batch.slice(first, end - first),
            self.file,
            self.text,
            self.starts[first:end],
            self.stops[first:end],
            int(self.stops[first - 1]) if first else self.first,
            int(self.stops[end - 1]) if 0 < end < len(self) else self.last,
        )

    def bad(self) -> bytes:
        """The bytes that are not in the records, as they stood in the file."""
        stops = np.concatenate([[self.first], self.stops])
        starts = np.concatenate([self.starts, [self.last]])
        gaps = np.flatnonzero(starts > stops)
        data = memoryview(self.text)
        bounds = zip(stops[gaps].tolist(), starts[gaps].tolist(), strict=True)
        return b"".join([data[start:stop] for start, stop in bounds])

    def all(self) -> bytes:
        """All bytes, as they stood in the file."""
        return bytes(self.text[self.first : self.last])

    @property
    def nbytes(self) -> int:
        """The bytes that these hold in memory, about."""
        return int(self.batch.nbytes) + self.last - self.first

    def __len__(self) -> int:
        return int(self.batch.num_rows)


class _Found(NamedTuple):
    """What `find_records` tells of a text, with the lines of the records' headers."""

    headers: NDArray[np.int64]
    done: int
    lost: bool
    clean: bool
    bad: int
    first_bad: int
    doubtful: bool


class TolerantReader:
    """Finds the good records of one file; `biometal_stream.sources.bad_records` tells how.

    Belongs to one thread.

    Args:
        reader: The file's text.
        source: Tells what to make of it.
        run: Is told how many records are bad, and is warned of the first.
    """

    def __init__(self, reader: TextReader, source: FastqSource, run: Run) -> None:
        self._reader = reader
        self._columns = text_columns(source) or ("name",)  # a batch of none would lose its rows
        self._choice = source.quality_encoding
        self._limit = source.max_record_bytes
        self._run = run
        self._lost = False
        self._told = False
        self._encoding: QualityEncoding | None = None

    def records(self) -> Iterator[GoodRecords]:
        """Yields the good records, and all that is bad, in order.

        Raises:
            RecordTooLongError: One is longer than the limit.
            CompressedInputError: The compressed input is damaged.
        """
        reader = self._reader
        while not reader.at_end:
            reader.read()
            lines = Lines.of(reader.text())
            done = yield from self._take(lines)
            if reader.at_end:
                return
            if done > reader.start:
                reader.advance(done)
            else:
                before = int(not self._lost and lines.lines >= LINES_PER_RECORD)
                reader.grow(lines.line_start(before * LINES_PER_RECORD), before)

    def _take(self, lines: Lines) -> Generator[GoodRecords, None, int]:
        """Yields the records of a text; returns the byte before which all is decided."""
        if self._encoding is None:
            self._encoding = self._tell_encoding(lines)
        parsed = None if self._lost else self._parse(lines)
        rows = 0 if parsed is None else parsed.num_rows
        found = self._find(lines, max(rows - 1, 0) * LINES_PER_RECORD)
        self._note(lines, found)
        headers = found.headers
        if rows:  # the last of those parsed is good, yet it may be doubtful
            again = len(headers) and headers[0] == (rows - 1) * LINES_PER_RECORD
            rows -= not again
            headers = headers[1:] if again else headers
        first, last = self._reader.start - self._reader.mark, self._stop(lines, found.done)
        if rows and parsed is not None:
            whole = not found.bad and not len(headers)
            end = last if whole else lines.record_start(rows)
            batch = parsed.slice(0, rows)
            at = np.arange(rows) * LINES_PER_RECORD
            yield from self._records(lines, batch, at, (first, end), ends=found.clean and whole)
            first = end
        if len(headers) or found.bad or (found.done and self._lost):
            rest = self._parse(self._gather(lines, headers)) if len(headers) else self._none()
            yield from self._records(lines, rest, headers, (first, last), ends=found.clean)
        self._lost = found.lost
        return lines.line_start(found.done)

    def _parse(self, lines: Lines) -> pa.RecordBatch:
        """Parses up to the first bad record."""
        parsed = parse((lines,), self._encoding or "phred33", self._columns)
        columns = [parsed.columns[name] for name in self._columns]
        return pa.RecordBatch.from_arrays(columns, names=list(self._columns))

    def _none(self) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays(
            [pa.array([], pa.string())] * len(self._columns), names=list(self._columns)
        )

    def _find(self, lines: Lines, line: int) -> _Found:
        text = lines.text
        headers = np.empty((lines.lines - line) // LINES_PER_RECORD + 1, np.uint32)
        count, done, *rest = find_records(
            text.bytes,
            lines.ends,
            np.uint64(text.start),
            np.uint64(lines.lines),
            np.uint64(line),
            np.uint64(text.known),
            text.at_end,
            self._lost,
            np.uint64(2 * MOST_BLANK),
            IUPAC,
            translation(self._encoding or "phred33") != 0,
            headers,
        )
        return _Found(headers[: int(count)].astype(np.int64), int(done), *rest)

    def _gather(self, lines: Lines, headers: NDArray[np.int64]) -> Lines:
        """Some records of a text, one after the other."""
        starts, stops = _bounds(lines, headers)
        size = int((stops - starts).sum())
        data = allocate(size + PADDING)
        copy_stretches(lines.text.bytes, starts.astype(np.uint64), stops.astype(np.uint64), data)
        text = Text(
            bytes=data,
            start=0,
            stop=size,
            known=size,
            records=len(headers),
            file=lines.text.file,
            first_record=self._reader.taken,
            offset=0,
            at_end=False,
        )
        return Lines.counted(text, LINES_PER_RECORD * len(headers))

    def _stop(self, lines: Lines, line: int) -> int:
        """Where a line starts, and at the end of a file what is in the file ends."""
        return min(lines.line_start(line), self._reader.end)

    def _records(
        self,
        lines: Lines,
        batch: pa.RecordBatch,
        headers: NDArray[np.int64],
        span: tuple[int, int],
        *,
        ends: bool,
    ) -> Iterator[GoodRecords]:
        """Yields records with their places; ``ends`` where the file ends with the last of them."""
        first, last = span
        starts, stops = _bounds(lines, headers)
        stops = np.minimum(stops, self._reader.end)
        long = np.flatnonzero(stops - starts > self._limit)
        if len(headers) and starts[0] == lines.text.start:
            starts[0] = first
        if len(headers) and ends:
            stops[-1] = last
        good = GoodRecords(batch, lines.text.file, lines.text.bytes, starts, stops, first, last)
        if len(long):
            record = int(long[0])
            yield good.slice(0, record)
            text = replace(lines.text, first_record=self._reader.taken)
            raise too_long(text.place(record, int(starts[record])), self._limit)
        self._reader.taken += len(good)
        yield good

    def _tell_encoding(self, lines: Lines) -> QualityEncoding | None:
        """How qualities are written; ``None`` where the text has no good record."""
        if self._choice not in {"auto", "phred33"}:
            return self._choice
        headers = self._find(lines, 0).headers
        if not len(headers):
            return None
        text = self._gather(lines, headers).text
        if self._choice == "auto":
            return seen_encoding((text,))
        warn_of_encoding((text,), self._run)
        return self._choice

    def _note(self, lines: Lines, found: _Found) -> None:
        """Counts bad records, and warns of the first of a file."""
        if not found.bad:
            return
        self._run.count(BAD_RECORDS, found.bad)
        if not self._told:
            self._told = True
            text = lines.behind(found.first_bad, 1).text
            if found.doubtful:
                error = FastqError(text.place(0, text.start), _DOUBTFUL)
            else:
                error = bad_record(text, 0, text.start, self._encoding or "phred33")
            self._run.warn(f"left out bad records, of which this is the first: {error}")


def _bounds(lines: Lines, headers: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Where records start and the bytes after them, by the lines of their headers."""
    starts = lines.ends[np.maximum(headers - 1, 0)].astype(np.int64) + 1
    starts[headers == 0] = lines.text.start
    return starts, lines.ends[headers + LINES_PER_RECORD - 1].astype(np.int64) + 1
