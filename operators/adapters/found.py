"""What was found in the first reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Pair: TypeAlias = tuple[str, str]
"""The adapters that mate 1 and mate 2 run into; an empty text if there is none."""


@dataclass(frozen=True)
class Found:
    """An adapter that was found.

    Attributes:
        adapters: What mate 1 and mate 2 run into; that of mate 2 is empty with single reads.
        reads: How many reads, or pairs, show it.
        kit: The kit that it belongs to; ``None`` for no known kit.
        evidence: How they show it, in words.
    """

    adapters: Pair
    reads: int
    kit: str | None
    evidence: str


def findings(found: Sequence[Found], total: int, unit: str) -> list[str]:
    """What was found, a line for each adapter, for the end of a run.

    Args:
        found: The adapters.
        total: How many reads, or pairs, were searched.
        unit: What these are: ``reads`` or ``pairs``.
    """
    searched = f"the first {total:,} {unit}" if total != 1 else f"the first {unit[:-1]}"
    if not found:
        return [f"no adapter in {searched}; nothing is cut"]
    return [_line(each, searched, total) for each in found]


def _line(found: Found, searched: str, total: int) -> str:
    adapters = " and ".join(_short(each) for each in found.adapters if each)
    kit = f"kit {found.kit}" if found.kit else "no known kit"
    share = f"{found.reads:,} of {searched}, {100 * found.reads / max(total, 1):.1f} %"
    return f"{kit}: {adapters} in {share} ({found.evidence})"


def _short(adapter: str) -> str:
    return adapter if len(adapter) <= _SHOWN else f"{adapter[:_SHOWN]}..."


_SHOWN = 20
"""The most bases that are shown of an adapter."""
