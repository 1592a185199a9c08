"""The context that commits or discards, alone or together with others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from biometal_stream.atomic.commit import committing
from biometal_stream.atomic.writing import sync_renames

_GROUP: ContextVar[list[WholeOrNothing] | None] = ContextVar("targets that wait", default=None)


class Member(Protocol):
    """A target that takes its name together with others, step by step."""

    def _end(self) -> None:
        """Lets the reader of a pipe find the end."""

    def _finish(self) -> None:
        """Makes what was written durable; the target is still as it was."""

    def _locked(self) -> Sequence[Path]:
        """The paths that runs on the same targets lock while they commit."""

    def _publish(self, *, keep: bool, before: Sequence[Any]) -> None:
        """Gives what was written its name.

        Args:
            keep: Whether `_retract` must be able to undo it.
            before: All members; those before this one have their names.
        """

    def _retract(self) -> None:
        """Undoes `_publish`, as far as the system lets; does nothing where it was not begun."""

    def _settle(self) -> None:
        """Removes what `_retract` would need."""

    def _changed(self) -> Iterable[Path]:
        """The folders in which names have changed, which are to be made durable."""


class WholeOrNothing(ABC):
    """A context that commits when its body ends well, and otherwise discards."""

    @abstractmethod
    def commit(self) -> None:
        """Makes what was written durable and gives it its name."""

    @abstractmethod
    def discard(self) -> None:
        """Forgets what was written. May be called again, and after `commit` does nothing."""

    @abstractmethod
    def _members(self) -> Sequence[Member]:
        """What takes its name step by step, where several targets are committed together."""

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
        waits = False
        try:
            if kind is None:
                group = _GROUP.get()
                if group is None:
                    self.commit()
                else:
                    group.append(self)
                    waits = True
            elif issubclass(kind, Exception) and not issubclass(kind, BrokenPipeError):
                self._fail()
        finally:  # also where an interrupt comes before `commit` has begun
            if not waits:
                self.discard()


@contextmanager
def together() -> Iterator[None]:
    """Commits all targets whose contexts end well in the body when it ends, all or none.

    Belongs to one thread.

    Raises:
        SinkError: The system refuses one of them; all are as they were.
    """
    group: list[WholeOrNothing] = []
    token = _GROUP.set(group)
    try:
        try:
            yield
        finally:
            _GROUP.reset(token)
        commit_members([member for target in group for member in target._members()])
    except Exception as error:
        for target in () if isinstance(error, BrokenPipeError) else group:
            target._fail()
        raise
    finally:
        for target in group:
            target.discard()


def commit_members(members: Sequence[Member]) -> None:
    """Makes targets durable and gives them their names, all or none.

    Raises:
        SinkError: The system refuses; the targets are as they were.
    """
    for member in members:
        member._end()
    for member in members:
        member._finish()
    done = False
    with committing([path for member in members for path in member._locked()]):
        try:
            for member in members:
                member._publish(keep=len(members) > 1, before=members)
            done = True
            for member in members:
                member._settle()
        except BaseException:
            for member in reversed(members):
                if done:  # an interrupt: all stands, and what it replaced still has to go
                    member._settle()
                else:
                    member._retract()
            raise
    for folder in {folder for member in members for folder in member._changed()}:
        sync_renames(folder)
