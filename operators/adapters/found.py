"""What was found in the first reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Pair: TypeAlias = tuple[str, str]
"""The adapters that mate 1 and mate 2 run into; empty where there is none."""


@dataclass(frozen=True)
class Found:
    """An adapter that was found.

    Attributes:
        adapters: What mate 1 and mate 2 run into; that of mate 2 is empty with single reads.
        reads: How many reads, or pairs, show it.
        kit: The kit that it belongs to; ``None`` for no known kit.
    """

    adapters: Pair
    reads: int
    kit: str | None
