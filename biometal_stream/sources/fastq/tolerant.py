"""A source of FASTQ with bad records: skips them, and orphans."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from biometal_stream.atomic import Output, check_outputs
from biometal_stream.budget import budget_of
from biometal_stream.endings import UntilError
from biometal_stream.mates.names import SHOWING
from biometal_stream.schemas.reads import index_columns
from biometal_stream.sinks.compressed import text_file
from biometal_stream.sources.fastq.ahead import RecordsAhead, SetAside
from biometal_stream.sources.fastq.good_mates import look_at_index, look_at_mates
from biometal_stream.sources.fastq.good_records import GoodRecords, TolerantReader
from biometal_stream.sources.fastq.index_reads import INDEX_PARTS, repeated
from biometal_stream.sources.fastq.kernels.mating import pair_neighbours
from biometal_stream.sources.fastq.matching import (
    index_codes,
    match_index,
    match_names,
    mate_codes,
)
from biometal_stream.sources.fastq.quality_encoding import SAMPLE_BYTES
from biometal_stream.sources.fastq.text_reader import RecordTextReader
from biometal_stream.sources.fastq.together import Together, paired
from biometal_stream.sources.lanes import OpenReads
from biometal_stream.sources.text.arrays import fitted
from biometal_stream.sources.text.columns import MATE_MARK
from biometal_stream.sources.text.first_names import FirstNames
from biometal_stream.sources.text.mispaired import first_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Run
    from biometal_stream.mates.names import Separator
    from biometal_stream.sources.fastq.files import FastqFiles
    from biometal_stream.sources.lanes import Inputs

ORPHANS = "reads without their mate"
"""The counter of good records that were skipped since their mate is bad or missing."""

Codes: TypeAlias = Callable[
    [pa.RecordBatch, pa.RecordBatch, "Separator"],
    tuple["NDArray[np.int32]", "NDArray[np.int32]", int],
]
"""Numbers the names of the reads of two files, as `mate_codes` does."""

_PAIR = 2
_MOST = 1 << 16
_FEWEST = 256
"""Records of each file to look at first if a read has no mate; then more."""
_WINDOW = 1 << 13
_FIRST = 64
"""The records of each file that show what marks mates, and whether the order is right."""


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
        self._index_columns = index_columns(files.indexes)
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
                    columns,
                ).records()
                for reader, columns in zip(lane, self._parsed_columns(), strict=True)
            ]
            for batch in _merged(self._brought_together(records), size):
                yield fitted(batch, self._schema)

    def _parsed_columns(self) -> Iterator[tuple[str, ...]]:
        """The columns to parse of each file."""
        for _ in range(self._files.reads):
            yield self._files.parsed_columns
        for names in self._index_columns:
            wanted = zip(names, INDEX_PARTS, strict=True)
            yield ("name", *(part for name, part in wanted if name in self._schema.names))

    def _brought_together(self, records: list[Iterator[GoodRecords]]) -> Iterator[pa.RecordBatch]:
        """The good records of the files of a lane, with their mates and index reads."""
        if len(records) == 1 and not self._files.paired:
            return self._all(records[0])
        most = budget_of(self._run).held
        held = [RecordsAhead(each, most, self._set_aside) for each in records]
        looked = [each.look(_FIRST) for each in held]
        reads, index = looked[: self._files.reads], looked[self._files.reads :]
        separator: Separator = look_at_mates(reads) if self._files.paired else "/"
        look_at_index(reads[0], index)
        if len(held) == 1:
            return self._adjacent(held[0], separator)
        return self._in_step(held, separator)

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

    def _in_step(self, files: list[RecordsAhead], separator: Separator) -> Iterator[pa.RecordBatch]:
        """Brings the records of files together by name, and skips those that one file lacks."""
        step, reach = _MOST, _FEWEST
        while all(file.front is not None for file in files):
            count = min(step, *(len(file.front) for file in files if file.front is not None))
            batches = [file.front.batch.slice(0, count) for file in files if file.front is not None]
            alike = self._alike(batches, separator)
            if alike:
                yield self._joined([batch.slice(0, alike) for batch in batches])
                for file in files:
                    file.take(alike)
            step = min(2 * step, _MOST) if alike == count else _FEWEST
            if alike < count:
                yield from self._bring_together(files, separator, reach)
                reach = min(2 * reach, _WINDOW)
        for file in files:
            file.check()
        for rest in files:
            while rest.front is not None:
                self._leave_out(rest, len(rest.front), np.empty(0, np.int64))
            rest.check()

    def _alike(self, batches: list[pa.RecordBatch], separator: Separator) -> int:
        """Counts the rows before the first whose records do not belong together."""
        reads = self._files.reads
        mates = match_names(batches[0], batches[1], separator) if reads > 1 else _MOST
        index = (match_index(batches[0], batch, separator) for batch in batches[reads:])
        return min(mates, *index) if self._index_columns else mates

    def _bring_together(
        self, files: list[RecordsAhead], separator: Separator, reach: int
    ) -> Iterator[pa.RecordBatch]:
        """Brings some records of files together whose next ones do not belong together.

        Reads farther and farther ahead, up to 65,536 records of each, and skips as few as possible
        up to the next ones that do; all of them if none do.
        """
        while True:
            looked = [file.look(reach) for file in files]
            names = [_names(records) for records in looked]
            last = reach >= _MOST or max(map(len, names)) < reach
            ends = [
                last or file.shows_all(len(each)) for file, each in zip(files, names, strict=True)
            ]
            found = [
                paired(codes(names[0], other, separator), ends[0], end)
                for codes, other, end in zip(self._codes(), names[1:], ends[1:], strict=True)
            ]
            together = Together.of(found)
            if any(together.done):
                break
            reach = min(4 * reach, _MOST)
        if len(together.rows[0]):
            chosen = zip(looked, together.rows, strict=True)
            yield self._joined([_chosen(records, rows) for records, rows in chosen])
        for file, done, rows in zip(files, together.done, together.rows, strict=True):
            self._leave_out(file, done, rows)

    def _codes(self) -> list[Codes]:
        """How each file but the first is compared with it."""
        mates: list[Codes] = [mate_codes] if self._files.reads > 1 else []
        return [*mates, *([index_codes] * len(self._index_columns))]

    def _joined(self, batches: list[pa.RecordBatch]) -> pa.RecordBatch:
        """The rows of records that belong together."""
        reads = self._files.reads
        batch = _alternate(*batches[:reads]) if reads > 1 else batches[0]
        for names, index in zip(self._index_columns, batches[reads:], strict=True):
            for name, part in zip(names, INDEX_PARTS, strict=True):
                if part in index.schema.names:
                    batch = batch.append_column(name, repeated(index.column(part), reads))
        return batch

    def _adjacent(self, records: RecordsAhead, separator: Separator) -> Iterator[pa.RecordBatch]:
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

    def _leave_out(self, records: RecordsAhead, number: int, kept: NDArray[np.int64]) -> None:
        """Takes records, and skips those that are not kept."""
        orphan = records.take(number, kept)
        if orphan is None:
            return
        if not self._told:
            self._told = True
            lacking = "mate or index read" if self._index_columns else "mate"
            self._run.warn(f"reads without their {lacking} are left out; the first: {orphan}")
        self._run.count(ORPHANS, number - len(kept))


def _merge(records: list[GoodRecords]) -> pa.RecordBatch:
    return pa.concat_batches([good.batch for good in records])


def _names(records: list[GoodRecords]) -> pa.RecordBatch:
    """The names and marks, which decide which reads are mates, without the rest."""
    columns = ("name", MATE_MARK)
    return pa.concat_batches(
        [
            good.batch.select([name for name in columns if name in good.batch.schema.names])
            for good in records
        ]
    )


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
