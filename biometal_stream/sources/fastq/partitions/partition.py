"""A partition of FASTQ files as a source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.fastq.files import FastqFiles
from biometal_stream.sources.text.partition import TextPartition

if TYPE_CHECKING:
    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.fastq.learning import Learnt


@dataclass(frozen=True)
class FastqPartition(TextPartition[FastqFiles]):
    """A partition of a FASTQ source: itself a source, which can be pickled and read anywhere.

    The files must have the same absolute paths where it is read. Errors and warnings are the same
    as when reading the whole file, with the same numbers of records, lines and bytes: on an error,
    the file is read again from its start to find them.

    Attributes:
        learnt: What the first records of the file show; ``None`` if the partition is a whole
            file, which learns when it is read.
        counts: Counts from dividing it.
        notes: What else was learnt, for the report of a run.
        shares_quarantine: Whether other partitions would write the same quarantine file.
    """

    learnt: Learnt | None = None
    counts: tuple[tuple[str, int], ...] = ()
    notes: tuple[tuple[str, str, str], ...] = ()
    shares_quarantine: bool = False

    def with_quarantine(self, path: str | os.PathLike[str]) -> FastqPartition:
        """Returns the partition with its own file for bad records.

        Partitions that are read at the same time must not share a quarantine file. The files of all
        partitions, concatenated, are that of the whole.

        Raises:
            ConfigurationError: The source has no quarantine.
        """
        return replace(self, source=replace(self.source, quarantine=path), shares_quarantine=False)

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Opens the files, in the caller's thread.

        Raises:
            InputError: A file cannot be read, or has changed since it was divided.
            ConfigurationError: Other partitions have the same quarantine file.
        """
        from biometal_stream.sources.fastq.format import FORMAT
        from biometal_stream.sources.fastq.partitions.reading import PartitionReads
        from biometal_stream.sources.fastq.strict import StrictReads
        from biometal_stream.sources.formats import look_for
        from biometal_stream.sources.lanes import Inputs

        if self.shares_quarantine:
            raise ConfigurationError(
                f"{self.source.quarantine}: partitions that are read separately cannot share a"
                " quarantine; skip bad records, or give each its own by 'with_quarantine'"
            )
        for message in self.warnings:
            run.warn(message)
        with closing(Inputs([self.ranges], run, look_for(FORMAT))) as inputs:
            if self.source.on_bad_record != "stop":
                from biometal_stream.sources.fastq.tolerant import tolerant_reads

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
