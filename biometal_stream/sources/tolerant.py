"""Reads FASTQ of which some records may be bad, and sets those aside.

Where a record starts depends here on the records before it, so one thread parses all.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from biometal_stream.atomic import AtomicFile
from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.diagnose import leftover, show
from biometal_stream.sources.pairs import match_names, next_mates
from biometal_stream.sources.parse import Lines, parse
from biometal_stream.sources.quality_encoding import QualityEncoding
from biometal_stream.sources.strict import (
    check_longest,
    chunk_bytes,
    seen_encoding,
    warn_of_encoding,
)
from biometal_stream.sources.text import LINES_PER_RECORD, Text, TextReader

if TYPE_CHECKING:
    from biometal_stream.errors import FastqError
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq import FastqSource, Input
    from biometal_stream.sources.inputs import Inputs

BAD_RECORDS = "bad records"
"""The counter of stretches of input that are not FASTQ."""

LONE_MATES = "reads without their mate"
"""The counter of good records that were left out since their mate is bad or missing."""

_COLUMNS = ["name", "description", "sequence", "quality"]

# What follows a bad record is taken in steps that double from _FEWEST as long as all goes well:
# work, and the buffers that it holds, then grow with what is kept and not with what is looked at.
_FEWEST = 64
_MOST = 1 << 16
_ALL = 1 << 62

SetAside: TypeAlias = Callable[[bytes], None]
"""Takes the raw bytes of what is left out."""


@dataclass(frozen=True)
class GoodRecords:
    """Records of one text that are all good.

    Attributes:
        batch: The records, without ``mate``.
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
                self._step = min(2 * self._step, _ALL) if all_good else _FEWEST
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
        parsed = parse((lines,), self._encoding)
        if not self._told:
            self._error = parsed.error
        self._reader.taken += parsed.records
        batch = pa.RecordBatch.from_arrays(parsed.columns, names=_COLUMNS)
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
    data = lines.text.bytes
    for start in range(line, lines.lines - 2):
        at, plus = data[lines.line_start(start)], data[lines.line_start(start + 2)]
        if (at, plus) == (ord("@"), ord("+")):
            return start
    return None


def _is_blank(lines: Lines, line: int) -> bool:
    """Whether there is nothing from a line on but line ends."""
    rest = bytes(lines.text.bytes[lines.line_start(line) : lines.text.stop])
    return not rest.strip(b"\r\n")


class _Records:
    """The good records of one file, of which some can be looked at ahead of their turn.

    Args:
        records: In order.
        most_bytes: Batches that are held ahead have no more bytes, but for the last of them.
    """

    def __init__(self, records: Iterator[GoodRecords], most_bytes: int) -> None:
        self._records = records
        self._most_bytes = most_bytes
        self._held: deque[GoodRecords] = deque()
        self._rows = 0
        self._bytes = 0
        self._pull()

    def _pull(self) -> bool:
        good = next(self._records, None)
        if good is None:
            return False
        self._held.append(good)
        self._rows += len(good)
        self._bytes += good.batch.nbytes
        return True

    @property
    def front(self) -> GoodRecords | None:
        """The next records; ``None`` at the end."""
        return self._held[0] if self._held else None

    def names(self, number: int) -> list[str]:
        """The names of so many records; of fewer at the end, or where they are long."""
        while self._rows < number and self._bytes < self._most_bytes:
            if not self._pull():
                break
        names: list[str] = []
        for good in self._held:
            names += good.batch.column("name").slice(0, number - len(names)).to_pylist()
            if len(names) == number:
                break
        return names

    def take(self, number: int) -> Iterator[GoodRecords]:
        """Hands out so many of the records held, in one piece or more."""
        while number:
            good = self._held.popleft()
            self._bytes -= good.batch.nbytes
            if number < len(good):
                self._held.appendleft(good.slice(number))
                self._bytes += self._held[0].batch.nbytes
                good = good.slice(0, number)
            self._rows -= len(good)
            number -= len(good)
            if not self._held:
                self._pull()
            yield good


class TolerantReads:
    """A FASTQ source being read, which leaves out what is not FASTQ, and lone mates.

    `chunks` yields batches that are parsed already.
    """

    def __init__(self, source: FastqSource, inputs: Inputs, run: Run, set_aside: SetAside) -> None:
        self._source = source
        self._schema = source.schema
        self._inputs = inputs
        self._run = run
        self._set_aside = set_aside
        self._told = False

    @property
    def outputs(self) -> tuple[str, ...]:
        """The quarantine, if there is one."""
        quarantine = self._source.quarantine
        return () if quarantine is None else (os.fspath(quarantine),)

    @property
    def bytes_read(self) -> int:
        """Bytes of input taken."""
        return self._inputs.bytes_read

    @property
    def bytes_total(self) -> int | None:
        """Bytes of input in all, where they are files."""
        return self._inputs.bytes_total

    def interrupt(self) -> None:
        """Ends a read that waits."""
        self._inputs.interrupt()

    def weight(self, chunk: pa.RecordBatch, /) -> int:
        """The bytes of a batch."""
        return int(chunk.nbytes)

    def place(self, chunk: pa.RecordBatch, /) -> str:
        """Says how many records a batch has."""
        return f"a batch of {chunk.num_rows:,} good records"

    def parse(self, chunk: pa.RecordBatch, /) -> pa.RecordBatch:
        """The batch, which is parsed already."""
        return chunk

    def chunks(self) -> Iterator[pa.RecordBatch]:
        """Yields the good records of each lane, merged where bad ones have parted them."""
        size = chunk_bytes(self._run)
        for lane in self._inputs.lanes():
            records = [
                TolerantReader(
                    TextReader(reader, size, self._source.max_record_bytes),
                    self._source,
                    self._run,
                    self._set_aside,
                ).records()
                for reader in lane
            ]
            if len(records) == 2:
                ones, twos = (_Records(each, self._run.memory // 8) for each in records)
                batches = self._in_step(ones, twos)
            elif self._source.interleaved:
                batches = self._adjacent(records[0])
            else:
                batches = (good.batch for good in records[0])
            for batch in _merged(batches, size):
                yield pa.RecordBatch.from_arrays(batch.columns, schema=self._schema)

    def _in_step(self, first: _Records, second: _Records) -> Iterator[pa.RecordBatch]:
        """Pairs the records of two files by name, and leaves out those without a mate."""
        step = _MOST
        while first.front is not None and second.front is not None:
            count = min(len(first.front), len(second.front), step)
            ones = first.front.batch.slice(0, count)
            twos = second.front.batch.slice(0, count)
            mates = match_names(ones, twos)
            if mates:
                yield _alternate(ones.slice(0, mates), twos.slice(0, mates))
                for _ in (*first.take(mates), *second.take(mates)):
                    pass
            step = min(2 * step, _MOST) if mates == count else _FEWEST
            if mates < count:
                lone_ones, lone_twos = _lone(first, second)
                self._leave_out(first.take(lone_ones))
                self._leave_out(second.take(lone_twos))
        for rest in (first, second):
            while rest.front is not None:
                self._leave_out(rest.take(len(rest.front)))

    def _adjacent(self, records: Iterator[GoodRecords]) -> Iterator[pa.RecordBatch]:
        """Pairs neighbours by name, and leaves out those without a mate."""
        waiting: GoodRecords | None = None
        step = _MOST
        for good in records:
            held = good
            if waiting is not None:
                if match_names(waiting.batch, held.batch.slice(0, 1)):
                    yield _alternate(waiting.batch, held.batch.slice(0, 1))
                    held = held.slice(1)
                else:
                    self._leave_out([waiting])
                waiting = None
            while len(held) > 1:
                count = min(len(held) // 2, step)
                evens = np.arange(0, 2 * count, 2)
                pairs = match_names(
                    held.batch.take(pa.array(evens)), held.batch.take(pa.array(evens + 1))
                )
                if pairs:
                    yield _with_mates(held.batch.slice(0, 2 * pairs))
                    held = held.slice(2 * pairs)
                step = min(2 * step, _MOST) if pairs == count else _FEWEST
                if pairs < count:
                    self._leave_out([held.slice(0, 1)])
                    held = held.slice(1)
            if len(held):
                waiting = held
        if waiting is not None:
            self._leave_out([waiting])

    def _leave_out(self, pieces: Iterable[GoodRecords]) -> None:
        for good in pieces:
            if not self._told:
                self._told = True
                name = show(good.batch.column("name")[0].as_py().encode())
                self._run.warn(
                    "left out reads without their mate, of which this is the first:"
                    f" {good.lines.text.file}: {name}"
                )
            self._run.count(LONE_MATES, len(good))
            self._set_aside(good.raw(0, len(good)))


def _lone(first: _Records, second: _Records) -> tuple[int, int]:
    """Finds how many records of each file to leave out up to the next two that are mates.

    Looks ever farther ahead, up to 65,536 records of each, and takes the fewest in all; all of
    them where no two are mates.
    """
    reach = _FEWEST
    while True:
        ones, twos = first.names(reach), second.names(reach)
        lone = next_mates(ones, twos)
        whole = len(ones) < reach and len(twos) < reach
        if sum(lone) <= reach or whole or reach >= _MOST:
            return lone
        reach *= 4


def _alternate(ones: pa.RecordBatch, twos: pa.RecordBatch) -> pa.RecordBatch:
    rows = ones.num_rows
    order = np.arange(2 * rows).reshape(2, rows).T.ravel()
    both = pa.concat_batches([ones, twos])
    return _with_mates(both.take(pa.array(order)))


def _with_mates(batch: pa.RecordBatch) -> pa.RecordBatch:
    mates = np.tile(np.array([1, 2], np.int8), batch.num_rows // 2)
    return batch.append_column("mate", pa.array(mates))


def _merged(batches: Iterator[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """Merges batches until they hold at least half of so many bytes."""
    held: list[pa.RecordBatch] = []
    nbytes = 0
    for batch in batches:
        held.append(batch)
        nbytes += batch.nbytes
        if nbytes >= size // 2 or len(held) == 1024:
            yield pa.concat_batches(held)
            held, nbytes = [], 0
    if held:
        yield pa.concat_batches(held)


@contextmanager
def tolerant_reads(source: FastqSource, inputs: Inputs, run: Run) -> Iterator[TolerantReads]:
    """Opens the quarantine, if there is one; it gets its name when the run ends well.

    Raises:
        ConfigurationError: The quarantine is an input, which it would replace.
        SinkError: It cannot be written.
    """
    for path in (*source.paths, *source.mate_paths):
        if source.quarantine is not None and _is_same(path, source.quarantine):
            raise ConfigurationError(f"{path}: is read; name another file for the quarantine")
    with AtomicFile(source.quarantine) if source.quarantine is not None else nullcontext() as file:
        yield TolerantReads(source, inputs, run, file.write if file is not None else _forget)


def _is_same(file: Input, other: str | os.PathLike[str]) -> bool:
    """Whether an input is a certain file."""
    if not isinstance(file, str | os.PathLike):
        return False
    try:
        return os.path.samefile(file, other)  # noqa: PTH121 - a path may be text
    except OSError:  # there is none yet
        return False


def _forget(data: bytes) -> None:
    """Skips what is left out."""
