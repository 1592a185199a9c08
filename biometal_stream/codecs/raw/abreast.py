"""Pipes that are read together, since one program may write them in turn.

While a read waits for one pipe, the others are read ahead, so that their writer can continue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

PATIENCE = 10.0
"""Seconds without a byte after which a warning says that the writer may be stuck."""


class ReadAhead(Protocol):
    """A pipe that can be read ahead.

    Attributes:
        name: Its name in messages.
        abreast: The pipes that it belongs to.
    """

    name: str
    abreast: Abreast | None

    @property
    def ahead(self) -> int:
        """Bytes taken from the pipe and not read yet."""

    @property
    def may_give(self) -> bool:
        """Whether there may be more to read ahead."""

    def fileno(self) -> int:
        """The descriptor to wait for."""

    def read_ahead(self) -> None:
        """Takes what is available, without waiting."""


class Abreast:
    """Pipes that one thread reads, and how far each may be read ahead of the others.

    A writer that is too far ahead is held back, as by any pipe. For use by the thread that reads.

    Args:
        room: The most bytes read ahead in total: see `Budget.pipes`.
        warn: Issues a warning right away.
    """

    def __init__(self, room: int, warn: Callable[[str], None]) -> None:
        self._issue = warn
        self._room = room
        self._pipes: list[ReadAhead] = []
        self._warned = False

    def add(self, pipe: ReadAhead) -> None:
        """Adds a pipe. Any of the pipes may be read ahead while another waits."""
        self._pipes.append(pipe)
        pipe.abreast = self

    def others(self, waiting: ReadAhead) -> list[ReadAhead]:
        """The pipes to read while one waits; empty if they are far enough ahead."""
        others = [each for each in self._pipes if each is not waiting and each.may_give]
        return others if self._ahead(waiting) < self._room else []

    def _ahead(self, waiting: ReadAhead) -> int:
        return sum(each.ahead for each in self._pipes if each is not waiting)

    def patience(self, waiting: ReadAhead) -> float | None:
        """Seconds to wait before `warn`; ``None`` to wait without limit."""
        if self._warned or self._ahead(waiting) < self._room:
            return None
        return PATIENCE

    def warn(self, waiting: ReadAhead) -> None:
        """Warns, once, that the writer of a pipe may be waiting for this run."""
        self._warned = True
        farthest = max(self._pipes, key=lambda each: each.ahead if each is not waiting else -1)
        self._issue(
            f"{waiting.name}: no data for {PATIENCE:.0f} s, while {farthest.name} is"
            f" {farthest.ahead:,} bytes ahead; a program that writes both must write them in turn"
            " (more --memory allows more to be read ahead)"
        )
