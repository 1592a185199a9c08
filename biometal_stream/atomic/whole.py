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
    """A target that is published together with others, step by step."""

    def _end(self) -> None:
        """Ends a pipe, so that its reader sees the end."""

    def _finish(self) -> None:
        """Makes what was written durable; the target is still unchanged."""

    def _locked(self) -> Sequence[Path]:
        """The paths that runs on the same targets lock during a commit."""

    def _publish(self, *, keep: bool, before: Sequence[Any]) -> None:
        """Renames what was written to its final name.

        Args:
            keep: Whether `_retract` must be able to undo it.
            before: All members; those before this one are published.
        """

    def _retract(self) -> None:
        """Undoes `_publish`, as far as the system allows; does nothing if it was not started."""

    def _settle(self) -> None:
        """Removes what `_retract` would need."""

    def _changed(self) -> Iterable[Path]:
        """The folders in which names have changed, to be made durable."""


class WholeOrNothing(ABC):
    """A context that commits if its body succeeds, and otherwise discards."""

    @abstractmethod
    def commit(self) -> None:
        """Makes what was written durable and gives it its name."""

    @abstractmethod
    def discard(self) -> None:
        """Drops what was written. May be called again; does nothing after `commit`."""

    @abstractmethod
    def _members(self) -> Sequence[Member]:
        """The targets to publish step by step, if several are committed together."""

    def _fail(self) -> None:  # noqa: B027 - without pipes there is nothing to do
        """Lets pipes deliver what was written before the error, so that their readers continue."""

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
        finally:  # also if an interrupt comes before `commit` has begun
            if not waits:
                self.discard()


@contextmanager
def together() -> Iterator[None]:
    """Commits the targets of all contexts in the body together when the body ends, all or none.

    For use by one thread.

    Raises:
        SinkError: The system refuses one of them; all are unchanged.
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
        SinkError: The system refuses; the targets are unchanged.
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
                if done:  # an interrupt: only the replaced files are left to remove
                    member._settle()
                else:
                    member._retract()
            raise
    for folder in {folder for member in members for folder in member._changed()}:
        sync_renames(folder)
