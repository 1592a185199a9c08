"""The order of the items of a stage, for what workers must do in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from biometal_stream.channel import Aborted
from biometal_stream.waiting import closed_gate, wake

T = TypeVar("T")
U = TypeVar("U")


class Turn:
    """One thing that is done to all items of a stage in their order, by whichever worker has each.

    Workers start the items in order, so a worker only ever waits for items that others have begun.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        # Like a `Channel`'s: the main thread ends a run, and may be interrupted as it does.
        self._lock = threading.RLock()
        self._waiting: list[threading.Lock] = []  # each is held until its worker may look again
        self._next = 0
        self._passed: set[int] = set()  # later items that no longer need their turn
        self._over = False

    def wait(self) -> None:
        """Waits until all items before this worker's have had their turn.

        Raises:
            Aborted: The run is over.
        """
        number = self._order.number
        while True:
            with self._lock:
                if self._over:
                    raise Aborted
                if self._next == number:
                    return
                gate = closed_gate(self._waiting)
            gate.acquire()

    def __enter__(self) -> None:
        """Waits as `wait` does; after the body it is the next item's turn."""
        self.wait()

    def __exit__(self, *_: object) -> None:
        self.pass_on(self._order.number)

    def pass_on(self, number: int) -> None:
        """Notes that an item no longer needs its turn: it had it, or its work has failed."""
        with self._lock:
            if number >= self._next:
                self._passed.add(number)
            while self._next in self._passed:
                self._passed.remove(self._next)
                self._next += 1
            wake(self._waiting)

    def abort(self) -> None:
        """Wakes all workers that wait, because the run is over."""
        with self._lock:
            self._over = True
            wake(self._waiting)


class Order:
    """The order of the items of one stage of workers.

    `turn` is called before the run begins, `numbered` by the thread that sends the items,
    `abort` by any.
    """

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._sent = 0
        self._at = threading.local()

    @property
    def number(self) -> int:
        """The number of the item that this worker works on."""
        number: int = self._at.number
        return number

    def turn(self) -> Turn:
        """Adds one thing to do in order."""
        self._turns.append(Turn(self))
        return self._turns[-1]

    def numbered(self, work: Callable[[T], U]) -> Callable[[T], U]:
        """Gives the next number to an item; returns the work on it."""
        if not self._turns:
            return work
        number, self._sent = self._sent, self._sent + 1

        def numbered_work(item: T) -> U:
            with self._item(number):
                return work(item)

        return numbered_work

    @contextmanager
    def _item(self, number: int) -> Iterator[None]:
        self._at.number = number
        try:
            yield
        finally:
            for turn in self._turns:
                turn.pass_on(number)

    def abort(self) -> None:
        """Ends all waiting."""
        for turn in self._turns:
            turn.abort()
