"""Sources, operators and sinks for tests, whose every move can be watched or stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from biometal_stream.errors import SchemaError
from biometal_stream.interfaces import Concurrency

if TYPE_CHECKING:
    from biometal_stream.interfaces import BatchFunction

SCHEMA = pa.schema([pa.field("row", pa.int64())])


def rows(batches: list[pa.RecordBatch]) -> list[int]:
    """The numbers in all batches."""
    return [row for batch in batches for row in batch.column("row").to_pylist()]


def own_threads() -> list[str]:
    """The threads of runs that still live; other tools in the process have theirs."""
    return [t.name for t in threading.enumerate() if t.name.startswith("biometal-")]


@dataclass(frozen=True)
class Numbers:
    """Yields batches of consecutive numbers, for ever unless told how many."""

    batches_: int | None = None
    size: int = 3
    fail_at: int | None = None
    on_batch: Callable[[int], None] = field(default=lambda number: None)

    schema = SCHEMA

    def batches(self) -> Iterator[pa.RecordBatch]:
        number = 0
        while self.batches_ is None or number < self.batches_:
            if number == self.fail_at:
                raise OSError(f"batch {number} cannot be read")
            self.on_batch(number)
            start = number * self.size
            yield pa.record_batch([pa.array(range(start, start + self.size))], schema=SCHEMA)
            number += 1


@dataclass(frozen=True)
class Given:
    """Yields the batches that it is given."""

    batches_: tuple[pa.RecordBatch, ...]

    @property
    def schema(self) -> pa.Schema:
        return self.batches_[0].schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self.batches_


@dataclass(frozen=True)
class Call:
    """An operator that calls a function with each batch."""

    function: BatchFunction = lambda batch: batch
    concurrency: Concurrency = Concurrency.SHARED
    name: str = "call"
    opened: list[str] = field(default_factory=list)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        if "row" not in input_schema.names:
            raise SchemaError("call needs a column 'row'")
        return input_schema

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        self.opened.append(threading.current_thread().name)
        try:
            yield self.function
        finally:
            self.opened.append("closed")


class FirstRows:
    """What a serial operator opens to: passes on some rows, then has enough."""

    def __init__(self, left: int, hold: bool = False) -> None:
        self.left = left
        self.held: list[pa.RecordBatch] = []
        self.hold = hold
        self.flushed = 0

    @property
    def exhausted(self) -> bool:
        return self.left <= 0

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        taken = batch.slice(0, self.left)
        self.left -= taken.num_rows
        if self.hold:
            self.held.append(taken)
            return batch.slice(0, 0)
        return taken

    def flush(self) -> pa.RecordBatch | None:
        self.flushed += 1
        return pa.concat_batches(self.held) if self.held else None


@dataclass(frozen=True)
class First:
    """A serial operator: the first rows, at once or all at the end."""

    number: int
    hold: bool = False

    name = "first"
    concurrency = Concurrency.SERIAL

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        return input_schema

    @contextmanager
    def open(self) -> Iterator[FirstRows]:
        yield FirstRows(self.number, self.hold)


@dataclass(frozen=True)
class Collect:
    """A plain sink that keeps what it gets, and how it ended."""

    got: list[pa.RecordBatch] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    on_batch: Callable[[pa.RecordBatch], None] = lambda batch: None

    @contextmanager
    def open(self, schema: pa.Schema, /) -> Iterator[Callable[[pa.RecordBatch], None]]:
        def write(batch: pa.RecordBatch) -> None:
            assert batch.schema.equals(schema)
            self.on_batch(batch)
            self.got.append(batch)

        try:
            yield write
        except BaseException as error:
            self.ends.append(type(error).__name__)
            raise
        else:
            self.ends.append("committed")


@dataclass(frozen=True)
class Morsels:
    """A sink with a part for the workers: pieces of some rows, encoded to lists of numbers."""

    rows: int
    parts: list[list[int]] = field(default_factory=list)
    fail_at: int | None = None
    threads: set[str] = field(default_factory=set)

    @contextmanager
    def open_parallel(self, schema: pa.Schema, run: object, /) -> Iterator[OpenMorsels]:
        yield OpenMorsels(self)


class OpenMorsels:
    bytes_written = 0
    outputs = ("memory",)

    def __init__(self, sink: Morsels) -> None:
        self._sink = sink

    def rebatch(self, batches: Iterator[pa.RecordBatch], /) -> Iterator[list[pa.RecordBatch]]:
        table = pa.Table.from_batches(list(batches), SCHEMA).combine_chunks()
        yield from ([batch] for batch in table.to_batches(max_chunksize=self._sink.rows))

    def encode(self, batches: list[pa.RecordBatch], /) -> list[int]:
        self._sink.threads.add(threading.current_thread().name)
        return rows(batches)

    def write(self, part: list[int], /) -> None:
        if len(self._sink.parts) == self._sink.fail_at:
            raise OSError("the disk is full")
        self._sink.parts.append(part)
        self.bytes_written += 8 * len(part)
