"""Divides FASTQ files into partitions."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.codecs.ranges import FileRange, VirtualOffset
from biometal_stream.errors import BiometalError, ConfigurationError
from biometal_stream.run import LEAST_MEMORY, LocalRun
from biometal_stream.sources.fastq.format import FORMAT
from biometal_stream.sources.fastq.learning import Learnt
from biometal_stream.sources.fastq.mates_as_lanes import warnings_of
from biometal_stream.sources.fastq.partitions.boundaries import CutFile, find_cuts
from biometal_stream.sources.fastq.partitions.indexed_gzip import cut_counted
from biometal_stream.sources.fastq.partitions.partition import FastqPartition
from biometal_stream.sources.fastq.strict import StrictReads
from biometal_stream.sources.formats import look_for
from biometal_stream.sources.lanes import Inputs
from biometal_stream.sources.same_input import check_distinct
from biometal_stream.sources.text.dividing import whole_file, with_codec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from biometal_stream.sources.fastq.files import FastqFiles

Lane: TypeAlias = tuple[FileRange, ...]


def partition_source(source: FastqFiles, nbytes: int) -> tuple[FastqPartition, ...]:
    """As `FastqSource.partitions`."""
    if nbytes < 1:
        raise ConfigurationError(f"a partition must have at least 1 byte: {nbytes}")
    if source.quarantine is not None:
        source = replace(source, quarantine=os.path.abspath(source.quarantine))  # noqa: PTH100
    lanes = [tuple(map(whole_file, lane)) for lane in source.lanes]
    doubled: list[str] = []
    check_distinct(lanes, doubled.append)
    firsts = [lane[0] for lane in lanes]
    warnings: list[tuple[str, ...]] = [()] * len(lanes) if source.paired else warnings_of(firsts)
    warnings[0] = (*doubled, *warnings[0])
    partitions: list[FastqPartition] = []
    for lane, warned in zip(lanes, warnings, strict=True):
        paths = [(part.path,) for part in lane]
        mate = paths[1] if source.reads > 1 else ()
        index = tuple(path for each in paths[source.reads :] for path in each)
        alone = replace(source, paths=paths[0], mate=mate, index=index)
        whole = FastqPartition(alone, lane, warnings=warned)
        partitions += _cut_files(whole, nbytes)
    if source.quarantine is not None and len(partitions) > 1:
        return tuple(replace(partition, shares_quarantine=True) for partition in partitions)
    return tuple(partitions)


def _cut_files(whole: FastqPartition, nbytes: int) -> list[FastqPartition]:
    """Divides one file, or two with mates.

    Args:
        whole: The whole of them.
        nbytes: The approximate size of a partition in bytes, over all files.

    Returns:
        The partitions, in order; only the whole if it is small or cannot be divided.

    Raises:
        InputError: A file cannot be read.
    """
    number = -(-whole.bytes_total // nbytes)
    lane = tuple(with_codec(part) for part in whole.ranges)
    if number <= 1 or whole.source.on_bad_record != "stop":
        return [whole]
    first, learnt = _learn(whole)
    lanes = list(_cut(whole.source, learnt, lane, number))
    if len(lanes) == 1:
        return [whole]
    rest = (replace(whole, ranges=ranges, learnt=learnt, warnings=()) for ranges in lanes[1:])
    return [replace(first, ranges=lanes[0], learnt=learnt), *rest]


def _cut(source: FastqFiles, learnt: Learnt, lane: Lane, number: int) -> list[Lane]:
    if all(part.codec == "rapidgzip" for part in lane):
        return cut_counted(lane, number, 2 if source.interleaved else 1)
    if not all(part.codec in ("plain", "bgzf") for part in lane):
        return [lane]
    with ExitStack() as stack:
        files: list[CutFile] = []
        for part in lane:
            files.append(CutFile(part, source.max_record_bytes))
            stack.callback(files[-1].close)
        cuts = find_cuts(
            tuple(files),
            number,
            learnt.separator,
            interleaved=source.interleaved,
            reads=source.reads,
        )
        return list(_between(lane, cuts))


def _between(lane: Lane, cuts: Iterable[tuple[VirtualOffset, ...]]) -> Iterable[Lane]:
    """Yields the ranges between the boundaries."""
    rest = lane
    for cut in cuts:
        pairs = list(zip(rest, cut, strict=True))
        yield tuple(replace(part, stop=place) for part, place in pairs)
        rest = tuple(replace(part, start=place) for part, place in pairs)
    yield rest


def _learn(whole: FastqPartition) -> tuple[FastqPartition, Learnt]:
    """Learns from the first records, as reading the whole would.

    Returns:
        The whole, with the resulting warnings, counts and notes; and what was learnt.
    """
    choice = whole.source.quality_encoding
    learnt = Learnt("phred33" if choice == "auto" else choice)
    with LocalRun(1, LEAST_MEMORY) as reading, LocalRun(1, LEAST_MEMORY) as run:
        with closing(Inputs([whole.ranges], reading, look_for(FORMAT))) as inputs:
            try:
                for chunk in StrictReads(whole.source, inputs, run).chunks():
                    learnt = chunk.learnt
                    break
            except BiometalError:  # reading the partitions raises it
                pass
        warnings = (*whole.warnings, *run.warnings)
        notes = [(what, *note) for what, of in run.notes.items() for note in of.items()]
        first = replace(
            whole, warnings=warnings, counts=tuple(run.counts.items()), notes=tuple(notes)
        )
        return first, learnt
