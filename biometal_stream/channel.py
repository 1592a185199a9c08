"""A bounded queue between two threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Generic, TypeVar

from biometal_stream.waiting import closed_gate, wait_at, wake

T = TypeVar("T")


class Aborted(Exception):  # noqa: N818 - a signal, not a fault
    """The other end of a channel is gone: the receiver of this exception stops silently."""


@dataclass(frozen=True)
class ChannelStatistics:
    """How full a channel was.

    Attributes:
        name: The channel's name, after the stage that it feeds.
        capacity: The most items that it can hold.
        capacity_bytes: The most bytes that its items may hold together.
        items: The number of items that passed through.
        most_items: The most items that it held.
        most_bytes: The most bytes that its items held.
        mean_items: The mean number of items over time.
        full: Seconds that its sender waited for room.
        empty: Seconds that its receiver waited for an item.
    """

    name: str
    capacity: int
    capacity_bytes: int
    items: int
    most_items: int
    most_bytes: int
    mean_items: float
    full: float
    empty: float


class Channel(Generic[T]):
    """A queue with a limit on items and on bytes, which can be closed or aborted.

    An item above the limit on bytes is accepted when the channel is empty. One thread sends and one
    receives; `close` is for the sender, `abort` for any thread. There is no polling and no timeout:
    a waiting thread is woken by the other one.

    An interrupt may come at any time in the main thread, and must not leave a lock held. So
    there is no `threading.Condition` here: Python code takes its lock, and can be interrupted
    before it is sure to release it.

    Args:
        name: The name in statistics.
        capacity: The most items that it holds, at least 1.
        capacity_bytes: The most bytes that its items hold together.
    """

    def __init__(self, name: str, capacity: int, capacity_bytes: int) -> None:
        if capacity < 1:
            raise ValueError(f"a channel must hold at least 1 item, not {capacity}")
        self.name = name
        self.capacity = capacity
        self.capacity_bytes = capacity_bytes
        self._items: deque[tuple[T, int]] = deque()
        self._bytes = 0
        self._closed = False
        self._aborted = False
        self._error: BaseException | None = None
        # The garbage collector may end an abandoned run during any call made here.
        self._lock = threading.RLock()
        self._blocked: list[threading.Lock] = []  # each is held until its thread may continue
        self._starved: list[threading.Lock] = []
        self._passed = 0
        self._most_items = 0
        self._most_bytes = 0
        self._full = 0.0
        self._empty = 0.0
        self._held = 0.0  # item-seconds
        self._since = self._born = perf_counter()

    def _fits(self, size: int) -> bool:
        if not self._items:
            return True
        return len(self._items) < self.capacity and self._bytes + size <= self.capacity_bytes

    def _note(self) -> float:
        now = perf_counter()
        self._held += len(self._items) * (now - self._since)
        self._since = now
        return now

    def send(self, item: T, size: int) -> None:
        """Appends an item, as soon as there is room.

        Args:
            item: The item.
            size: The size of the item in bytes.

        Raises:
            Aborted: The channel was aborted, before or while waiting.
        """
        self.wait_for_room(size)
        with self._lock:
            if self._aborted:
                raise Aborted
            self._note()
            self._items.append((item, size))
            self._bytes += size
            self._most_items = max(self._most_items, len(self._items))
            self._most_bytes = max(self._most_bytes, self._bytes)
            wake(self._starved)

    def wait_for_room(self, size: int) -> None:
        """Waits until `send` would not wait for an item of this size; for the sender.

        Raises:
            Aborted: The channel was aborted, before or while waiting.
        """
        while True:
            with self._lock:
                fits = self._fits(size)
                if self._aborted:
                    raise Aborted
                if self._closed:
                    raise RuntimeError(f"channel '{self.name}' is closed")
                if fits:
                    return
                gate = closed_gate(self._blocked)
            start = perf_counter()
            wait_at(gate)
            self._full += perf_counter() - start

    def close(self, error: BaseException | None = None) -> None:
        """Ends the stream: the receiver empties the channel, then stops, or gets the error.

        Has no effect on a closed or aborted channel.
        """
        with self._lock:
            if not self._closed:
                self._error = error
                self._closed = True
                wake(self._starved)

    def abort(self) -> list[T]:
        """Drops all items and wakes both sides with `Aborted`. May be called again.

        Returns:
            The dropped items.
        """
        with self._lock:
            self._aborted = True
            wake(self._starved)
            wake(self._blocked)
            self._note()
            dropped = [item for item, _ in self._items]
            self._items.clear()
            self._bytes = 0
            return dropped

    @property
    def aborted(self) -> bool:
        """Whether the channel was aborted; thread-safe."""
        return self._aborted

    def receive(self) -> T:
        """Removes the oldest item, as soon as there is one; raises as `oldest` does."""
        item = self.oldest()
        self.remove()
        return item

    def remove(self) -> None:
        """Removes the item that `oldest` returned; no effect if all were dropped."""
        with self._lock:
            if self._items:
                self._note()
                _, size = self._items.popleft()
                self._bytes -= size
                self._passed += 1
                wake(self._blocked)

    def oldest(self) -> T:
        """Waits for the oldest item, which stays in the channel until `remove`.

        Raises:
            StopIteration: The channel is closed and empty.
            Aborted: It was aborted.
            BaseException: The error it was closed with, once it is empty.
        """
        while True:
            with self._lock:
                if self._aborted:
                    raise Aborted
                if self._items:
                    return self._items[0][0]
                if self._closed:
                    if self._error is not None:
                        raise self._error
                    raise StopIteration
                gate = closed_gate(self._starved)
            start = perf_counter()
            wait_at(gate)
            self._empty += perf_counter() - start

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        return self.receive()

    def statistics(self) -> ChannelStatistics:
        """The statistics so far; thread-safe."""
        with self._lock:
            now = self._note()
            return ChannelStatistics(
                name=self.name,
                capacity=self.capacity,
                capacity_bytes=self.capacity_bytes,
                items=self._passed,
                most_items=self._most_items,
                most_bytes=self._most_bytes,
                mean_items=self._held / max(now - self._born, 1e-9),
                full=self._full,
                empty=self._empty,
            )
