"""FASTQ of which some records may be bad, as a source: those are left out, and lone mates."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from biometal_stream.atomic import Output, check_outputs
from biometal_stream.endings import UntilError
from biometal_stream.sinks.compressed import text_file
from biometal_stream.sources.diagnose import LONGEST_NAME, show
from biometal_stream.sources.good_mates import look_at_mates, named_reads
from biometal_stream.sources.good_records import GoodRecords, TolerantReader
from biometal_stream.sources.inputs import OpenReads
from biometal_stream.sources.mates_as_lanes import FirstNames
from biometal_stream.sources.mispaired import first_names
from biometal_stream.sources.pairs import SHOWING, match_names, next_mates
from biometal_stream.sources.quality_encoding import SAMPLE_BYTES
from biometal_stream.sources.strict import chunk_bytes, fitted
from biometal_stream.sources.text import TextReader

if TYPE_CHECKING:
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq import FastqSource
    from biometal_stream.sources.inputs import Inputs
    from biometal_stream.sources.pairs import Separator

LONE_MATES = "reads without their mate"
"""The counter of good records that were left out since their mate is bad or missing."""

SetAside: TypeAlias = Callable[[bytes], None]
"""Takes the raw bytes of what is left out."""

_FEWEST = 64
"""What follows a read without its mate is taken in steps of so many records, which double as long
as all goes well: work then grows with what is kept and not with what is looked at."""

_MOST = 1 << 16


class _Records:
    """The good records of one file, of which some can be looked at ahead of their turn.

    Args:
        records: In order.
        most_bytes: What is held ahead has no more bytes, but for the last of it.
        set_aside: Takes what is bad, once all before it is taken.
    """

    def __init__(
        self, records: Iterator[GoodRecords], most_bytes: int, set_aside: SetAside
    ) -> None:
        self._records = UntilError(records)
        self._most_bytes = most_bytes
        self._set_aside = set_aside
        self._held: deque[GoodRecords] = deque()
        self._rows = 0
        self._bytes = 0
        self._find_front()

    def _pull(self) -> bool:
        good = next(self._records, None)
        if good is None:
            return False
        self._held.append(good)
        self._rows += len(good)
        self._bytes += good.nbytes
        return True

    @property
    def front(self) -> GoodRecords | None:
        """The next records; ``None`` at the end."""
        return self._held[0] if self._held else None

    def check(self) -> None:
        """Raises what has ended the records, once all of them are taken."""
        if not self._held:
            self._records.check()

    def look(self, number: int) -> list[GoodRecords]:
        """The next records, so many; fewer at the end, or where they are long."""
        while self._rows < number and self._bytes < self._most_bytes:
            if not self._pull():
                break
        found: list[GoodRecords] = []
        for good in self._held:
            found.append(good.slice(0, min(number, len(good))))
            number -= len(found[-1])
            if not number:
                break
        return found

    def rest(self) -> Iterator[GoodRecords]:
        """Hands out all records, and what is bad around them."""
        while self._held or self._pull():
            yield self._held.popleft()
        self._records.check()

    def keep(self, number: int) -> None:
        """Takes so many of the records held, and sets aside what is bad between them."""
        for good in self._take(number):
            self._set_aside(good.bad())

    def leave_out(self, number: int) -> Iterator[GoodRecords]:
        """Takes so many of the records held, sets all of them aside, and yields them."""
        for good in self._take(number):
            self._set_aside(good.all())
            yield good

    def _take(self, number: int) -> Iterator[GoodRecords]:
        while number:
            good = self._held.popleft()
            self._bytes -= good.nbytes
            if number < len(good):
                self._held.appendleft(good.slice(number))
                self._bytes += self._held[0].nbytes
                good = good.slice(0, number)
            self._rows -= len(good)
            number -= len(good)
            yield good
            self._find_front()

    def _find_front(self) -> None:
        """Sees to it that there are records in front, and not bad ones alone."""
        while True:
            while self._held and not len(self._held[0]):
                bad = self._held.popleft()
                self._bytes -= bad.nbytes
                self._set_aside(bad.all())
            if self._held or not self._pull():
                return


class TolerantReads(OpenReads):
    """A FASTQ source being read, which leaves out what is not FASTQ, and lone mates.

    `chunks` yields batches that are parsed already.
    """

    def __init__(self, source: FastqSource, inputs: Inputs, run: Run, set_aside: SetAside) -> None:
        super().__init__(source, inputs, run)
        self._set_aside = set_aside
        self._told = False
        self._first_names = FirstNames(run.warn)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The quarantine, if there is one."""
        quarantine = self._source.quarantine
        return () if quarantine is None else (os.fspath(quarantine),)

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
        size = held_text = chunk_bytes(self._run)
        if self._source.quality_encoding == "auto":
            held_text = max(size, SAMPLE_BYTES)
        for lane in self._inputs.lanes():
            records = [
                TolerantReader(
                    TextReader(reader, held_text, self._source.max_record_bytes),
                    self._source,
                    self._run,
                ).records()
                for reader in lane
            ]
            if self._source.paired:
                most = self._run.memory // 8
                held = tuple(_Records(each, most, self._set_aside) for each in records)
                separator = look_at_mates([each.look(_FEWEST) for each in held])
                if len(held) == 2:
                    batches = self._in_step(*held, separator)
                else:
                    batches = self._adjacent(held[0], separator)
            else:
                batches = self._all(records[0])
            for batch in _merged(batches, size):
                yield fitted(batch, self._schema)

    def _all(self, records: Iterator[GoodRecords]) -> Iterator[pa.RecordBatch]:
        looked = False
        for good in records:
            self._set_aside(good.bad())
            if not len(good):
                continue
            if not looked:
                looked = True
                text = good.lines.text
                self._first_names.note(text.file, first_names(text, min(SHOWING, len(good))))
            yield good.batch

    def _in_step(
        self, first: _Records, second: _Records, separator: Separator
    ) -> Iterator[pa.RecordBatch]:
        """Pairs the records of two files by name, and leaves out those without a mate."""
        step = _MOST
        while first.front is not None and second.front is not None:
            count = min(len(first.front), len(second.front), step)
            ones = first.front.batch.slice(0, count)
            twos = second.front.batch.slice(0, count)
            mates = match_names(ones, twos, separator)
            if mates:
                yield _alternate(ones.slice(0, mates), twos.slice(0, mates))
                first.keep(mates)
                second.keep(mates)
            step = min(2 * step, _MOST) if mates == count else _FEWEST
            if mates < count:
                lone_ones, lone_twos = _lone(first, second, separator)
                self._leave_out(first.leave_out(lone_ones))
                self._leave_out(second.leave_out(lone_twos))
        first.check()
        second.check()
        for rest in (first, second):
            while rest.front is not None:
                self._leave_out(rest.leave_out(len(rest.front)))
            rest.check()

    def _adjacent(self, records: _Records, separator: Separator) -> Iterator[pa.RecordBatch]:
        """Pairs neighbours by name, and leaves out those without a mate."""
        waiting: GoodRecords | None = None
        step = _MOST
        for good in records.rest():
            held = good
            if not len(held):
                self._set_aside(held.all())
                continue
            if waiting is not None:
                if match_names(waiting.batch, held.batch.slice(0, 1), separator):
                    self._set_aside(waiting.bad() + held.slice(0, 1).bad())
                    yield _alternate(waiting.batch, held.batch.slice(0, 1))
                    held = held.slice(1)
                else:
                    self._set_aside(waiting.all())
                    self._leave_out([waiting])
                waiting = None
            while len(held) > 1:
                count = min(len(held) // 2, step)
                evens = np.arange(0, 2 * count, 2)
                ones, twos = (held.batch.take(pa.array(rows)) for rows in (evens, evens + 1))
                pairs = match_names(ones, twos, separator)
                if pairs:
                    self._set_aside(held.slice(0, 2 * pairs).bad())
                    yield _with_mates(held.batch.slice(0, 2 * pairs))
                    held = held.slice(2 * pairs)
                step = min(2 * step, _MOST) if pairs == count else _FEWEST
                if pairs < count:
                    self._set_aside(held.slice(0, 1).all())
                    self._leave_out([held.slice(0, 1)])
                    held = held.slice(1)
            if len(held):
                waiting = held
        if waiting is not None:
            self._set_aside(waiting.all())
            self._leave_out([waiting])

    def _leave_out(self, pieces: Iterable[GoodRecords]) -> None:
        for good in pieces:
            if not self._told:
                self._told = True
                name = show(good.batch.column("name")[0].as_py().encode(), LONGEST_NAME)
                self._run.warn(
                    "left out reads without their mate, of which this is the first:"
                    f" {good.lines.text.file}: {name}"
                )
            self._run.count(LONE_MATES, len(good))


def _lone(first: _Records, second: _Records, separator: Separator) -> tuple[int, int]:
    """Finds how many records of each file to leave out up to the next two that are mates.

    Looks ever farther ahead, up to 65,536 records of each, and takes the fewest in all; all of
    them where no two are mates.
    """
    reach = _FEWEST
    while True:
        ones, twos = (named_reads(each.look(reach)) for each in (first, second))
        lone = next_mates(ones, twos, separator)
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
    """Merges batches until they hold at least half of so many bytes, or have many rows."""
    held: list[pa.RecordBatch] = []
    nbytes = rows = 0
    coming = UntilError(batches)
    for batch in coming:
        held.append(batch)
        nbytes += batch.nbytes
        rows += batch.num_rows
        if nbytes >= size // 2 or rows >= _MOST or len(held) == 1024:
            yield pa.concat_batches(held)
            held, nbytes, rows = [], 0, 0
    if held:
        yield pa.concat_batches(held)
    coming.check()


@contextmanager
def tolerant_reads(source: FastqSource, inputs: Inputs, run: Run) -> Iterator[TolerantReads]:
    """Opens the quarantine, if there is one; it gets its name when the run ends well.

    Raises:
        SinkError: The quarantine is an input, which it would replace, or cannot be written.
    """
    opened: AbstractContextManager[SetAside] = nullcontext(_forget)
    if source.quarantine is not None:
        path = os.fspath(source.quarantine)
        check_outputs(source.inputs, [Output(path, "the quarantine")])
        opened = text_file(path)
    with opened as set_aside:
        yield TolerantReads(source, inputs, run, set_aside)


def _forget(data: bytes) -> None:
    """Skips what is left out."""
