"""The threads and channels of one run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from biometal_stream.channel import Aborted, Channel
from biometal_stream.pipeline.meter import Meter
from biometal_stream.pipeline.turns import Order
from biometal_stream.run import starting_threads
from biometal_stream.waiting import wait_at

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Ending(Generic[U]):
    """A result of work on an item that ends the stream with an error.

    Attributes:
        result: Handed on like any other.
        error: Raised after it.
    """

    result: U
    error: BaseException


class WorkerStage(Generic[T, U]):
    """Work on items by all workers, with the results in the order of the items.

    One thread sends items and one takes the results. An item is inside from the time there is
    room for it, when work on it begins, until the receiver asks for the next result after its
    own. So the channel never holds more than it may, except that an item larger than its limit
    is inside alone.

    Args:
        name: For statistics.
        work: Called with each item, by several workers at a time.
        weigh: Returns the bytes that an item holds.
        executor: The workers.
        capacity: The most items inside.
        capacity_bytes: The most bytes of items inside.
        order: The order of the items, for work that is done in turn.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[T], U | Ending[U]],
        weigh: Callable[[T], int],
        executor: Executor,
        capacity: int,
        capacity_bytes: int,
        order: Order | None = None,
    ) -> None:
        self._work = work
        self._order = Order() if order is None else order
        self._weigh = weigh
        self._executor = executor
        self.channel: Channel[_Result[U | Ending[U]]] = Channel(name, capacity, capacity_bytes)

    def send(self, item: T) -> None:
        """Queues an item for the workers, as soon as there is room.

        Raises:
            Aborted: The receiver no longer waits for results.
        """
        size = self._weigh(item)
        self.channel.wait_for_room(size)
        try:
            work = self._order.numbered(self._work)
            result = _Result(self._executor.submit(work, item))
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
            meter: The receiver's, for its waiting time.

        Raises:
            Aborted: The run is over.
            BaseException: The error of the work on an item, or the one that ended the stream.
        """
        while True:
            with meter.waiting("starved"):
                coming = self._oldest()
                if coming is None:
                    return
                result = coming.get()
            del coming
            if isinstance(result, Ending):
                yield result.result
                raise result.error
            yield result
            del result  # the next may take long to come
            self.channel.remove()

    def _oldest(self) -> _Result[U | Ending[U]] | None:
        try:
            return self.channel.oldest()
        except StopIteration:  # must not be mistaken for one raised by the work
            return None

    def abort(self) -> None:
        """Drops all items and wakes both sides."""
        for result in self.channel.abort():
            result.cancel()
        self._order.abort()


class _Result(Generic[U]):
    """A result that a worker is to produce.

    Waiting uses a bare lock. An interrupt in `Future.result` can leave the future's lock held
    (see `Channel`), and the worker would then wait for it forever.
    """

    def __init__(self, future: Future[U]) -> None:
        self._future = future
        self._done = done = threading.Lock()
        done.acquire()
        future.add_done_callback(lambda _: done.release())

    def get(self) -> U:
        """Waits for the result. Called once.

        Raises:
            Aborted: It was cancelled, because the run is over.
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
        """Keeps workers from starting it."""
        self._future.cancel()


class Flow:
    """Serial threads between stages of workers.

    As a context it starts nothing. At its end every stage is aborted, the input is interrupted,
    and all threads have ended.
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
            meter: The thread's, for its waiting time.
        """
        before = list(self._stages)
        self._stages.append(stage)

        def pump() -> None:
            if stage.channel.aborted:  # an interrupt has ended the run as it began
                return
            try:
                for item in feed():
                    with meter.waiting("blocked"):
                        stage.send(item)
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
        """Gives up waiting for the threads, because a worker does not end; returns them."""
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
            # The system may have refused to start a thread. One may also be this thread, when the
            # garbage collector ends an abandoned run.
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join()
