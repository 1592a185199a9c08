"""Pipes that are read abreast, since one program may write them in turn.

While one of them is waited for, what the others have is taken too, so that their writer can go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from biometal_stream.codecs.raw import PipeInput

PATIENCE = 10.0
"""Seconds without a byte after which somebody is told that a writer may wait for ever."""
LEAST_ROOM = 8 << 20
_CHUNKS = 64 << 20


class Abreast:
    """Pipes that one thread reads, and how far each may be read ahead of the others.

    Programs that write at different speeds are held back as usual, once the faster one is so far
    ahead. Belongs to the thread that reads.

    What is read ahead may be a quarter of the run's memory; or 16 of the chunks in which FASTQ is
    read, since of two mates one may be that much longer; or 8 MiB, whichever is the most.

    Args:
        memory: The bytes that the run may hold.
        workers: Its workers, who have so many chunks as fit.
        warn: Takes a warning, and issues it at once.
    """

    def __init__(self, memory: int, workers: int, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._room = max(LEAST_ROOM, memory // 4, min(_CHUNKS, memory // workers))
        self._inputs: list[PipeInput] = []
        self._told = False

    def add(self, pipe: PipeInput) -> None:
        """Lets a pipe be read ahead, and others while it waits."""
        self._inputs.append(pipe)
        pipe.abreast = self

    def others(self, waiting: PipeInput) -> list[PipeInput]:
        """The pipes to read while one waits; none where they are far ahead already."""
        others = [each for each in self._inputs if each is not waiting and each.may_give]
        return others if self._ahead(waiting) < self._room else []

    def _ahead(self, waiting: PipeInput) -> int:
        return sum(each.ahead for each in self._inputs if each is not waiting)

    def patience(self, waiting: PipeInput) -> float | None:
        """Seconds to wait before `tell`; ``None`` where there is nothing to tell."""
        if self._told or self._ahead(waiting) < self._room:
            return None
        return PATIENCE

    def tell(self, waiting: PipeInput) -> None:
        """Warns, once and at once, that the writer of a pipe may wait for this run."""
        self._told = True
        farthest = max(self._inputs, key=lambda each: each.ahead if each is not waiting else -1)
        self._warn(
            f"{waiting.name}: nothing has come for {PATIENCE:.0f} s, while {farthest.name} is"
            f" {farthest.ahead:,} bytes ahead; a program that writes both must write them in turn"
            " (with more --memory, more is read ahead)"
        )
