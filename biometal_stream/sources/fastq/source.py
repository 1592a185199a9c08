"""FASTQ files as a source of record batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.sources.alone import read_alone
from biometal_stream.sources.fastq.files import FastqFiles

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.fastq.partitions.partition import FastqPartition


@dataclass(frozen=True)
class FastqSource(FastqFiles):
    """Reads of one or several FASTQ files, with the options of `FastqFiles`, as a source."""

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Opens the files, in the caller's thread.

        Raises:
            InputError: A file cannot be read.
            ConfigurationError: A file is its own mate, or a pipe is named twice.
        """
        from biometal_stream.sources.fastq.format import FORMAT
        from biometal_stream.sources.formats import look_for
        from biometal_stream.sources.lanes import Inputs

        with closing(Inputs(self.lanes, run, look_for(FORMAT))) as inputs:
            if self.on_bad_record == "stop":
                from biometal_stream.sources.fastq.strict import StrictReads

                yield StrictReads(self, inputs, run)
            else:
                from biometal_stream.sources.fastq.tolerant import tolerant_reads

                with tolerant_reads(self, inputs, run) as reads:
                    yield reads

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the files in this thread."""
        yield from read_alone(self)

    def partitions(self, nbytes: int, /) -> tuple[FastqPartition, ...]:
        """Finds partitions that several machines can read, and that give the same reads.

        `biometal_stream.sources.fastq.partitions` describes where files are divided.

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
        from biometal_stream.sources.fastq.partitions.plan import partition_source

        return partition_source(self, nbytes)
