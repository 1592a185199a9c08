"""Pipes that are read side by side, since one program may write them in turn.

While a read waits for one of them, the others are read ahead, so that their writer can go on.
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
        """Bytes that are taken and not read yet."""

    @property
    def may_give(self) -> bool:
        """Whether there may be more to read ahead."""

    def fileno(self) -> int:
        """The descriptor to wait for."""

    def read_ahead(self) -> None:
        """Takes what is there, without waiting."""


class Abreast:
    """Pipes that one thread reads, and how far each may be read ahead of the others.

    Once the faster of two writers is so far ahead, it is held back, as by any pipe. Belongs to the
    thread that reads.

    Args:
        room: Bytes that may be read ahead in all: see `Budget.pipes`.
        warn: Issues a warning at once.
    """

    def __init__(self, room: int, warn: Callable[[str], None]) -> None:
        self._issue = warn
        self._room = room
        self._pipes: list[ReadAhead] = []
        self._warned = False

    def add(self, pipe: ReadAhead) -> None:
        """Adds a pipe, which may be read ahead while others wait, as they may while it waits."""
        self._pipes.append(pipe)
        pipe.abreast = self

    def others(self, waiting: ReadAhead) -> list[ReadAhead]:
        """The pipes to read while one waits; none if they are far enough ahead already."""
        others = [each for each in self._pipes if each is not waiting and each.may_give]
        return others if self._ahead(waiting) < self._room else []

    def _ahead(self, waiting: ReadAhead) -> int:
        return sum(each.ahead for each in self._pipes if each is not waiting)

    def patience(self, waiting: ReadAhead) -> float | None:
        """Seconds to wait before `warn`; ``None`` for as long as it takes."""
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
