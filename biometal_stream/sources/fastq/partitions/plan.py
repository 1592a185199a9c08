"""Divides FASTQ files into parts."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.codecs.gzip.indexed import has_index
from biometal_stream.codecs.open_range import open_file_range
from biometal_stream.codecs.ranges import FileRange, VirtualOffset
from biometal_stream.errors import BiometalError
from biometal_stream.interfaces import GoodRows
from biometal_stream.run import LEAST_MEMORY, LocalRun
from biometal_stream.sources.fastq.partitions.boundaries import CutFile, find_cuts
from biometal_stream.sources.fastq.partitions.indexed_gzip import cut_counted
from biometal_stream.sources.fastq.strict import StrictReads
from biometal_stream.sources.lanes import Inputs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from biometal_stream.sources.fastq.partitions.source import FastqPartition

Lane: TypeAlias = tuple[FileRange, ...]


def cut_files(whole: FastqPartition, nbytes: int) -> list[FastqPartition]:
    """Divides one file, or two with mates.

    Args:
        whole: All of them.
        nbytes: Bytes that a part of all of them together has, about.

    Returns:
        The parts, in order; the whole alone where it is small enough or cannot be cut.

    Raises:
        InputError: A file cannot be read.
    """
    number = -(-whole.bytes_total // nbytes)
    lane = tuple(_with_codec(part) for part in whole.ranges)
    if number <= 1 or whole.source.on_bad_record != "stop":
        return [whole]
    start = _look_at_start(whole)
    lanes = list(_cut(start, lane, number))
    if len(lanes) == 1:
        return [whole]
    splits = [replace(start, ranges=ranges) for ranges in lanes]
    return [splits[0], *(replace(split, warnings=(), counts=()) for split in splits[1:])]


def _with_codec(part: FileRange) -> FileRange:
    """Tells how a file is compressed, as far as that lets it be divided."""
    with LocalRun(1, LEAST_MEMORY) as run, closing(open_file_range(part, run)) as reader:
        codec = reader.codec
    if codec == "plain" or codec == "bgzf":  # noqa: PLR1714 - mypy narrows this alone
        return replace(part, codec=codec)
    indexed = codec == "gzip" and has_index(part.path)
    return replace(part, codec="rapidgzip") if indexed else part


def _cut(start: FastqPartition, lane: Lane, number: int) -> list[Lane]:
    source = start.source
    if all(part.codec == "rapidgzip" for part in lane):
        return cut_counted(lane, number, 2 if source.interleaved else 1)
    if not all(part.codec in ("plain", "bgzf") for part in lane):
        return [lane]
    with ExitStack() as stack:
        files: list[CutFile] = []
        for part in lane:
            files.append(CutFile(part, source.max_record_bytes))
            stack.callback(files[-1].close)
        cuts = find_cuts(tuple(files), number, start.separator, interleaved=source.interleaved)
        return list(_between(lane, cuts))


def _between(lane: Lane, cuts: Iterable[tuple[VirtualOffset, ...]]) -> Iterable[Lane]:
    """Yields what lies between the places."""
    rest = lane
    for cut in cuts:
        pairs = list(zip(rest, cut, strict=True))
        yield tuple(replace(part, stop=place) for part, place in pairs)
        rest = tuple(replace(part, start=place) for part, place in pairs)
    yield rest


def _look_at_start(whole: FastqPartition) -> FastqPartition:
    """Tells how the records are written, and what there is to say of that, as reading would."""
    choice = whole.source.quality_encoding
    start = replace(whole, encoding="phred33" if choice == "auto" else choice)
    with LocalRun(1, LEAST_MEMORY) as reading, LocalRun(1, LEAST_MEMORY) as run:
        with closing(Inputs([whole.ranges], reading)) as inputs:
            reads = StrictReads(whole.source, inputs, run)
            try:
                for chunk in reads.chunks():
                    start = replace(start, encoding=chunk.encoding, separator=chunk.separator)
                    reads.parse(chunk)
                    break
            except (BiometalError, GoodRows):  # which reading the parts will raise
                pass
        return replace(
            start, warnings=(*whole.warnings, *run.warnings), counts=tuple(run.counts.items())
        )
