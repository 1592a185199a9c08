"""Reads partitions, and compares them with the whole."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pytest

from biometal_stream.codecs.bgzf.writer import END, compress_blocks
from biometal_stream.errors import (
    BiometalError,
    InputError,
)
from biometal_stream.run import LocalRun
from biometal_stream.sources.alone import batches_of
from biometal_stream.sources.fastq.partitions.partition import FastqPartition
from biometal_stream.sources.fastq.source import FastqSource

Write = Callable[..., str]


@dataclass(frozen=True)
class Told:
    """What reading gave beside rows."""

    warnings: tuple[str, ...]
    counts: dict[str, int]
    bytes_read: int
    bytes_total: int | None


def read(source: FastqSource | FastqPartition, workers: int = 2) -> tuple[pa.Table, Told]:
    with LocalRun(workers) as run, source.open(run) as reads:
        batches = list(batches_of(reads))
        told = Told(run.warnings, run.counts, reads.bytes_read, reads.bytes_total)
    return pa.Table.from_batches(batches, schema=source.schema), told


def read_parts(parts: Sequence[FastqPartition]) -> tuple[pa.Table, Told]:
    """Reads parts that have been pickled, one after another."""
    read_ = [read(part) for part in pickle.loads(pickle.dumps(parts))]
    told = [each for _, each in read_]
    counts: dict[str, int] = {}
    for each in told:
        for what, number in each.counts.items():
            counts[what] = counts.get(what, 0) + number
    return pa.concat_tables([table for table, _ in read_]), Told(
        tuple(warning for each in told for warning in each.warnings),
        counts,
        sum(each.bytes_read for each in told),
        sum(each.bytes_total or 0 for each in told),
    )


def check(source: FastqSource, nbytes: int, *, parts: int | None = None) -> list[FastqPartition]:
    """The parts give what the whole gives."""
    splits = source.partitions(nbytes)
    assert parts is None or len(splits) == parts
    assert read_parts(splits) == read(source)
    return list(splits)


def error_of(sources: Sequence[FastqSource | FastqPartition]) -> str | None:
    """What the first source that cannot be read says."""
    for source in sources:
        try:
            read(source, 1)
        except BiometalError as error:
            return f"{type(error).__name__} {error}"
    return None


def raised_by(source: FastqSource) -> BiometalError:
    """The error that reading a source raises."""
    with pytest.raises(BiometalError) as raised:
        read(source)
    return raised.value


def check_error(source: FastqSource, nbytes: int) -> int:
    """The parts say of what is wrong what the whole says."""
    whole = error_of([source])
    try:
        splits = source.partitions(nbytes)
    except InputError as error:  # it is known and no FASTQ: told before anything is cut
        splits, told = (), f"{type(error).__name__} {error}"
    else:
        told = error_of(splits)
    assert told == whole
    return len(splits)


def bgzf(text: bytes, block: int = 1 << 16) -> bytes:
    view = memoryview(text)
    segments = [view[start : start + block] for start in range(0, len(text), block)]
    return b"".join(compress_blocks(segment, 1) for segment in segments) + END


def record(number: int, length: int = 50, mark: str = "", quality: str = "@+I5") -> bytes:
    bases = ("ACGTTGCA" * length)[number % 5 :][:length]
    return f"@r{number}{mark} x\n{bases}\n+\n{(quality * length)[:length]}\n".encode()


def records(count: int, length: int = 50, mark: str = "", first: int = 0) -> bytes:
    return b"".join(record(number, length, mark) for number in range(first, first + count))


MANY = records(2000)
