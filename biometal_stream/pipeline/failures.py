"""What went wrong in a stream, kept for whoever hears of it through another engine.

Arrow's C stream interface hands on an error as a number and a text. So an engine that reads a
pipeline raises an exception of its own, with our message in it, often from another thread.
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
    """Raises the error of a stream as itself where an engine has wrapped it.

    An engine that reads a pipeline, or its dataset, and finds it failing raises an exception of
    its own. In the body of this context it is replaced by ours, raised from the engine's. What
    the engine raises on its own account stays as it is.

    The two are matched by the message, which every engine repeats. Any thread may read the
    stream, and several contexts may be entered, in several threads, at once.

    >>> with own_errors():  # doctest: +SKIP
    ...     duckdb.sql("select count(*) from reads").fetchall()

    Raises:
        BaseException: What made the stream fail: a `BiometalError`, an error of an operator of
            the user's, or `KeyboardInterrupt`.
    """
    watch = _Watch()
    with _lock:
        _watches.append(watch)
    try:
        yield
    except BaseException as wrapped:  # a panic of an engine's, too
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
    """Yields what ``batches`` does, and tells every `own_errors` what makes it fail.

    An error of this package loses its traceback, which engines repeat behind its message.
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
    """Tells every `own_errors` of an error of the body, before there is a stream."""
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
    if not isinstance(error, BiometalError) or not message:  # it may be no more than a key's name
        message += f"\n{type(error).__name__}"
    return all(_letters(line) in text for line in message.splitlines())


def _letters(text: str) -> str:
    """Letters and digits alone: engines escape quotes and the like."""
    return re.sub(r"[\W_]+", "", text)
