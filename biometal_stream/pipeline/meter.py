"""Counts what a stage does, on any number of threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from biometal_stream.pipeline.report import StageKind, StageStatistics
from biometal_stream.pipeline.step import Stop

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator

T = TypeVar("T")

_UNTIMED = nullcontext()


class Meter:
    """The counters of one stage or operator. Safe to share between threads.

    Args:
        name: Of the stage or the operator.
        kind: Where it runs.
        threads: Threads that it may use.
        operator: What it counts for, if it is an operator.
        timed: Whether it measures time. A look at the processor's clock takes a microsecond in
            which no other thread runs Python.
    """

    def __init__(
        self,
        name: str,
        kind: StageKind,
        threads: int,
        operator: Operator | None = None,
        *,
        timed: bool = False,
    ) -> None:
        self.name = name
        self.timed = timed
        self._beside = 0  # threads that work for the stage now, while its own waits for them
        self.operator = operator
        self.kind: StageKind = kind
        self.threads = threads
        self._lock = threading.Lock()
        self.batches_in = self.batches_out = 0
        self.rows_in = self.rows_out = 0
        self.bytes_in = self.bytes_out = 0
        self.busy = self.cpu = self.blocked = self.starved = 0.0
        self.reads_trimmed = self.bases_trimmed = self.reads_split = 0
        self.mates_in = self.mates_out = False  # whether rows are counted in pairs, too
        self.merged_in = self.merged_out = 0  # rows that are not mates any more
        self.stop: Stop | None = None  # why the operator ended the run
        self.details: Callable[[], Mapping[str, object]] = dict
        self.interrupts: list[Callable[[], bool]] = []  # of what the stage calls

    def take(self, rows: int, size: int, batches: int = 1) -> None:
        """Counts what came in."""
        with self._lock:
            self.batches_in += batches
            self.rows_in += rows
            self.bytes_in += size

    def give(self, rows: int, size: int, batches: int = 1) -> None:
        """Counts what went out."""
        with self._lock:
            self.batches_out += batches
            self.rows_out += rows
            self.bytes_out += size

    def passed(
        self,
        rows: int,
        size: int,
        rows_out: int,
        size_out: int,
        merged: int = 0,
        merged_out: int = 0,
    ) -> None:
        """Counts a batch that came in and the batch that went out, in one step.

        So rows that are still being worked on do not count as dropped: see `kept`.

        Args:
            rows: The rows that came in.
            size: Their bytes.
            rows_out: The rows that went out.
            size_out: Their bytes.
            merged: The rows that came in as reads that two mates were merged to.
            merged_out: Those that went out.
        """
        with self._lock:
            self.merged_in += merged
            self.merged_out += merged_out
            self.batches_in += 1
            self.rows_in += rows
            self.bytes_in += size
            self.batches_out += 1
            self.rows_out += rows_out
            self.bytes_out += size_out

    def trimmed(self, reads: int, bases: int) -> None:
        """Counts the trimmed reads of a batch, and the bases cut off."""
        with self._lock:
            self.reads_trimmed += reads
            self.bases_trimmed += bases

    def split(self, reads: int) -> None:
        """Counts the reads of a batch that became several."""
        with self._lock:
            self.reads_split += reads

    def note_mates(self, schema: pa.Schema, schema_out: pa.Schema) -> None:
        """Notes whether the rows that come in and go out are mates."""
        self.mates_in, self.mates_out = "mate" in schema.names, "mate" in schema_out.names

    @property
    def kept(self) -> float:
        """The share of the rows that went out; 1 before there are any."""
        with self._lock:
            return self.rows_out / self.rows_in if self.rows_in else 1.0

    def beside(self, change: int) -> None:
        """Counts a thread that begins, or ends, to do the stage's work while its own waits."""
        with self._lock:
            self._beside += change
            self.threads = max(self.threads, self._beside)

    def add_time(
        self,
        *,
        busy: float = 0.0,
        cpu: float = 0.0,
        blocked: float = 0.0,
        starved: float = 0.0,
    ) -> None:
        """Adds seconds: of work, by the clock and by the processor, and of waiting."""
        with self._lock:
            self.busy += busy
            self.cpu += cpu
            self.blocked += blocked
            self.starved += starved

    def working(self) -> AbstractContextManager[None]:
        """Times the body, by the clock and by the processor."""
        return _Working(self, 1.0) if self.timed else _UNTIMED

    def pausing(self) -> AbstractContextManager[None]:
        """Takes the time of the body out of that of the `working` around it."""
        return _Working(self, -1.0) if self.timed else _UNTIMED

    def reading(self) -> AbstractContextManager[None]:
        """Times the body, in which the processor's time is work, and the rest waiting for input."""
        return _Reading(self, 1.0) if self.timed else _UNTIMED

    def reading_beside(self) -> AbstractContextManager[None]:
        """Times the body, which reads in another thread while the stage's own waits for it."""
        return _Beside(self, 1.0) if self.timed else _UNTIMED

    def waiting(self, kind: Literal["blocked", "starved"]) -> AbstractContextManager[None]:
        """Times the body, in which the stage waits for room after it or for input."""
        return _Waiting(self, kind) if self.timed else _UNTIMED

    def statistics(self) -> StageStatistics:
        """The counters so far."""
        with self._lock:
            return StageStatistics(
                name=self.name,
                kind=self.kind,
                threads=self.threads,
                batches_in=self.batches_in,
                batches_out=self.batches_out,
                rows_in=self.rows_in,
                rows_out=self.rows_out,
                bytes_in=self.bytes_in,
                bytes_out=self.bytes_out,
                busy=self.busy if self.timed else None,
                cpu=self.cpu if self.timed else None,
                blocked=self.blocked if self.timed else None,
                starved=max(0.0, self.starved) if self.timed else None,
                details=dict(self.details()),
            )


class _Working:
    """Adds the time of a body to a meter's, or takes it away."""

    __slots__ = ("_begun", "_meter", "_sign")

    def __init__(self, meter: Meter, sign: float) -> None:
        self._meter = meter
        self._sign = sign

    def __enter__(self) -> None:
        self._begun = perf_counter(), thread_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = self._begun
        busy, cpu = perf_counter() - wall, thread_time() - cpu
        self._meter.add_time(busy=self._sign * busy, cpu=self._sign * cpu)


class _Reading(_Working):
    """Adds the time of a body that waits for its input itself."""

    __slots__ = ()

    def __exit__(self, *_: object) -> None:
        wall, cpu = self._begun
        wall, cpu = perf_counter() - wall, thread_time() - cpu
        self._meter.add_time(busy=cpu, cpu=cpu, starved=max(0.0, wall - cpu))


class _Beside(_Working):
    """Adds the time of a body in which the stage's own thread does not wait for its input."""

    __slots__ = ()

    def __exit__(self, *_: object) -> None:
        cpu = thread_time() - self._begun[1]
        self._meter.add_time(busy=cpu, cpu=cpu, starved=-cpu)


class _Waiting:
    """Adds the time of a body to a meter's time of waiting."""

    __slots__ = ("_begun", "_kind", "_meter")

    def __init__(self, meter: Meter, kind: str) -> None:
        self._meter = meter
        self._kind = kind

    def __enter__(self) -> None:
        self._begun = perf_counter()

    def __exit__(self, *_: object) -> None:
        self._meter.add_time(**{self._kind: perf_counter() - self._begun})


class noting:  # noqa: N801 - reads as a function, and is entered for each batch
    """Adds to an error of the body where it happened.

    Args:
        where: Such as ``in min-length``.
    """

    __slots__ = ("_where",)

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, Exception):
            error.add_note(self._where)


class MeteredExecutor(Executor):
    """The workers, for work that a source spreads; each job counts as a batch."""

    def __init__(self, executor: Executor, meter: Meter) -> None:
        self._executor = executor
        self._meter = meter

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Has a worker call a function."""
        return self._executor.submit(self._timed, fn, args, kwargs)

    def _timed(self, fn: Callable[..., T], args: Any, kwargs: Any) -> T:
        self._meter.take(0, 0)
        with self._meter.working():
            result = fn(*args, **kwargs)
        self._meter.give(0, 0)
        return result


class ReadingThread(Executor):
    """A second thread of the source, whose work counts as reading."""

    def __init__(self, executor: Executor, meter: Meter) -> None:
        self._executor = executor
        self._meter = meter
        meter.beside(1)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Has the thread call a function."""
        return self._executor.submit(self._timed, fn, args, kwargs)

    def _timed(self, fn: Callable[..., T], args: Any, kwargs: Any) -> T:
        with self._meter.reading_beside():
            return fn(*args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the thread; called once."""
        self._meter.beside(-1)
        self._executor.shutdown(wait, cancel_futures=cancel_futures)


def bottleneck(stages: list[StageStatistics], workers: int) -> str | None:
    """Names the stage that the others waited for: the busiest one of the busiest resource.

    That is the busiest stage of the busiest resource. The workers are one resource, the thread
    of each serial stage is another, and so is the producer of the input. By the utilisation law
    the resource with the highest share of busy time limits the rate of the whole run.

    Args:
        stages: What each stage did.
        workers: The number of workers.

    Returns:
        ``None`` where no time was measured.
    """
    timed = [(stage, stage.busy) for stage in stages if stage.busy is not None]
    shares: list[tuple[float, str]] = []
    pooled = [(busy, stage.name) for stage, busy in timed if stage.kind == "workers"]
    if pooled:
        shares.append((sum(busy for busy, _ in pooled) / workers, max(pooled)[1]))
    for stage, busy in timed:
        if stage.kind != "workers":
            shares.append((busy / stage.threads, stage.name))
        if stage.kind == "source":
            shares.append((stage.starved or 0.0, "input"))
    return max(shares)[1] if shares else None
