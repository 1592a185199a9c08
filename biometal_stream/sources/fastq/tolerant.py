"""A source of FASTQ with bad records: skips them, and orphans."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from biometal_stream.atomic import Output, check_outputs
from biometal_stream.budget import budget_of
from biometal_stream.endings import UntilError
from biometal_stream.mates.names import SHOWING
from biometal_stream.sinks.compressed import text_file
from biometal_stream.sources.fastq.good_mates import look_at_mates
from biometal_stream.sources.fastq.good_records import GoodRecords, TolerantReader
from biometal_stream.sources.fastq.kernels.mating import pair_neighbours, pair_up
from biometal_stream.sources.fastq.matching import match_names, mate_codes
from biometal_stream.sources.fastq.quality_encoding import SAMPLE_BYTES
from biometal_stream.sources.fastq.text_reader import RecordTextReader
from biometal_stream.sources.lanes import OpenReads
from biometal_stream.sources.text.arrays import fitted
from biometal_stream.sources.text.columns import MATE_MARK
from biometal_stream.sources.text.first_names import FirstNames
from biometal_stream.sources.text.mispaired import first_names
from biometal_stream.sources.text.shown import LONGEST_NAME, show

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Run
    from biometal_stream.mates.names import Separator
    from biometal_stream.sources.fastq.files import FastqFiles
    from biometal_stream.sources.lanes import Inputs

ORPHANS = "reads without their mate"
"""The counter of good records that were skipped since their mate is bad or missing."""

SetAside: TypeAlias = Callable[[bytes], None]
"""Takes the raw bytes of what is skipped."""

_PAIR = 2
_MOST = 1 << 16
_FEWEST = 256
"""Records of each file to look at first if a read has no mate; then more."""
_WINDOW = 1 << 13
_FIRST = 64
"""The records of each file that show what marks mates, and whether the order is right."""


class _Records:
    """The good records of one file; some can be read ahead.

    Args:
        records: The records in order.
        most_bytes: The most bytes to hold ahead, except for the last records.
        set_aside: Takes what is bad, once everything before it has been taken.
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
        self.ended = False
        self._find_front()

    def _pull(self) -> bool:
        good = next(self._records, None)
        if good is None:
            self.ended = True
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
        """Raises the error that ended the records, once all of them have been taken."""
        if not self._held:
            self._records.check()

    def look(self, number: int) -> list[GoodRecords]:
        """The next records, this many; fewer at the end, or if they are long."""
        while self._rows < number and (self._rows < _PAIR or self._bytes < self._most_bytes):
            if not self._pull():
                break
        found: list[GoodRecords] = []
        for good in self._held:
            found.append(good.slice(0, min(number, len(good))))
            number -= len(found[-1])
            if not number:
                break
        return found

    def shows_all(self, rows: int) -> bool:
        """Whether only this many records are left."""
        return self.ended and rows == self._rows

    def take(self, number: int, kept: NDArray[np.int64] | None = None) -> str | None:
        """Takes records, and sets aside what is bad or not kept.

        Args:
            number: How many.
            kept: The index of each record to keep, in order; ``None`` for all.

        Returns:
            The location of the first record that is not kept: the file and its name.
        """
        orphan: str | None = None
        done = 0
        while number > done:
            good = self._held.popleft()
            self._bytes -= good.nbytes
            if number - done < len(good):
                self._held.appendleft(good.slice(number - done))
                self._bytes += self._held[0].nbytes
                good = good.slice(0, number - done)
            self._rows -= len(good)
            if kept is not None:
                low, high = np.searchsorted(kept, [done, done + len(good)])
                here = kept[low:high] - done
                if orphan is None and len(here) < len(good):
                    row = int(np.setdiff1d(np.arange(len(good)), here)[0])
                    name = show(good.batch.column("name")[row].as_py().encode(), LONGEST_NAME)
                    orphan = f"{good.lines.text.file}: {name}"
                done += len(good)
                good = replace(good, starts=good.starts[here], stops=good.stops[here])
            else:
                done += len(good)
            self._set_aside(good.bad())
            self._find_front()
        return orphan

    def _find_front(self) -> None:
        """Makes sure that the next segment has records, and not only bad bytes."""
        while True:
            while self._held and not len(self._held[0]):
                bad = self._held.popleft()
                self._bytes -= bad.nbytes
                self._set_aside(bad.all())
            if self._held or not self._pull():
                return


class TolerantReads(OpenReads):
    """A FASTQ source being read, which skips what is not FASTQ, and orphans.

    `chunks` yields batches that are already parsed.
    """

    def __init__(self, files: FastqFiles, inputs: Inputs, run: Run, set_aside: SetAside) -> None:
        super().__init__(inputs)
        self._files = files
        self._schema = files.schema
        self._run = run
        self._set_aside = set_aside
        self._told = False
        self._first_names = FirstNames(run.warn)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The quarantine, if there is one."""
        quarantine = self._files.quarantine
        return () if quarantine is None else (os.fspath(quarantine),)

    def weight(self, chunk: pa.RecordBatch, /) -> int:
        """The bytes of a batch."""
        return int(chunk.nbytes)

    def location(self, chunk: pa.RecordBatch, /) -> str:
        """The number of records in a batch, for messages."""
        return f"a batch of {chunk.num_rows:,} good records"

    def parse(self, chunk: pa.RecordBatch, /) -> pa.RecordBatch:
        """Returns the batch, which is already parsed."""
        return chunk

    def chunks(self) -> Iterator[pa.RecordBatch]:
        """Yields the good records of each lane, merged if bad ones had separated them."""
        size = held_text = budget_of(self._run).chunk
        if self._files.quality_encoding == "auto":
            held_text = max(size, SAMPLE_BYTES)
        for lane in self._inputs.lanes():
            records = [
                TolerantReader(
                    RecordTextReader(reader, held_text, self._files.max_record_bytes),
                    self._files,
                    self._run,
                ).records()
                for reader in lane
            ]
            if self._files.paired:
                most = budget_of(self._run).held
                held = [_Records(each, most, self._set_aside) for each in records]
                separator = look_at_mates([each.look(_FIRST) for each in held])
                if len(held) > 1:
                    batches = self._in_step(held[0], held[1], separator)
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
        """Pairs the records of two files by name, and skips those without a mate."""
        step, reach = _MOST, _FEWEST
        while first.front is not None and second.front is not None:
            count = min(len(first.front), len(second.front), step)
            ones = first.front.batch.slice(0, count)
            twos = second.front.batch.slice(0, count)
            mates = match_names(ones, twos, separator)
            if mates:
                yield _alternate(ones.slice(0, mates), twos.slice(0, mates))
                first.take(mates)
                second.take(mates)
            step = min(2 * step, _MOST) if mates == count else _FEWEST
            if mates < count:
                yield from self._bring_together(first, second, separator, reach)
                reach = min(2 * reach, _WINDOW)
        first.check()
        second.check()
        for rest in (first, second):
            while rest.front is not None:
                self._leave_out(rest, len(rest.front), np.empty(0, np.int64))
            rest.check()

    def _bring_together(
        self, first: _Records, second: _Records, separator: Separator, reach: int
    ) -> Iterator[pa.RecordBatch]:
        """Pairs some records of two files whose next two are not mates.

        Reads farther and farther ahead, up to 65,536 records of each, and skips as few as possible
        up to the next two that are mates; all of them if no two are.
        """
        while True:
            ones, twos = first.look(reach), second.look(reach)
            codes, other_codes, number = mate_codes(_names(ones), _names(twos), separator)
            last = reach >= _MOST or max(len(codes), len(other_codes)) < reach
            rows = np.empty(min(len(codes), len(other_codes)), np.int64)
            other_rows = np.empty_like(rows)
            pairs, done, other_done = pair_up(
                codes,
                other_codes,
                np.full(number, -1, np.int32),
                np.empty(len(other_codes), np.int32),
                last or first.shows_all(len(codes)),
                last or second.shows_all(len(other_codes)),
                rows,
                other_rows,
            )
            if done or other_done:
                break
            reach = min(4 * reach, _MOST)
        rows, other_rows = rows[: int(pairs)], other_rows[: int(pairs)]
        if len(rows):
            yield _alternate(_chosen(ones, rows), _chosen(twos, other_rows))
        self._leave_out(first, int(done), rows)
        self._leave_out(second, int(other_done), other_rows)

    def _adjacent(self, records: _Records, separator: Separator) -> Iterator[pa.RecordBatch]:
        """Pairs neighbours by name, and skips those without a mate."""
        while records.front is not None:
            looked = records.look(_WINDOW)
            reads, names = _merge(looked), _names(looked)
            number = len(reads) // _PAIR
            ones, twos = (
                names.take(pa.array(np.arange(mate, _PAIR * number, _PAIR))) for mate in (0, 1)
            )
            if number and match_names(ones, twos, separator) == number:
                yield _with_mates(reads.slice(0, _PAIR * number))
                records.take(_PAIR * number)
                continue
            codes, own_codes, _ = mate_codes(names, names, separator)
            rows = np.empty(number, np.int64)
            pairs, done = (int(each) for each in pair_neighbours(codes, own_codes, rows))
            rows = rows[:pairs]
            if pairs:
                yield _alternate(reads.take(pa.array(rows)), reads.take(pa.array(rows + 1)))
            if records.shows_all(len(reads)):
                done = len(reads)
            self._leave_out(records, done, np.sort(np.concatenate([rows, rows + 1])))
        records.check()

    def _leave_out(self, records: _Records, number: int, kept: NDArray[np.int64]) -> None:
        """Takes records, and skips those that are not kept."""
        orphan = records.take(number, kept)
        if orphan is None:
            return
        if not self._told:
            self._told = True
            self._run.warn(f"reads without their mate are left out; the first: {orphan}")
        self._run.count(ORPHANS, number - len(kept))


def _merge(records: list[GoodRecords]) -> pa.RecordBatch:
    return pa.concat_batches([good.batch for good in records])


def _names(records: list[GoodRecords]) -> pa.RecordBatch:
    """The names and marks, which decide which reads are mates, without the rest."""
    return pa.concat_batches([good.batch.select(["name", MATE_MARK]) for good in records])


def _chosen(records: list[GoodRecords], rows: NDArray[np.int64]) -> pa.RecordBatch:
    return _merge(records).take(pa.array(rows))


def _alternate(ones: pa.RecordBatch, twos: pa.RecordBatch) -> pa.RecordBatch:
    rows = ones.num_rows
    order = np.arange(2 * rows).reshape(2, rows).T.ravel()
    both = pa.concat_batches([ones, twos])
    return _with_mates(both.take(pa.array(order)))


def _with_mates(batch: pa.RecordBatch) -> pa.RecordBatch:
    mates = np.tile(np.array([1, 2], np.int8), batch.num_rows // 2)
    return batch.append_column("mate", pa.array(mates))


def _merged(batches: Iterator[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """Merges batches until they hold at least half of this many bytes, or have many rows."""
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
def tolerant_reads(files: FastqFiles, inputs: Inputs, run: Run) -> Iterator[TolerantReads]:
    """Opens the quarantine, if there is one; it is renamed when the run succeeds.

    Raises:
        SinkError: The quarantine is an input, which it would replace, or cannot be written.
    """
    opened: AbstractContextManager[SetAside] = nullcontext(_forget)
    if files.quarantine is not None:
        path = os.fspath(files.quarantine)
        check_outputs(files.inputs, [Output(path, "the quarantine")])
        opened = text_file(path)
    with opened as set_aside:
        yield TolerantReads(files, inputs, run, set_aside)


def _forget(data: bytes) -> None:
    """Ignores what is skipped."""
