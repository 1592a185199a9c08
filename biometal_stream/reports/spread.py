"""Counts of whole numbers, such as the lengths of reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Run: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]

_DENSE = 4


@dataclass(frozen=True, eq=False)
class Spread:
    """Counts of whole numbers, exact and for numbers of any size.

    It holds sorted runs, each at least twice as long as the next. That makes it cheap to merge
    many small spreads into a large one.

    Attributes:
        runs: Sorted numbers and their counts, each ``int64``, (numbers,).
    """

    runs: tuple[Run, ...] = ()

    @classmethod
    def of(cls, numbers: NDArray[np.int64]) -> Spread:
        """Counts numbers of 0 or more; (numbers,)."""
        if not len(numbers):
            return cls()
        if numbers.max() < _DENSE * len(numbers):
            counts = np.bincount(numbers)
            found = np.flatnonzero(counts)
            return cls(((found, counts[found]),))
        return cls((np.unique(numbers, return_counts=True),))

    def merge(self, other: Spread) -> Spread:
        """Merges the counts."""
        runs = list(self.runs)
        for run in other.runs:
            runs.append(run)
            while len(runs) > 1 and len(runs[-2][0]) < 2 * len(runs[-1][0]):
                last = runs.pop()
                runs[-1] = _merged(runs[-1], last)
        return Spread(tuple(runs))

    def sorted(self) -> Run:
        """The numbers in ascending order, and their counts."""
        runs = [*self.runs]
        while len(runs) > 1:
            last = runs.pop()
            runs[-1] = _merged(runs[-1], last)
        empty = np.zeros(0, np.int64)
        return runs[0] if runs else (empty, empty)


def _merged(one: Run, two: Run) -> Run:
    if np.array_equal(one[0], two[0]):  # for example if all reads have one length
        return one[0], one[1] + two[1]
    numbers, places = np.unique(np.concatenate([one[0], two[0]]), return_inverse=True)
    counts = np.zeros(len(numbers), np.int64)
    np.add.at(counts, places, np.concatenate([one[1], two[1]]))
    return numbers, counts
