"""Partitions of FASTA files, for several machines.

Plain text and BGZF are divided before records (`biometal_stream.sources.fasta.cuts`). Each other
compressed file is one partition, and so are two files with mates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.fasta.files import FastaFiles
from biometal_stream.sources.text.partition import TextPartition

if TYPE_CHECKING:
    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.interfaces import OpenSource, Run


@dataclass(frozen=True)
class FastaPartition(TextPartition[FastaFiles]):
    """A partition of a FASTA source: see `TextPartition`."""

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Opens the files, in the caller's thread.

        Raises:
            InputError: A file cannot be read, or has changed since it was divided.
        """
        from biometal_stream.sources.fasta.format import FORMAT
        from biometal_stream.sources.fasta.reads import FastaPartitionReads, FastaReads
        from biometal_stream.sources.formats import look_for
        from biometal_stream.sources.lanes import Inputs

        for message in self.warnings:
            run.warn(message)
        with closing(Inputs([self.ranges], run, look_for(FORMAT))) as inputs:
            if self.whole:
                yield FastaReads(self.source, inputs, run)
            else:
                yield FastaPartitionReads(self.source, self.ranges, inputs, run)


def partition_source(source: FastaFiles, nbytes: int) -> tuple[FastaPartition, ...]:
    """As `FastaSource.partitions`."""
    from biometal_stream.sources.same_input import check_distinct
    from biometal_stream.sources.text.dividing import whole_file, with_codec

    if nbytes < 1:
        raise ConfigurationError(f"a partition must have at least 1 byte: {nbytes}")
    lanes = [tuple(map(whole_file, lane)) for lane in source.lanes]
    warnings: list[str] = []
    check_distinct(lanes, warnings.append)
    partitions: list[FastaPartition] = []
    for lane in lanes:
        paths = [(part.path,) for part in lane]
        alone = replace(source, paths=paths[0], mate=paths[1] if len(paths) > 1 else ())
        whole = FastaPartition(alone, lane)
        number = -(-whole.bytes_total // nbytes)
        if source.paired or number <= 1:
            partitions.append(whole)
        else:
            ranges = _cut(with_codec(lane[0]), number, source.max_record_bytes)
            partitions += [replace(whole, ranges=(part,)) for part in ranges]
    return (replace(partitions[0], warnings=tuple(warnings)), *partitions[1:])


def _cut(part: FileRange, number: int, longest: int) -> Iterator[FileRange]:
    from biometal_stream.sources.fasta.cuts import find_cuts

    rest = part
    if part.codec in ("plain", "bgzf"):
        for cut in find_cuts(part, number, longest):
            yield replace(rest, stop=cut)
            rest = replace(rest, start=cut)
    yield rest if rest is not part else replace(part, codec=None)
