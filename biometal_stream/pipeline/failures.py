"""Errors of a stream, kept for callers that read the stream through another engine.

Arrow's C stream interface passes an error on as a number and a text. So an engine that reads a
pipeline raises its own exception, with our message in it, often from another thread.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from biometal_stream.errors import BiometalError

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

T = TypeVar("T")


@contextmanager
def own_errors() -> Iterator[None]:
    """Raises the original error of a stream where an engine has wrapped it.

    If a pipeline fails while an engine reads it or its dataset, the engine raises its own
    exception. In the body of this context ours replaces it, raised from the engine's. Errors of
    the engine itself are left unchanged.

    The two are matched by the message, which every engine repeats. Any thread may read the
    stream. Several contexts may be active at the same time, in several threads.

    >>> with own_errors():  # doctest: +SKIP
    ...     duckdb.sql("select count(*) from reads").fetchall()

    Raises:
        BaseException: What made the stream fail: a `BiometalError`, an error of a user's
            operator, or `KeyboardInterrupt`.
    """
    watch = _Watch()
    with _lock:
        _watches.append(watch)
    try:
        yield
    except BaseException as wrapped:  # also a panic of an engine
        with _lock:
            cause = watch.cause_of(wrapped)
        if cause is None:
            raise
        error, traceback = cause
        raise error.with_traceback(traceback) from wrapped
    finally:
        with _lock:
            _watches.remove(watch)
            watch.failures.clear()  # their tracebacks hold the frames of the run


def watched(batches: Generator[T, None, None]) -> Generator[T, None, None]:
    """Yields from ``batches``, and reports an error to every active `own_errors`.

    An error of this package loses its traceback, which engines append to its message.
    """
    try:
        yield from batches
    except GeneratorExit:
        raise
    except BaseException as error:
        _tell(error)
        if isinstance(error, BiometalError):
            raise error.with_traceback(None)  # noqa: B904 - it is the same error
        raise


@contextmanager
def failing() -> Iterator[None]:
    """Reports an error of the body to every active `own_errors`, before a stream exists."""
    try:
        yield
    except BaseException as error:
        _tell(error)
        raise


class _Watch:
    """The failures of all streams since an `own_errors` began."""

    def __init__(self) -> None:
        self.failures: list[tuple[BaseException, TracebackType | None]] = []

    def cause_of(self, wrapped: BaseException) -> tuple[BaseException, TracebackType | None] | None:
        """The first failure whose message an exception repeats."""
        if any(error is wrapped for error, _ in self.failures):
            return None
        text = _letters(str(wrapped))
        return next((failure for failure in self.failures if _repeats(text, failure[0])), None)


_lock = threading.RLock()  # see `Channel`
_watches: list[_Watch] = []


def _tell(error: BaseException) -> None:
    with _lock:
        for watch in _watches:
            watch.failures.append((error, error.__traceback__))


def _repeats(text: str, error: BaseException) -> bool:
    message = str(error)
    if not isinstance(error, BiometalError) or not message:  # it may be just the name of a key
        message += f"\n{type(error).__name__}"
    return all(_letters(line) in text for line in message.splitlines())


def _letters(text: str) -> str:
    """Letters and digits only: engines escape quotes and the like."""
    return re.sub(r"[\W_]+", "", text)
