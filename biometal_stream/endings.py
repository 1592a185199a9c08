"""Delays the error of a stream until everything before it has been processed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from biometal_stream.channel import Aborted

T = TypeVar("T")


class UntilError(Generic[T]):
    """Yields the items of an iterator, and stops if it fails; the error is raised later.

    So code that merges items can pass on what it holds before the error is raised. If the run is
    over (`Aborted`), this is raised immediately. For use by one thread.

    Args:
        items: The iterator.
    """

    def __init__(self, items: Iterator[T]) -> None:
        self._items = items
        self._error: Exception | None = None

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self._error is not None:
            raise StopIteration
        try:
            return next(self._items)
        except (StopIteration, Aborted):
            raise
        except Exception as error:  # noqa: BLE001 - `check` raises it
            self._error = error
            raise StopIteration from None

    @property
    def failed(self) -> bool:
        """Whether the iterator has ended with an error."""
        return self._error is not None

    def check(self) -> None:
        """Raises the error that the iterator has ended with, if any."""
        if self._error is not None:
            raise self._error
