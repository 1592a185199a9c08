"""Makes long calls of libraries interruptible.

Python handles signals in its main thread, between its own steps: while that thread is in a call of
a library, Ctrl-C has no effect. So the call runs in another thread, and the main thread waits where
an interrupt reaches it.
"""

from __future__ import annotations

import contextvars
import math
import threading
import warnings
from collections.abc import Callable, Collection
from typing import Generic, TypeVar

from biometal_stream.errors import ModelWarning
from biometal_stream.run import starting_threads
from biometal_stream.waiting import wait_at

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which a call that has not returned causes a warning. It is not ended: a large
model may take this long, and the user decides."""

GRACE = 1.0
"""Seconds that a call has to end after the request. One operator of a model takes less on one
batch; a call that takes longer may never end."""

_left: list[Collection[threading.Thread]] = []


def attended(work: Callable[[], T], end: Callable[[], bool], waiting: str) -> T:
    """Runs work so that an interrupt can end it; outside the main thread, just runs it.

    Args:
        work: Runs in a separate thread.
        end: Called after an interrupt; makes the work end, waits `GRACE` at most, and returns
            whether it ended.
        waiting: The text of a `ModelWarning` if the work takes longer than `PATIENCE`.

    Returns:
        The result of the work.

    Raises:
        BaseException: The error of the work, or the interrupt. A thread that does not end then
            keeps running, see `left_behind`.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    outcome = _Outcome(work)
    context = contextvars.copy_context()
    thread = threading.Thread(
        target=context.run, args=(outcome.fill,), name="biometal-model", daemon=True
    )
    try:
        with starting_threads():
            thread.start()
        if not outcome.wait(PATIENCE):
            warnings.warn(f"{waiting}; Ctrl-C ends it", ModelWarning, stacklevel=3)
            outcome.wait()
    except BaseException:
        if not (end() and outcome.wait(GRACE)):
            leave((thread,))
        raise
    thread.join()
    return outcome.get()


def leave(threads: Collection[threading.Thread]) -> None:
    """Notes threads that may still be running, and will not be waited for.

    Args:
        threads: The threads. They are checked later, since some may just be starting.
    """
    _left.append(threads)


def left_behind() -> bool:
    """Whether a thread that was not waited for is still running.

    Python would wait for it at its exit, or destroy what it uses.
    """
    return any(thread.is_alive() for threads in _left for thread in list(threads))


class _Outcome(Generic[T]):
    """The result of work in another thread."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._done = threading.Lock()  # a plain lock, since an interrupt may come at any time
        self._done.acquire()

    def fill(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised where the result is used
            self._error = error
        finally:
            self._done.release()

    def wait(self, seconds: float = math.inf) -> bool:
        if not wait_at(self._done, seconds):
            return False
        self._done.release()  # for the next wait
        return True

    def get(self) -> T:
        try:
            if self._error is not None:
                raise self._error
            return self._results[0]
        finally:
            self._error = None  # since it refers to this frame
