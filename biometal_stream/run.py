"""What a run provides to its source, operators and sink."""

from __future__ import annotations

import mmap
import threading
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from numbers import Integral
from typing import TYPE_CHECKING, Any, Self, TypeVar

from biometal_stream.errors import ConfigurationError, InputWarning, ThreadError
from biometal_stream.limits import usable_cores, usable_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from concurrent.futures import Executor, Future
    from types import TracebackType

T = TypeVar("T")

MIB = 1024 * 1024
LEAST_MEMORY = 16 * MIB
"""The smallest memory of a run: room for a few chunks of text and a small amount of output."""

_THREAD_BYTES = 16 * MIB  # a stack, usually 8 MiB, and as much again


def available_cores() -> int:
    """The cores that this process may use, by its affinity and its control groups."""
    return usable_cores()


def default_memory(workers: int) -> int:
    """The default limit on the bytes of batches in flight.

    128 MiB plus 64 MiB per worker, but no more than a quarter of the memory of the machine or of
    this process's control group: compiled code, the codecs and the output need additional memory.
    """
    usual = (128 + 64 * workers) * MIB
    there = usable_memory()
    return usual if there is None else max(LEAST_MEMORY, min(usual, there // 4))


def check_limits(
    threads: int | None, memory: int | None = None, min_reads: int | None = None
) -> None:
    """Checks the numbers given to a run; ``None`` means the default.

    Raises:
        ConfigurationError: A number is not whole, or is too small.
    """
    numbers: dict[str, Any] = {"threads": threads, "memory": memory, "min_reads": min_reads}
    for name, number in numbers.items():
        whole = isinstance(number, Integral) and not isinstance(number, bool)
        if number is not None and not whole:
            raise ConfigurationError(f"{name} must be a whole number: {number!r}")
    if threads is not None and threads < 1:
        raise ConfigurationError(f"there must be at least 1 thread: {threads}")
    if memory is not None and memory < LEAST_MEMORY:
        raise ConfigurationError(
            f"the memory must be at least {LEAST_MEMORY // MIB} MiB: {memory:,} bytes"
        )
    if min_reads is not None and min_reads < 0:
        raise ConfigurationError(f"min_reads must be at least 0: {min_reads}")


@contextmanager
def starting_threads() -> Iterator[None]:
    """Explains the error if the system refuses to start a thread in the body.

    Raises:
        ThreadError: The system refuses.
        MemoryError: A thread would not have memory for its first steps. Python would wait for
            them forever.
    """
    try:
        with mmap.mmap(-1, _THREAD_BYTES):
            pass
    except OSError as error:
        raise MemoryError("there is no room for another thread") from error
    try:
        yield
    except RuntimeError as error:
        if "start new thread" not in str(error):
            raise
        raise ThreadError(
            f"the system refuses: {error}; --threads lowers what a run needs, and the limits of"
            " the system (ulimit -u, ulimit -v) may be too tight"
        ) from error


class _Workers(ThreadPoolExecutor):
    def __init__(self, workers: int, name: str = "biometal-worker") -> None:
        begun: list[None] = []  # a separate list, since a thread must not keep its executor alive
        super().__init__(workers, name, lambda: begun.append(None))
        self._begun = begun
        self._workers = workers

    @property
    def threads(self) -> Collection[threading.Thread]:
        """The threads that were started, and those that will be."""
        threads: Collection[threading.Thread] = self._threads
        return threads

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        if len(self._begun) == self._workers:
            return super().submit(fn, *args, **kwargs)
        with starting_threads():
            return super().submit(fn, *args, **kwargs)


class LocalRun:
    """The threads, the memory bound, the warnings and the counters of one run.

    A context that joins its threads at the end. `warn` and `count` are thread-safe.

    Args:
        workers: The number of workers; by default one for each core.
        memory: The most bytes that all batches in flight may hold together.

    Attributes:
        threads: The number of workers, as given. More than cores help operators that wait.
        workers: Those that can work at a time: no more than the cores. Memory follows this number,
            since memory that only waits for a core costs time: the system has to clear it.
        memory: As given, or the default for this number of workers.

    Raises:
        ConfigurationError: A number is out of range.
    """

    def __init__(self, workers: int | None = None, memory: int | None = None) -> None:
        check_limits(workers, memory)
        cores = available_cores()
        self.threads = cores if workers is None else workers
        self.workers = min(self.threads, cores)
        self.memory = default_memory(self.workers) if memory is None else memory
        self._executor = _Workers(self.threads)
        self._waited_for = True
        self._lock = threading.Lock()
        self._warnings: dict[str, None] = {}
        self._shown: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._notes: dict[str, dict[str, str]] = {}

    @property
    def executor(self) -> Executor:
        """The workers."""
        return self._executor

    def thread(self) -> Executor:
        """A new thread for the serial work of a source, which has to shut it down."""
        return _Workers(1, "biometal-reader")

    def warn(self, message: str, /, *, at_once: bool = False) -> None:
        """Keeps a warning for `show_warnings`, once, or issues it immediately from this thread."""
        with self._lock:
            new = message not in self._shown
            self._warnings[message] = None
            if at_once:
                self._shown.add(message)
        if new and at_once:
            warnings.warn(message, InputWarning, stacklevel=3)

    def count(self, what: str, number: int, /) -> None:
        """Adds to a named counter."""
        with self._lock:
            self._counts[what] += number

    def note(self, what: str, name: str, learnt: str, /) -> None:
        """Notes what was learnt of an input."""
        with self._lock:
            self._notes.setdefault(what, {})[name] = learnt

    @property
    def notes(self) -> dict[str, dict[str, str]]:
        """What was learnt so far: values by the names of inputs, for each kind of finding."""
        with self._lock:
            return {what: dict(learnt) for what, learnt in self._notes.items()}

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings so far."""
        with self._lock:
            return tuple(self._warnings)

    @property
    def counts(self) -> dict[str, int]:
        """All counters so far."""
        with self._lock:
            return dict(self._counts)

    def show_warnings(self) -> None:
        """Issues the new warnings as `InputWarning`; for the caller's thread."""
        if len(self._warnings) == len(self._shown):
            return
        for message in self.warnings:
            if message in self._shown:
                continue
            self._shown.add(message)
            warnings.warn(message, InputWarning, stacklevel=3)

    def abandon(self) -> Collection[threading.Thread]:
        """Makes the end not wait for the workers, since one does not end; returns them."""
        self._waited_for = False
        return self._executor.threads

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._executor.shutdown(wait=self._waited_for, cancel_futures=True)
