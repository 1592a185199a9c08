"""Reads FASTQ that must be valid: cut by one thread, parsed by all workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from biometal_stream.budget import budget_of
from biometal_stream.errors import RecordTooLongError
from biometal_stream.schemas.reads import index_columns
from biometal_stream.sources.fastq.diagnose import leftover
from biometal_stream.sources.fastq.index_reads import parse_index
from biometal_stream.sources.fastq.learning import LaneLearner, Learnt
from biometal_stream.sources.fastq.parse import parse
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.fastq.text import LINES_PER_RECORD, Lines, RecordText, check_longest
from biometal_stream.sources.text.reads import TextReads, check_mates_left

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.codecs import ByteReader
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq.files import FastqFiles
    from biometal_stream.sources.lanes import Inputs


class FastqChunk(NamedTuple):
    """Whole records of one file, or the same number from each of the files in step.

    Attributes:
        texts: One text of each file: reads, mates, index reads.
        learnt: How to read them.
    """

    texts: tuple[RecordText, ...]
    learnt: Learnt


class StrictReads(TextReads[FastqChunk, RecordReader]):
    """A FASTQ source being read, which stops at the first bad record."""

    _learnt: Learnt | None = None
    """What is known about the lane before it is read."""

    def __init__(self, files: FastqFiles, inputs: Inputs, run: Run) -> None:
        super().__init__(files, inputs, run)
        self._files = files
        self._reads = files.reads
        self._index_columns = index_columns(files.indexes)
        self._learner = LaneLearner(files, run)

    def _reader(self, reader: ByteReader) -> RecordReader:
        return RecordReader(reader, budget_of(self._run).chunk, self._limit, self._unit, self._run)

    def _cut(self, readers: list[RecordReader]) -> Iterator[FastqChunk]:
        learnt = self._learnt
        fewest, nbytes = (self._learner.records, self._learner.nbytes) if learnt is None else (1, 0)
        while records := self._filled(readers, fewest, nbytes):
            texts = tuple([reader.take(records) for reader in readers])
            if learnt is None:
                learnt = self._learner.learn(texts)
                fewest, nbytes = 1, 0
            yield FastqChunk(texts, learnt)
            del texts  # the next one may take long
        for reader in readers:
            rest = reader.rest()
            if rest is not None:
                raise leftover(rest)
        check_mates_left(readers, self._reads)

    def _parse(self, chunk: FastqChunk) -> pa.RecordBatch:
        files = [Lines.counted(each, each.records * LINES_PER_RECORD) for each in chunk.texts]
        texts, indexes = tuple(files[: self._reads]), files[self._reads :]
        parsed = parse(texts, chunk.learnt.encoding, self._columns, self._files.bases)
        faults = list(self._too_long(texts))
        if parsed.error is not None:
            faults.append((parsed.records, parsed.error))
        for lines, names in zip(indexes, self._index_columns, strict=True):
            index = parse_index(
                lines, names, chunk.learnt.encoding, self._schema, self._files.bases
            )
            faults += (
                (record * self._reads, error)
                for record, error in index.faults(
                    texts[0], parsed, self._reads, chunk.learnt.separator
                )
            )
            faults += ((row * self._reads, error) for row, error in self._too_long((lines,)))
            parsed.columns.update(index.columns(self._reads))
        return self._delivered(texts, parsed, chunk.learnt.separator, faults)

    def _too_long(self, texts: tuple[Lines, ...]) -> Iterator[tuple[int, Exception]]:
        """The first record of each text that is longer than the limit, by its row."""
        for mate, lines in enumerate(texts):
            try:
                check_longest(lines, self._limit)
            except RecordTooLongError as error:
                record = error.location.record - 1 - lines.text.first_record
                yield record * len(texts) + mate, error
