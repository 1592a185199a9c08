"""The context that commits or discards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class WholeOrNothing(ABC):
    """A context that commits when its body ends well, and otherwise discards."""

    @abstractmethod
    def commit(self) -> None:
        """Makes what was written durable and gives it its name."""

    @abstractmethod
    def discard(self) -> None:
        """Forgets what was written. May be called again, and after `commit` does nothing."""

    def _fail(self) -> None:  # noqa: B027 - what has no pipes has nothing to do
        """Has pipes take what was written before the error, so that their readers go on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.commit()
            elif issubclass(kind, Exception) and not issubclass(kind, BrokenPipeError):
                self._fail()
        finally:  # also where an interrupt comes before `commit` has begun
            self.discard()
