"""Learners that note what they see, and reads to learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

import biometal_stream as bs
from biometal_stream.interfaces import Concurrency, Look
from biometal_stream.operators.base import (
    ReadLearner,
)
from biometal_stream.pipeline import Pipeline


def fastq(lengths: Sequence[int], mark: str = "") -> bytes:
    return b"".join(
        f"@r{number}{mark}\n{'A' * length}\n+\n{'I' * length}\n".encode()
        for number, length in enumerate(lengths)
    )


FIVE = Look(5)


LENGTHS = [50, 60, 60, 70] * 25 + [80, 90] * 3000


TEXT = fastq(LENGTHS)


@dataclass(frozen=True)
class Watch(ReadLearner):
    """Notes the names that it learns from, and becomes what it is told to."""

    becomes: Callable[[], object] = field(default=lambda: bs.MinLength(0))
    seen: list[list[str]] = field(default_factory=list)
    look: Look = FIVE

    def __post_init__(self) -> None:
        pass

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> Any:
        self.seen.append([name for batch in batches for name in batch["name"].to_pylist()])
        return self.becomes()


@dataclass(frozen=True)
class SerialWatch(Watch):
    @property
    def concurrency(self) -> Concurrency:
        return Concurrency.SERIAL


def lengths_of(pipeline: Pipeline) -> list[int]:
    return [len(text) for text in pipeline.stream().read_all()["sequence"].to_pylist()]


def each_name(batches: Iterator[pa.RecordBatch]) -> Iterator[str]:
    return (name for batch in batches for name in batch["name"].to_pylist())


def names_of(batches: Iterator[pa.RecordBatch]) -> list[str]:
    return list(each_name(batches))


def batch_of(lengths: Sequence[int], first: int = 0, *, paired: bool = False) -> pa.RecordBatch:
    columns = {
        "row": pa.array(range(first, first + len(lengths)), pa.int64()),
        "name": pa.array([f"r{first + number}" for number in range(len(lengths))], pa.string()),
        "sequence": pa.array(["A" * length for length in lengths], pa.string()),
    }
    if paired:
        columns["mate"] = pa.array([number % 2 + 1 for number in range(len(lengths))], pa.int8())
    return pa.record_batch(columns)
