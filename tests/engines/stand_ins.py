"""An engine in this process, a source in parts, and operators that tell where they run."""

from __future__ import annotations

import gzip
import os
import pickle
import signal
import threading
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from biometal_stream.errors import ModelWarning
from biometal_stream.operators.base import ReadObserver, StatelessOperator
from biometal_stream.operators.predict import Predict, Prediction
from biometal_stream.pipeline import Pipeline, Report
from biometal_stream.settings import option
from biometal_stream.sources.fastq.source import FastqSource

if TYPE_CHECKING:
    from biometal_stream.interfaces import BatchFunction


@dataclass(frozen=True)
class InProcess:
    """Runs one task after another, pickled as for other processes; notes what becomes of them.

    Attributes:
        attempts: How often a task is run, of which the last counts, as after workers' deaths.
        before: Called with each task before it runs.
        after: Called with each task and its outcome.
        told: What happened.
    """

    attempts: int = 1
    before: Callable[[Any], object] = lambda task: None
    after: Callable[[Any, Any], object] = lambda task, outcome: None
    name: str = "in-process"
    workers: int = 2
    told: list[str] = field(default_factory=list)

    def map(
        self, function: Callable[[Any], Any], tasks: Sequence[Any], /
    ) -> Generator[Any, None, None]:
        try:
            for number, task in enumerate(tasks):
                packed = pickle.dumps((function, task))
                for _ in range(self.attempts):
                    call, argument = pickle.loads(packed)
                    self.before(argument)
                    result = pickle.loads(pickle.dumps(call(argument)))
                self.told.append(f"ran {number}")
                self.after(task, result)
                yield result
        finally:
            self.told.append("closed")


@dataclass(frozen=True)
class Files(FastqSource):
    """FASTQ files, of which each is a part, whatever size is asked for."""

    def partitions(self, nbytes: int, /) -> tuple[Any, ...]:
        mates: Sequence[Any] = self.mate_paths or [None] * len(self.paths)
        return tuple(
            replace(self, paths=(path,), mate=() if mate is None else (mate,))
            for path, mate in zip(self.paths, mates, strict=True)
        )

    def with_quarantine(self, path: str, /) -> Files:
        return replace(self, quarantine=path)


class StandIn(StatelessOperator):
    """An operator without a place on the command line."""

    def __post_init__(self) -> None:
        pass


@dataclass(frozen=True)
class KillOnce(StandIn):
    """Kills the process that calls it first, of all that share a file."""

    marker: str

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        try:
            Path(self.marker).touch(exist_ok=False)
        except FileExistsError:
            return batch
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@dataclass(frozen=True)
class Warn(StandIn):
    """Says something of the model."""

    text: str

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        return batch

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        warnings.warn(self.text, ModelWarning, stacklevel=1)
        yield self


@dataclass(frozen=True)
class Interrupt(StandIn):
    """Interrupts the process that waits for the result, then waits for ever."""

    process: int
    marker: str

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        try:
            Path(self.marker).touch(exist_ok=False)
        except FileExistsError:
            return batch
        os.kill(self.process, signal.SIGINT)
        return wait_for_ever()


class UnpicklableError(Exception):
    """An exception that cannot be sent anywhere."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


@dataclass(frozen=True)
class Fail(StandIn):
    """Fails at every batch."""

    error: type[Exception]
    arguments: tuple[str, ...]

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        raise self.error(*self.arguments)


@dataclass(frozen=True)
class Resides(StandIn):
    """An operator whose opening is to happen once in a process, and which tells of each."""

    opened: str

    def _note(self, what: str) -> BatchFunction:
        with Path(self.opened).open("a") as file:
            file.write(f"{what} {os.getpid()}\n")
        return lambda batch: batch

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        yield self._note("open")

    def cached(self) -> BatchFunction:
        return self._note("cached")


@dataclass(frozen=True)
class NotedPredict(Predict):
    """Tells which process loads the model."""

    loaded: str = option("A file that takes the numbers of the processes.", default="")

    def _load(self) -> Prediction:
        with Path(self.loaded).open("a") as file:
            file.write(f"{os.getpid()}\n")
        return super()._load()


def read_files(paths: Sequence[str], **settings: Any) -> Pipeline:
    """A pipeline of some files, each of which is a part."""
    return Pipeline(Files(tuple(paths), **settings))


def spoil(path: str, record: int) -> None:
    """Makes a record of a compressed file bad."""
    lines = gzip.decompress(Path(path).read_bytes()).splitlines(keepends=True)
    lines[4 * record] = b"no header\n"
    Path(path).write_bytes(gzip.compress(b"".join(lines)))


def wait_for_ever() -> Any:
    """Waits until it is stopped, or for long enough to fail the test."""
    threading.Event().wait(120)
    raise AssertionError("nobody has stopped this")


def parts(target: Path) -> list[Path]:
    """The files of a folder, by name."""
    return sorted(target.glob("*.parquet"))


def table(target: Path) -> pa.Table:
    """All rows of a folder of Parquet, in the order of its files."""
    return pa.concat_tables([pq.read_table(file) for file in parts(target)])


def told_alike(report: Report) -> dict[str, Any]:
    """What a report says that is the same on every engine."""
    stages = [
        (each.name, each.kind, each.rows_in, each.rows_out)
        for each in report.stages
        if each.name != "inflate"  # of which a part of one block has nothing to spread
    ]
    names = ("reads_in", "reads_out", "bytes_read", "counts", "warnings", "kept")
    return {name: getattr(report, name) for name in names} | {"stages": stages}


def left_over(folder: Path) -> list[str]:
    """The hidden files of a folder."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@dataclass(frozen=True)
class Stubborn(ReadObserver):
    """An observer whose state cannot be pickled."""

    needs = ("sequence",)

    def empty(self) -> Callable[[], int]:
        return lambda: 0

    def observe(self, view: Any, /) -> Callable[[], int]:
        rows = view.num_rows
        return lambda: rows

    def merge(self, one: Callable[[], int], two: Callable[[], int], /) -> Callable[[], int]:
        return lambda: one() + two()

    def finish(self, state: Callable[[], int], /) -> int:
        return state()
