"""A partition of FASTQ files as a source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.alone import read_alone

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.fastq.files import FastqFiles
    from biometal_stream.sources.fastq.learning import Learnt
    from biometal_stream.sources.options import Input


@dataclass(frozen=True)
class FastqPartition:
    """A partition of a FASTQ source: a source itself, which can be pickled and read anywhere.

    Where it is read, the files must have the same absolute paths. Errors and warnings are those
    that reading the whole file gives, with its numbers of records, lines and bytes: in case of an
    error, the file is read once more from its start to find them.

    Attributes:
        source: The options, with the absolute paths of this partition's files.
        ranges: What to read of the file, or of the two with mates.
        learnt: What the first records of the file show; ``None`` where the partition is a whole
            file, and learns by itself.
        warnings: Warnings about the file that starts with this partition.
        counts: Counters of it.
        notes: What else was learnt of it, for the report of a run.
        shares_quarantine: Whether other partitions would write the same quarantine.
    """

    source: FastqFiles
    ranges: tuple[FileRange, ...]
    learnt: Learnt | None = None
    warnings: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    notes: tuple[tuple[str, str, str], ...] = ()
    shares_quarantine: bool = False

    @property
    def name(self) -> str:
        """The source's name in statistics."""
        return self.source.name

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files that are read."""
        return self.source.inputs

    @property
    def paired(self) -> bool:
        """Whether rows are mates 1 and 2 in turn."""
        return self.source.paired

    @property
    def schema(self) -> pa.Schema:
        """The schema of the whole source."""
        return self.source.schema

    @property
    def whole(self) -> bool:
        """Whether this is all of its files."""
        return all(part.whole for part in self.ranges)

    @property
    def bytes_total(self) -> int:
        """Bytes of (compressed) input; those of all partitions add up to those of the files."""
        return sum(part.stop_byte - part.first_byte for part in self.ranges)

    def project(self, columns: frozenset[str], /) -> FastqPartition:
        """Returns the source of the same reads with those columns alone.

        Raises:
            ConfigurationError: It has no such column.
        """
        return replace(self, source=self.source.project(columns))

    def with_quarantine(self, path: str | os.PathLike[str]) -> FastqPartition:
        """Returns the partition with a file of its own for its bad records.

        Partitions that are read at the same time must not write one quarantine. Those of all
        partitions, one after another, are that of the whole.

        Raises:
            ConfigurationError: The source has no quarantine.
        """
        return replace(self, source=replace(self.source, quarantine=path), shares_quarantine=False)

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Opens the files, in the caller's thread.

        Raises:
            InputError: One cannot be read, or has changed since it was divided.
            ConfigurationError: Other partitions have the same quarantine.
        """
        from biometal_stream.sources.fastq.format import FORMAT
        from biometal_stream.sources.fastq.partitions.reading import PartitionReads
        from biometal_stream.sources.fastq.strict import StrictReads
        from biometal_stream.sources.fastq.tolerant import tolerant_reads
        from biometal_stream.sources.formats import look_for
        from biometal_stream.sources.lanes import Inputs

        if self.shares_quarantine:
            raise ConfigurationError(
                f"{self.source.quarantine}: parts that are read by themselves cannot write one"
                " quarantine; skip bad records, or give each part one by 'with_quarantine'"
            )
        for message in self.warnings:
            run.warn(message)
        with closing(Inputs([self.ranges], run, look_for(FORMAT))) as inputs:
            if self.source.on_bad_record != "stop":
                with tolerant_reads(self.source, inputs, run) as reads:
                    yield reads
            elif self.learnt is None:
                yield StrictReads(self.source, inputs, run)
            else:
                for what, number in self.counts:
                    run.count(what, number)
                for note in self.notes:
                    run.note(*note)
                yield PartitionReads(self.source, self.ranges, self.learnt, inputs, run)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the partition in this thread alone."""
        yield from read_alone(self)
