"""Reads a partition of a FASTQ file, with the same errors as reading the whole file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from biometal_stream.budget import budget_of
from biometal_stream.sources.fastq.format import FORMAT
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.fastq.strict import FastqChunk, StrictReads
from biometal_stream.sources.text.partition_reads import TextPartitionReads

if TYPE_CHECKING:
    from biometal_stream.codecs import ByteReader
    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq.files import FastqFiles
    from biometal_stream.sources.fastq.learning import Learnt
    from biometal_stream.sources.lanes import Inputs


class PartitionReads(TextPartitionReads[FastqChunk, RecordReader], StrictReads):
    """A partition of one FASTQ file, or of two with mates, being read.

    Args:
        files: The options, as for the whole.
        ranges: The ranges of the files to read.
        learnt: What the first records of the files show.
        inputs: The files.
        run: As for any source.
    """

    _format = FORMAT

    def __init__(
        self,
        files: FastqFiles,
        ranges: tuple[FileRange, ...],
        learnt: Learnt,
        inputs: Inputs,
        run: Run,
    ) -> None:
        super().__init__(files, inputs, run)
        self._learnt = learnt
        self.divide(ranges)

    def _reader(self, reader: ByteReader) -> RecordReader:
        ends = self._ranges[0].stop is None
        size = budget_of(self._run).chunk
        return RecordReader(reader, size, self._limit, self._unit, self._run, ends=ends)

    def _whole(self, inputs: Inputs, run: Run) -> Any:
        return StrictReads(self._files.project(frozenset()), inputs, run)
