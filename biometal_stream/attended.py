"""Long calls of libraries that an interrupt can end.

Python handles signals in its main thread, between steps of its own: while that thread is within a
call of a library, Ctrl-C does nothing. So such a call runs in another thread, and the main thread
waits where an interrupt reaches it.
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
"""Seconds after which a call that has not come back is told of. It is not ended: a large model may
take as long, and who waits knows best."""

GRACE = 1.0
"""Seconds that a call gets to end after it was told to. One operator of a model on one batch takes
less; what takes longer may never end."""

_left: list[Collection[threading.Thread]] = []


def attended(work: Callable[[], T], end: Callable[[], bool], waiting: str) -> T:
    """Does work so that an interrupt can end it; in any thread but the main one, just does it.

    Args:
        work: Runs in a thread of its own.
        end: Called when an interrupt came; makes the work end, waits `GRACE` at most, and tells
            whether it ended.
        waiting: What a `ModelWarning` says when the work takes longer than `PATIENCE`.

    Returns:
        What the work returns.

    Raises:
        BaseException: What the work raised; or the interrupt. A thread that does not end is then
            left behind, see `left_behind`.
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
    """Notes threads that may not have ended, and will not be waited for.

    Args:
        threads: They are looked at later, since some of them may just be starting.
    """
    _left.append(threads)


def left_behind() -> bool:
    """Whether a thread that was not waited for still runs.

    Python would wait for it at its exit, or take down what it works with.
    """
    return any(thread.is_alive() for threads in _left for thread in list(threads))


class _Outcome(Generic[T]):
    """What comes of work that another thread does."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._done = threading.Lock()  # bare, since an interrupt may come at any time
        self._done.acquire()

    def fill(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self._error = error
        finally:
            self._done.release()

    def wait(self, seconds: float = math.inf) -> bool:
        if not wait_at(self._done, seconds):
            return False
        self._done.release()  # for who waits again
        return True

    def get(self) -> T:
        try:
            if self._error is not None:
                raise self._error
            return self._results[0]
        finally:
            self._error = None  # which refers to this frame
