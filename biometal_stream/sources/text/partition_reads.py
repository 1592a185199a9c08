"""Reads a partition of a text file, with the same errors as reading the whole file."""

from __future__ import annotations

import threading
from abc import abstractmethod
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from biometal_stream.budget import budget_of
from biometal_stream.errors import (
    BiometalError,
    CompressedInputError,
    ForeignInputError,
    InputError,
    PairError,
    RecordError,
)
from biometal_stream.interfaces import GoodRows
from biometal_stream.run import LEAST_MEMORY, LocalRun
from biometal_stream.sources.alone import batches_of
from biometal_stream.sources.formats import look_for
from biometal_stream.sources.lanes import Inputs
from biometal_stream.sources.text.reads import Chunk, Cutter, TextReads

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.format import SourceFormat


class TextPartitionReads(TextReads[Chunk, Cutter]):
    """A partition of one file, or of two with mates, being read: a second base for formats.

    A partition does not know how many records come before it, nor whether the cause of an error
    is there. So on an error the files are read from their start, in one thread, up to what is
    wrong with them, which is then reported. This takes the time of reading that much of the files,
    and memory for a few chunks.
    """

    _format: ClassVar[SourceFormat]

    def divide(self, ranges: tuple[FileRange, ...]) -> None:
        """Sets the ranges of the files; must be called once, before reading."""
        self._ranges = ranges
        self._lock = threading.Lock()
        self._cause: Exception | None = None
        self._interrupted = False

    @abstractmethod
    def _whole(self, inputs: Inputs, run: Run) -> Any:
        """Reads the whole files, without any column."""

    def location(self, chunk: Chunk, /) -> str:
        """The records of a chunk, by their numbers in the partition."""
        first = " and ".join(f"{part.first_byte:,} of {part.name}" for part in self._ranges)
        text = chunk.texts[0]
        numbers = f"{text.first_record + 1:,} to {text.first_record + text.records:,}"
        return f"records {numbers} of the partition from byte {first}"

    def chunks(self) -> Iterator[Chunk]:
        """Cuts the partition, with its mates in step."""
        try:
            yield from super().chunks()
        except (RecordError, CompressedInputError, ForeignInputError) as error:
            raise self._cause_of(error) from None

    def parse(self, chunk: Chunk, /) -> pa.RecordBatch:
        """Parses a chunk.

        Raises:
            GoodRows: Something is wrong with the files up to here.
        """
        try:
            return super().parse(chunk)
        except GoodRows as good:
            raise GoodRows(good.batch, self._cause_of(good.error)) from None

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
        whole = tuple(replace(part, start=None, stop=None, codec=None) for part in self._ranges)
        try:
            # Messages depend on how far they can look ahead, so chunks are as large as in this run.
            memory = max(LEAST_MEMORY, 16 * budget_of(self._run).chunk)
            with (
                LocalRun(1, memory) as run,
                closing(Inputs([whole], run, look_for(self._format))) as inputs,
            ):
                batches = batches_of(self._whole(inputs, run))
                while not self._interrupted and next(batches, None) is not None:
                    pass
        except BiometalError as cause:
            return cause
        if self._interrupted:
            return error
        named = " and ".join(part.name for part in whole)
        if isinstance(error, PairError):
            return InputError(
                f"{named}: cannot be divided, since names of reads repeat, so that mates are"
                " mispaired at the boundary; make partitions as large as the files"
            )
        return InputError(
            f"{named}: cannot be read in partitions ({error}), but can be read as a whole; make"
            " partitions as large as the files"
        )
