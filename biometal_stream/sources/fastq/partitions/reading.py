"""Reads a part of a FASTQ file, and says of what is wrong what reading the whole would say."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from biometal_stream.codecs.detect import ForeignInputError
from biometal_stream.errors import (
    BiometalError,
    CompressedInputError,
    FastqError,
    InputError,
    PairError,
)
from biometal_stream.interfaces import GoodRows
from biometal_stream.run import LEAST_MEMORY, LocalRun
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.fastq.source import batches_of
from biometal_stream.sources.fastq.strict import FastqChunk, StrictReads, chunk_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.codecs import ByteReader
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq.pairs import Separator
    from biometal_stream.sources.fastq.parse import Lines
    from biometal_stream.sources.fastq.partitions.source import FastqPartition
    from biometal_stream.sources.fastq.quality_encoding import QualityEncoding
    from biometal_stream.sources.fastq.records import RecordText
    from biometal_stream.sources.lanes import Inputs


class PartitionReads(StrictReads):
    """A part of one file, or of two with mates, being read.

    A part knows neither how many records come before it nor, where something is wrong, what may
    have caused it there. So on an error the files are read from their start, in one thread, up
    to what is wrong with them, which then is the error. It costs what reading so much of the
    files costs, and memory for a few chunks.
    """

    def __init__(self, split: FastqPartition, inputs: Inputs, run: Run) -> None:
        super().__init__(split.source, inputs, run)
        self._split = split
        self._ends = split.ranges[0].stop is None
        self._lock = threading.Lock()
        self._cause: Exception | None = None
        self._interrupted = False

    def location(self, chunk: FastqChunk, /) -> str:
        """The records of a chunk, by their numbers in the part."""
        first = " and ".join(f"{part.first_byte:,} of {part.name}" for part in self._split.ranges)
        text = chunk.texts[0]
        numbers = f"{text.first_record + 1:,} to {text.first_record + text.records:,}"
        return f"records {numbers} of the part from byte {first}"

    def chunks(self) -> Iterator[FastqChunk]:
        """Cuts the part, with its mates in step."""
        for what, number in self._split.counts:
            self._run.count(what, number)
        try:
            yield from super().chunks()
        except (FastqError, CompressedInputError, ForeignInputError) as error:
            raise self._cause_of(error) from None

    def parse(self, chunk: FastqChunk, /) -> pa.RecordBatch:
        """Parses a chunk.

        Raises:
            GoodRows: Something is wrong with the files up to here.
        """
        try:
            return super().parse(chunk)
        except GoodRows as good:
            raise GoodRows(good.batch, self._cause_of(good.error)) from None

    def _reader(self, reader: ByteReader) -> RecordReader:
        size, limit = chunk_bytes(self._run), self._source.max_record_bytes
        return RecordReader(reader, size, limit, self._unit, self._run, ends=self._ends)

    def _encoding(self, texts: tuple[RecordText, ...]) -> QualityEncoding:  # noqa: ARG002 - as above
        assert self._split.encoding is not None
        return self._split.encoding

    def _separator(self, texts: tuple[RecordText, ...]) -> Separator:  # noqa: ARG002 - as above
        return self._split.separator

    def _look_at_start(self, texts: tuple[Lines, ...]) -> None:
        """The start of the file was looked at when it was divided."""

    def interrupt(self) -> None:
        """Ends a read that waits, and the search for an error's cause."""
        self._interrupted = True
        super().interrupt()

    def _cause_of(self, error: Exception) -> Exception:
        with self._lock:
            if self._cause is None:
                self._cause = self._find_cause(error)
            return self._cause

    def _find_cause(self, error: Exception) -> Exception:
        """Reads the files from their start up to what is wrong with them."""
        whole = replace(
            self._split,
            source=self._source.project(frozenset()),
            ranges=tuple(
                replace(part, start=None, stop=None, codec=None) for part in self._split.ranges
            ),
        )
        try:
            # Messages depend on how far they can look ahead: chunks are as large as in this run.
            memory = max(LEAST_MEMORY, 16 * chunk_bytes(self._run))
            with LocalRun(1, memory) as run, whole.open(run) as reads:
                batches = batches_of(reads)
                while not self._interrupted and next(batches, None) is not None:
                    pass
        except BiometalError as cause:
            return cause
        if self._interrupted:
            return error
        files = " and ".join(part.name for part in whole.ranges)
        if isinstance(error, PairError):
            return InputError(
                f"{files}: cannot be read in parts, for names of reads repeat, so that mates are"
                " taken for strangers where it was cut; make parts as large as the files"
            )
        return InputError(
            f"{files}: cannot be read in parts ({error}), though it can as a whole; make"
            " parts as large as the files"
        )
