"""Cycles in the groups that FastQC shows: one each up to 75 cycles, then fewer than 75 groups."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

_SINGLE = 9
"""The first cycles, which always have a group of their own."""

_MOST = 75


@dataclass(frozen=True)
class BaseGroup:
    """A range of cycles, counted from 1.

    Attributes:
        first: Its first cycle.
        last: Its last cycle.
    """

    first: int
    last: int

    def __str__(self) -> str:
        """As FastQC writes it, for example ``10-14``."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def in_words(self) -> str:
        """In a sentence: ``cycle 9`` or ``cycles 10-14``."""
        return f"cycle {self}" if self.width == 1 else f"cycles {self}"

    @property
    def width(self) -> int:
        """The number of cycles."""
        return self.last - self.first + 1


def base_groups(cycles: int) -> tuple[BaseGroup, ...]:
    """The groups that FastQC makes of reads with so many cycles."""
    if cycles <= _MOST:
        return tuple(BaseGroup(cycle, cycle) for cycle in range(1, cycles + 1))
    interval = _interval(cycles)
    starts = list(range(1, _SINGLE + 1))
    if interval > 10:
        starts.append(10)
        starts += range(interval, cycles + 1, interval)
    else:
        starts += range(10, cycles + 1, interval)
    ends = [start - 1 for start in starts[1:]] + [cycles]
    return tuple(map(BaseGroup, starts, ends))


def _interval(cycles: int) -> int:
    """The least of 2, 5, 10, 20, 50, … that makes fewer than 75 groups."""
    rest = cycles - _SINGLE
    for power in count():
        for base in (2, 5, 10):
            interval: int = base * 10**power
            if _SINGLE + -(-rest // interval) < _MOST:
                return interval
    raise AssertionError  # the loop does not end
