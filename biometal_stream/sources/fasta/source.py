"""FASTA files as a source of record batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.sources.alone import read_alone
from biometal_stream.sources.fasta.files import FastaFiles

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.fasta.partitions import FastaPartition


@dataclass(frozen=True)
class FastaSource(FastaFiles):
    """Sequences of one or several FASTA files, with the options of `FastaFiles`, as a source."""

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Opens the files, in the caller's thread.

        Raises:
            InputError: A file cannot be read.
            ConfigurationError: A file is its own mate, or a pipe is named twice.
        """
        from biometal_stream.sources.fasta.format import FORMAT
        from biometal_stream.sources.fasta.reads import FastaReads
        from biometal_stream.sources.formats import look_for
        from biometal_stream.sources.lanes import Inputs

        with closing(Inputs(self.lanes, run, look_for(FORMAT))) as inputs:
            yield FastaReads(self, inputs, run)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the files in this thread."""
        yield from read_alone(self)

    def partitions(self, nbytes: int, /) -> tuple[FastaPartition, ...]:
        """Finds partitions that several machines can read, and that give the same reads.

        Args:
            nbytes: The approximate (compressed) size of a partition in bytes; with mates, of both
                files together.

        Returns:
            The partitions in the order of the reads, at least one for each file.

        Raises:
            InputError: A file cannot be read.
            ConfigurationError: An input has no path, such as standard input, or is its own mate,
                or ``nbytes`` is not positive.
        """
        from biometal_stream.sources.fasta.partitions import partition_source

        return partition_source(self, nbytes)
