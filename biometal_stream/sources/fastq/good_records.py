"""Finds the good records of a file with bad ones, and what is between them.

Where a record starts depends on the records before it, so one thread parses everything.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from biometal_stream.errors import FastqError
from biometal_stream.sources.fastq.diagnose import bad_record
from biometal_stream.sources.fastq.held import MOST_BLANK
from biometal_stream.sources.fastq.kernels.bad_records import copy_stretches, find_records
from biometal_stream.sources.fastq.parse import parse
from biometal_stream.sources.fastq.quality_encoding import EncodingLearner, translation
from biometal_stream.sources.fastq.text import LINES_PER_RECORD, Lines, RecordText
from biometal_stream.sources.text.lines import PADDING
from biometal_stream.sources.text.segments import allocate
from biometal_stream.sources.text.whole import too_long

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq.files import FastqFiles
    from biometal_stream.sources.fastq.options import QualityEncoding
    from biometal_stream.sources.fastq.text_reader import RecordTextReader

BAD_RECORDS = "bad records"
"""The counter of passages that are not FASTQ."""

_DOUBTFUL = (
    "a line is missing or extra here: the lines of this record fit together, but some of them"
    " also fit the lines that follow"
)


@dataclass(frozen=True)
class GoodRecords:
    """Good records of one text, and the bad bytes around them.

    Attributes:
        batch: The records, possibly none, without ``mate``, and with additional columns if the
            reader needs them.
        lines: The text from which they were parsed, in which they follow each other.
        first: The index of the first of them in it.
        held: ``uint8``: the text in which they were found, as in the file.
        starts: ``int64``, (records,): where each starts in ``held``. A byte order mark belongs to
            the file's first record.
        stops: ``int64``, (records,): the byte after each. Blank lines at the end of a file belong
            to its last record.
        begin: The first byte of the records and of the bad bytes before them.
        end: The byte after the bad bytes after them.
    """

    batch: pa.RecordBatch
    lines: Lines
    first: int
    held: NDArray[np.uint8]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    begin: int
    end: int

    def slice(self, first: int, stop: int | None = None) -> GoodRecords:
        """Some of the records, each with the bad bytes before it; the last with those after."""
        stop = len(self) if stop is None else stop
        return GoodRecords(
            self.batch.slice(first, stop - first),
            self.lines,
            self.first + first,
            self.held,
            self.starts[first:stop],
            self.stops[first:stop],
            int(self.stops[first - 1]) if first else self.begin,
            int(self.stops[stop - 1]) if 0 < stop < len(self) else self.end,
        )

    def bad(self) -> bytes:
        """The bytes that are not in the records, as in the file."""
        stops = np.concatenate([[self.begin], self.stops])
        starts = np.concatenate([self.starts, [self.end]])
        gaps = np.flatnonzero(starts > stops)
        data = self.held.data
        bounds = zip(stops[gaps].tolist(), starts[gaps].tolist(), strict=True)
        return b"".join([data[start:stop] for start, stop in bounds])

    def all(self) -> bytes:
        """All bytes, as in the file."""
        return bytes(self.held[self.begin : self.end])

    @property
    def nbytes(self) -> int:
        """The approximate size in memory, in bytes."""
        return int(self.batch.nbytes) + self.end - self.begin

    def __len__(self) -> int:
        return int(self.batch.num_rows)


class _Found(NamedTuple):
    """What `find_records` found in a text, with the lines of the records' headers."""

    headers: NDArray[np.int64]
    done: int
    lost: bool
    clean: bool
    bad: int
    first_bad: int
    doubtful: bool


class TolerantReader:
    """Finds the good records of one file, by the rules of `kernels.bad_records`.

    For use by one thread.

    Args:
        reader: The file's text.
        files: The options of the source.
        run: Takes the number of bad records, and a warning about the first.
        columns: The columns to parse; by default those of the source.
    """

    def __init__(
        self,
        reader: RecordTextReader,
        files: FastqFiles,
        run: Run,
        columns: tuple[str, ...] = (),
    ) -> None:
        self._reader = reader
        # A batch without columns would lose its number of rows.
        self._columns = columns or files.parsed_columns or ("name",)
        self._learner = EncodingLearner(files.quality_encoding, run)
        self._encoding: QualityEncoding | None = self._learner.given
        self._bases = files.bases
        self._limit = files.max_record_bytes
        self._run = run
        self._lost = False
        self._told = False

    def records(self) -> Iterator[GoodRecords]:
        """Yields the good records, and all that is bad, in order.

        Raises:
            RecordTooLongError: A record is longer than the limit.
            CompressedInputError: The compressed input is damaged.
        """
        reader = self._reader
        while True:
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
        """Yields the records of a text; returns the byte before which everything is decided."""
        if self._encoding is None:
            self._encoding = self._learn_encoding(lines)
        parsed = None if self._lost else self._parse(lines)
        rows = 0 if parsed is None else parsed.num_rows
        found = self._find(lines, max(rows - 1, 0) * LINES_PER_RECORD)
        self._note(lines, found)
        headers = found.headers
        if rows:  # the last parsed record is good, but may be doubtful
            again = len(headers) and headers[0] == (rows - 1) * LINES_PER_RECORD
            rows -= not again
            headers = headers[1:] if again else headers
        begin, end = self._reader.start - self._reader.mark, self._stop(lines, found.done)
        if rows and parsed is not None:
            alone = not found.bad and not len(headers)
            middle = end if alone else lines.record_start(rows)
            at = np.arange(rows) * LINES_PER_RECORD
            places = self._places(lines, at, (begin, middle), ends=found.clean and alone)
            yield from self._checked(GoodRecords(parsed.slice(0, rows), lines, 0, *places))
            begin = middle
        if len(headers) or found.bad or (found.done and self._lost):
            rest = self._gather(lines, headers)
            places = self._places(lines, headers, (begin, end), ends=found.clean)
            yield from self._checked(GoodRecords(self._parse(rest), rest, 0, *places))
        self._lost = found.lost
        return lines.line_start(found.done)

    def _parse(self, lines: Lines) -> pa.RecordBatch:
        """Parses up to the first bad record."""
        parsed = parse((lines,), self._encoding or "phred33", self._columns, self._bases)
        columns = [parsed.columns[name] for name in self._columns]
        return pa.RecordBatch.from_arrays(columns, names=list(self._columns))

    def _find(self, lines: Lines, line: int) -> _Found:
        text = lines.text
        headers = np.empty((lines.lines - line) // LINES_PER_RECORD + 1, np.uint32)
        count, done, *rest = find_records(
            text.bytes,
            lines.ends,
            np.uint64(text.start),
            np.uint64(lines.lines),
            np.uint64(line),
            np.uint64(self._reader.end),
            text.at_end,
            self._lost,
            np.uint64(MOST_BLANK),
            self._bases,
            translation(self._encoding or "phred33") != 0,
            headers,
        )
        return _Found(headers[: int(count)].astype(np.int64), int(done), *rest)

    def _gather(self, lines: Lines, headers: NDArray[np.int64]) -> Lines:
        """Some records of a text, one after another."""
        starts, stops = _bounds(lines, headers)
        size = int((stops - starts).sum())
        data = allocate(size + PADDING)
        copy_stretches(lines.text.bytes, starts.astype(np.uint64), stops.astype(np.uint64), data)
        text = RecordText(
            bytes=data,
            start=0,
            stop=size,
            known=size,
            records=len(headers),
            file=lines.text.file,
            first_record=self._reader.taken,
            offset=lines.text.offset + int(starts[0]) - lines.text.start if size else 0,
            at_end=False,
        )
        return Lines.counted(text, LINES_PER_RECORD * len(headers))

    def _stop(self, lines: Lines, line: int) -> int:
        """Where a line starts; at the end of a file, where its content ends."""
        return min(lines.line_start(line), self._reader.end)

    def _places(
        self, lines: Lines, headers: NDArray[np.int64], span: tuple[int, int], *, ends: bool
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], int, int]:
        """Where records start and stop; ``ends`` if the file ends with the last of them."""
        begin, end = span
        starts, stops = _bounds(lines, headers)
        stops = np.minimum(stops, self._reader.end)
        if len(headers) and starts[0] == lines.text.start:
            starts[0] = begin
        if len(headers) and ends:
            stops[-1] = end
        return lines.text.bytes, starts, stops, begin, end

    def _checked(self, good: GoodRecords) -> Iterator[GoodRecords]:
        """Yields records up to the first one longer than the limit.

        Raises:
            RecordTooLongError: A record is longer than the limit.
        """
        lines, records = good.lines, len(good)
        if records and lines.longest > self._limit:
            stops = lines.ends[LINES_PER_RECORD - 1 :: LINES_PER_RECORD][:records].astype(np.int64)
            sizes = np.diff(stops, prepend=lines.text.start - 1)
            for record in np.flatnonzero(sizes > self._limit)[:1].tolist():
                yield good.slice(0, record)
                raise too_long(lines.text.location(record, lines.record_start(record)), self._limit)
        self._reader.taken += records
        yield good

    def _learn_encoding(self, lines: Lines) -> QualityEncoding | None:
        """The encoding of the qualities; ``None`` if the text has no good record."""
        headers = self._find(lines, 0).headers
        return self._learner.learn([self._gather(lines, headers)]) if len(headers) else None

    def _note(self, lines: Lines, found: _Found) -> None:
        """Counts bad records, and warns about the first one of a file."""
        if not found.bad:
            return
        self._run.count(BAD_RECORDS, found.bad)
        if not self._told:
            self._told = True
            text = lines.after(found.first_bad, 1).text
            if found.doubtful:
                error = FastqError(text.location(0, text.start), _DOUBTFUL)
            else:
                encoding = self._encoding or "phred33"
                error = bad_record(text, 0, text.start, encoding, self._bases)
            self._run.warn(f"bad records are left out; the first: {error}")


def _bounds(lines: Lines, headers: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Where records start, and the bytes after them, from the lines of their headers."""
    starts = lines.ends[np.maximum(headers - 1, 0)].astype(np.int64) + 1
    starts[headers == 0] = lines.text.start
    return starts, lines.ends[headers + LINES_PER_RECORD - 1].astype(np.int64) + 1
