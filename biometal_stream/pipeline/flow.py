"""The threads and channels of one run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from biometal_stream.channel import Aborted, Channel
from biometal_stream.pipeline.meter import Meter
from biometal_stream.run import starting_threads
from biometal_stream.waiting import wait_at

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Ending(Generic[U]):
    """What work on an item may return: a result with which the stream ends, in an error.

    Attributes:
        result: Handed on like any other.
        error: Raised after it.
    """

    result: U
    error: BaseException


class WorkerStage(Generic[T, U]):
    """Work on items by all workers, whose results come out in the order of the items.

    One thread sends and one takes the results. An item is inside from the time that there is room
    for it, when work on it begins, until the receiver asks for the result behind its own. So at
    no time are there more than the channel may hold, and one that is larger than the channel
    may hold is inside alone.

    Args:
        name: For statistics.
        work: Called with each item, by several workers at once.
        weigh: The bytes that an item holds.
        executor: The workers.
        capacity: Items inside at most.
        capacity_bytes: Bytes of items inside at most.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[T], U | Ending[U]],
        weigh: Callable[[T], int],
        executor: Executor,
        capacity: int,
        capacity_bytes: int,
    ) -> None:
        self._work = work
        self._weigh = weigh
        self._executor = executor
        self.channel: Channel[_Result[U | Ending[U]]] = Channel(name, capacity, capacity_bytes)

    def send(self, item: T) -> None:
        """Has an item worked on, as soon as there is room.

        Raises:
            Aborted: Nobody waits for results any more.
        """
        size = self._weigh(item)
        self.channel.wait_for_room(size)
        try:
            result = _Result(self._executor.submit(self._work, item))
        except RuntimeError as error:
            if self.channel.aborted:  # the run is over
                raise Aborted from error
            raise
        try:
            self.channel.send(result, size)
        except Aborted:
            result.cancel()
            raise

    def results(self, meter: Meter) -> Iterator[U]:
        """Yields the results in order.

        Args:
            meter: Of the receiver, for its time of waiting.

        Raises:
            Aborted: The run is over.
            BaseException: What the work on an item raised, or ended the stream with.
        """
        while True:
            start = perf_counter()
            try:
                coming = self._oldest()
                if coming is None:
                    return
                result = coming.get()
            finally:
                meter.wait(starved=perf_counter() - start)
            del coming
            if isinstance(result, Ending):
                yield result.result
                raise result.error
            yield result
            del result  # the next wait may be long
            self.channel.remove()

    def _oldest(self) -> _Result[U | Ending[U]] | None:
        try:
            return self.channel.oldest()
        except StopIteration:  # not to be taken for one of the work
            return None

    def abort(self) -> None:
        """Drops all items and wakes both sides."""
        for result in self.channel.abort():
            result.cancel()


class _Result(Generic[U]):
    """What a worker will have made.

    Who waits for it does so at a bare lock. An interrupt in `Future.result` can leave the lock of
    the future behind (see `Channel`), and then the worker would wait for it for ever.
    """

    def __init__(self, future: Future[U]) -> None:
        self._future = future
        self._done = done = threading.Lock()
        done.acquire()
        future.add_done_callback(lambda _: done.release())

    def get(self) -> U:
        """Waits for the result. Called once.

        Raises:
            Aborted: It was cancelled, since the run is over.
            BaseException: What the work raised.
        """
        wait_at(self._done)
        try:
            return self._future.result()
        except CancelledError as error:
            if self._future.cancelled():
                raise Aborted from error
            raise

    def cancel(self) -> None:
        """Has no worker begin with it."""
        self._future.cancel()


class Flow:
    """Serial threads between stages of workers.

    As a context it starts nothing by itself; at its end every stage is aborted, the input is
    interrupted, and all threads have ended.
    """

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._stages: list[WorkerStage[Any, Any]] = []
        self._threads: list[threading.Thread] = []
        self._waited_for = True

    def add(self, feed: Callable[[], Iterator[T]], stage: WorkerStage[T, U], meter: Meter) -> None:
        """Starts a thread that sends what ``feed()`` yields to a stage.

        Args:
            feed: Yields the items; it runs in the thread.
            stage: Where they go.
            meter: Of the thread, for its time of waiting.
        """
        before = list(self._stages)
        self._stages.append(stage)

        def pump() -> None:
            if stage.channel.aborted:  # an interrupt has ended the run as it began
                return
            try:
                for item in feed():
                    start = perf_counter()
                    stage.send(item)
                    meter.wait(blocked=perf_counter() - start)
                    del item
            except Aborted:
                stage.abort()
            except BaseException as error:  # noqa: BLE001 - it reaches the caller in its turn
                stage.channel.close(error)
            else:
                stage.channel.close()
            finally:
                if before:
                    self._stop(before)

        thread = threading.Thread(target=pump, name=f"biometal-{meter.name}", daemon=True)
        self._threads.append(thread)
        with starting_threads():
            thread.start()

    def abandon(self) -> list[threading.Thread]:
        """Has the end not wait for the threads, since a worker does not end; returns them."""
        self._waited_for = False
        return self._threads

    def _stop(self, stages: list[WorkerStage[Any, Any]]) -> None:
        for stage in stages:
            stage.abort()
        self._interrupt()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._stop(self._stages)
        except BaseException:  # a second interrupt
            self._stop(self._stages)
            raise
        for thread in self._threads if self._waited_for else ():
            # The system may have refused to start one. And one may be here itself, when the
            # garbage collector ends an abandoned run.
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join()
