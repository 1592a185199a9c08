"""Reads FASTA: cut by one thread, parsed by all workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.budget import budget_of
from biometal_stream.mates.names import SHOWING
from biometal_stream.sources.fasta.format import FORMAT
from biometal_stream.sources.fasta.parse import parse
from biometal_stream.sources.fasta.records import FastaReader
from biometal_stream.sources.fasta.text import FastaText
from biometal_stream.sources.text.first_names import FirstNames
from biometal_stream.sources.text.mispaired import first_names, seen_separator
from biometal_stream.sources.text.partition_reads import TextPartitionReads
from biometal_stream.sources.text.reads import TextReads, check_mates_left

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.codecs import ByteReader
    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.interfaces import Run
    from biometal_stream.mates.names import Separator
    from biometal_stream.sources.lanes import Inputs
    from biometal_stream.sources.text.files import TextFiles


@dataclass(frozen=True)
class FastaChunk:
    """Whole records of one file, or the same number from each of two files with mates.

    Attributes:
        texts: One text, or two.
        separator: What marks mates, besides the slash.
    """

    texts: tuple[FastaText, ...]
    separator: Separator = "/"


class FastaReads(TextReads[FastaChunk, FastaReader]):
    """A FASTA source being read, which stops at the first bad record."""

    _separator: Separator | None = None
    """What marks mates, if that is known before the lane is read."""

    def __init__(self, files: TextFiles, inputs: Inputs, run: Run) -> None:
        super().__init__(files, inputs, run)
        self._first_names = FirstNames(run.warn)

    def _reader(self, reader: ByteReader) -> FastaReader:
        return FastaReader(reader, budget_of(self._run).chunk, self._limit, self._unit, self._run)

    def _cut(self, readers: list[FastaReader]) -> Iterator[FastaChunk]:
        separator = self._separator
        fewest = 1 if separator is not None else SHOWING * self._unit
        while records := self._filled(readers, fewest, 0):
            texts = tuple(reader.take(records) for reader in readers)
            if separator is None:
                separator, fewest = self._learn(texts), 1
            yield FastaChunk(texts, separator)
            del texts  # the next one may take long
        check_mates_left(readers)

    def _learn(self, texts: tuple[FastaText, ...]) -> Separator:
        if self._paired:
            return seen_separator(texts)
        self._first_names.note(texts[0].file, first_names(texts[0], SHOWING))
        return "/"

    def _parse(self, chunk: FastaChunk) -> pa.RecordBatch:
        parsed = parse(chunk.texts, self._limit, self._columns)
        faults = [] if parsed.error is None else [(parsed.records, parsed.error)]
        return self._delivered(parsed.lines, parsed, chunk.separator, faults)


class FastaPartitionReads(TextPartitionReads[FastaChunk, FastaReader], FastaReads):
    """A partition of one FASTA file being read.

    Args:
        files: The options, as for the whole.
        ranges: The range of the file to read.
        inputs: The file.
        run: As for any source.
    """

    _format = FORMAT
    _separator = "/"

    def __init__(
        self, files: TextFiles, ranges: tuple[FileRange, ...], inputs: Inputs, run: Run
    ) -> None:
        super().__init__(files, inputs, run)
        self._files = files
        self.divide(ranges)

    def _whole(self, inputs: Inputs, run: Run) -> FastaReads:
        return FastaReads(self._files.project(frozenset()), inputs, run)
