"""What one run of a job took, and what came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from benches.contents import Contents
from benches.processes import Usage


class Check(Enum):
    """What is read of the files that come out."""

    NOTHING = 0
    COUNT = 1
    CONTENTS = 2


@dataclass(frozen=True)
class Run:
    """One run of a job on one input.

    Attributes:
        usage: What the process took.
        sizes: The bytes of each file that came out.
        reads: The reads that came out; ``None`` where they were not counted.
        report: What biometal_stream reports about its stages; empty for others.
        contents: Which reads came out; ``None`` where that was not checked.
    """

    usage: Usage
    sizes: tuple[int, ...] = ()
    reads: int | None = None
    report: dict[str, Any] = field(default_factory=dict)
    contents: Contents | None = None


@dataclass(frozen=True)
class Lap:
    """A job in one round.

    Attributes:
        full: Its run on the input.
        start: Its run on a few reads, just before.
        bare: Seconds of bare ISA-L in the same round, its start included.
    """

    full: Run
    start: Run
    bare: float

    @property
    def net(self) -> float:
        """Seconds, the start taken off."""
        return max(self.full.usage.wall - self.start.usage.wall, 0.0)
