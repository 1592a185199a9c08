"""The end of a stream that fails, after what it has yielded was dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from biometal_stream.channel import Aborted

T = TypeVar("T")


class UntilError(Generic[T]):
    """Yields what an iterator yields, and ends where that fails; the error is for later.

    So whoever merges items hands on what is held before the error is raised. A run that is over
    (`Aborted`) has nobody to hand on to, and ends at once. Belongs to one thread.

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
