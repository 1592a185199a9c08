"""Reads FASTQ that must be right: cut by one thread, parsed by all workers."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import PairError, RecordTooLongError
from biometal_stream.interfaces import GoodRows
from biometal_stream.mates.kernels import first_mispaired
from biometal_stream.sources.fastq.diagnose import leftover
from biometal_stream.sources.fastq.learning import LaneLearner, Learnt
from biometal_stream.sources.fastq.parse import Parsed, parse, to_batch
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.fastq.text import (
    LINES_PER_RECORD,
    Lines,
    RecordText,
    check_longest,
)
from biometal_stream.sources.lanes import OpenReads
from biometal_stream.sources.text.mispaired import mispaired, same_mates
from biometal_stream.sources.text.segments import chunk_bytes
from biometal_stream.sources.text.shown import header_at, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.codecs import ByteReader
    from biometal_stream.interfaces import Run
    from biometal_stream.mates.names import Separator
    from biometal_stream.sources.fastq.files import FastqFiles
    from biometal_stream.sources.lanes import Inputs
    from biometal_stream.sources.text.mispaired import Record


@dataclass(frozen=True)
class FastqChunk:
    """Whole records of one file, or as many of each of two files with mates.

    Attributes:
        texts: One, or two.
        learnt: How to read them.
    """

    texts: tuple[RecordText, ...]
    learnt: Learnt


class StrictReads(OpenReads):
    """A FASTQ source being read, which stops at the first record that is not FASTQ.

    `chunks` belongs to one thread, `parse` to all.
    """

    _learnt: Learnt | None = None
    """What is known of the lane before it is read."""

    def __init__(self, files: FastqFiles, inputs: Inputs, run: Run) -> None:
        super().__init__(inputs)
        self._files = files
        self._schema = files.schema
        self._run = run
        self._unit = 2 if files.interleaved else 1
        self._columns = files.parsed_columns
        self._learner = LaneLearner(files, run)

    @property
    def outputs(self) -> tuple[str, ...]:
        """None: bad records are errors."""
        return ()

    def weight(self, chunk: FastqChunk, /) -> int:
        """The bytes of a chunk's text."""
        return sum(text.bytes.nbytes for text in chunk.texts)

    def location(self, chunk: FastqChunk, /) -> str:
        """The records of a chunk, by their numbers in their file."""
        text = chunk.texts[0]
        first, last = text.first_record + 1, text.first_record + text.records
        return f"records {first:,} to {last:,} of {' and '.join(t.file for t in chunk.texts)}"

    def chunks(self) -> Iterator[FastqChunk]:
        """Cuts each lane, with its mates in step."""
        for lane in self._inputs.lanes():
            with ExitStack() as stack:
                readers = [self._reader(reader) for reader in lane]
                for reader in readers:
                    stack.callback(reader.close)
                yield from self._cut(readers)

    def _reader(self, reader: ByteReader) -> RecordReader:
        size, limit = chunk_bytes(self._run), self._files.max_record_bytes
        return RecordReader(reader, size, limit, self._unit, self._run)

    def _cut(self, readers: list[RecordReader]) -> Iterator[FastqChunk]:
        learnt = self._learnt
        fewest, nbytes = (self._learner.records, self._learner.nbytes) if learnt is None else (1, 0)
        while records := self._filled(readers, fewest, nbytes):
            texts = tuple(reader.take(records) for reader in readers)
            if learnt is None:
                learnt = self._learner.learn(texts)
                fewest, nbytes = 1, 0
            yield FastqChunk(texts, learnt)
            del texts  # the next may be long in coming
        _check_ends(readers)

    def _filled(self, readers: list[RecordReader], fewest: int, nbytes: int) -> int:
        """Records to take of each reader: as many as asked for, and more, unless one ends."""
        return min(reader.fill(fewest, nbytes) for reader in readers) // self._unit * self._unit

    def parse(self, chunk: FastqChunk, /) -> pa.RecordBatch:
        """Parses a chunk.

        Raises:
            GoodRows: A record is bad, longer than the limit, or not the mate of its neighbour.
                The records before it are good, and of pairs whole pairs.
        """
        texts = tuple(Lines.counted(text, text.records * LINES_PER_RECORD) for text in chunk.texts)
        parsed = parse(texts, chunk.learnt.encoding, self._columns)
        fault = self._first_fault(texts, parsed, chunk.learnt.separator)
        if fault is None:
            return to_batch(parsed, self._schema)
        row, error = fault
        unit = 2 if self._files.paired else 1
        raise GoodRows(to_batch(parsed.before(row // unit * unit), self._schema), error)

    def _first_fault(
        self, texts: tuple[Lines, ...], parsed: Parsed, separator: Separator
    ) -> tuple[int, Exception] | None:
        """The first row that is not to be delivered, and what is wrong with it."""
        faults: list[tuple[int, Exception]] = []
        for mate, lines in enumerate(texts):
            try:
                check_longest(lines, self._files.max_record_bytes)
            except RecordTooLongError as error:
                record = error.location.record - 1 - lines.text.first_record
                faults.append((record * len(texts) + mate, error))
        if self._files.paired:
            faults += self._first_mispaired(texts, parsed, separator)
        if parsed.error is not None:
            faults.append((parsed.records, parsed.error))
        return min(faults, key=lambda fault: fault[0], default=None)

    def _first_mispaired(
        self, texts: tuple[Lines, ...], parsed: Parsed, separator: Separator
    ) -> Iterator[tuple[int, Exception]]:
        def record(row: int) -> Record:
            return texts[row % len(texts)], row // len(texts)

        even = parsed.records // 2 * 2
        names = parsed.name_offsets, parsed.names, parsed.marks
        row = int(first_mispaired(*names, np.uint8(ord(separator)), np.uint64(even)))
        if row < even:
            yield row, mispaired(record(row), record(row + 1), separator)
        if texts[0].text.first:
            ones, twos = (map(record, range(mate, even, 2)) for mate in (0, 1))
            error = same_mates(ones, twos, adjacent=len(texts) == 1)
            if error is not None:
                yield 0, error


def _check_ends(readers: list[RecordReader]) -> None:
    """Checks that all files of a lane are read to their end.

    Raises:
        FastqError: One ends within a record.
        PairError: One has records left.
    """
    for reader in readers:
        rest = reader.rest()
        if rest is not None:
            raise leftover(rest)
    for reader in readers:
        if not reader.fill():
            continue
        text = reader.take(1)
        read = show(header_at(text, text.start))
        others = [other for other in readers if other is not reader]
        if others:
            reason = f"{read} has no mate: {others[0].file} ends after {others[0].taken:,} records"
        else:
            reason = f"{read} has no mate: interleaved input ends after an odd number of records"
        raise PairError(text.location(0, text.start), reason)
