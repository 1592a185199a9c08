"""Counts of whole numbers, such as the lengths of reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

import numpy as np

from biometal_stream.reports.records.packing import packed, unpacked_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Run: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]

DENSE = 1 << 14
"""Numbers below this are counted in an array, which is cheaper to add than sorted runs."""


def _nothing() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Spread:
    """Counts of whole numbers of 0 or more, exact and for numbers of any size.

    Large numbers are in sorted runs, each at least twice as long as the next. That makes it cheap
    to add many small spreads to a large one. As many different lengths of reads as n need n²/2
    bases, so counts of lengths stay small: a terabase has at most 1.4 million of them, 23 MB.

    Attributes:
        small: ``int64``, (up to `DENSE`,): how often each small number occurs. The last is not 0.
        runs: Sorted larger numbers and their counts, each ``int64``, (numbers,).
    """

    kind: ClassVar[str] = "spread"

    small: NDArray[np.int64] = field(default_factory=_nothing)
    runs: tuple[Run, ...] = ()

    @classmethod
    def of(cls, numbers: NDArray[np.int64]) -> Self:
        """Counts numbers of 0 or more; (numbers,)."""
        if not len(numbers):
            return cls()
        most = int(numbers.max())
        if most < DENSE:
            if most != int(numbers.min()):
                return cls(np.bincount(numbers))
            small = np.zeros(most + 1, np.int64)  # for example if all reads have one length
            small[most] = len(numbers)
            return cls(small)
        large = numbers >= DENSE
        run = np.unique(numbers[large], return_counts=True)
        return cls(np.bincount(numbers[~large]), (run,))

    def __add__(self, other: Spread, /) -> Spread:
        """The counts of both."""
        runs = list(self.runs)
        for run in other.runs:
            runs.append(run)
            while len(runs) > 1 and len(runs[-2][0]) < 2 * len(runs[-1][0]):
                last = runs.pop()
                runs[-1] = _merged(runs[-1], last)
        return Spread(_added(self.small, other.small), tuple(runs))

    def sorted(self) -> Run:
        """The numbers that occur, in ascending order, and how often: ``int64``, (numbers,)."""
        found = np.flatnonzero(self.small)
        numbers, counts = self._large()
        return np.concatenate([found, numbers]), np.concatenate([self.small[found], counts])

    def _large(self) -> Run:
        runs = [*self.runs]
        while len(runs) > 1:
            last = runs.pop()
            runs[-1] = _merged(runs[-1], last)
        return runs[0] if runs else (_nothing(), _nothing())

    def to_plain(self) -> dict[str, Any]:
        """The record as plain objects, for JSON."""
        numbers, counts = self.sorted()
        return {"kind": self.kind, "numbers": packed(numbers), "counts": packed(counts)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /) -> Self:
        """The record of such objects.

        Raises:
            ValueError: Numbers and counts do not belong together.
        """
        numbers, counts = (unpacked_counts(plain[name]) for name in ("numbers", "counts"))
        fit = numbers.ndim == 1 and numbers.shape == counts.shape
        if not fit or (numbers[1:] <= numbers[:-1]).any():
            raise ValueError("the numbers and the counts of a record do not belong together")
        first = int(np.searchsorted(numbers, DENSE))
        small = np.zeros(int(numbers[first - 1]) + 1 if first else 0, np.int64)
        small[numbers[:first]] = counts[:first]
        large = ((numbers[first:], counts[first:]),) if first < len(numbers) else ()
        return cls(small, large)


def _added(one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(one) == len(two):
        return one + two
    longer, shorter = (one, two) if len(one) > len(two) else (two, one)
    total = longer.copy()
    total[: len(shorter)] += shorter
    return total


def _merged(one: Run, two: Run) -> Run:
    if np.array_equal(one[0], two[0]):
        return one[0], one[1] + two[1]
    numbers, places = np.unique(np.concatenate([one[0], two[0]]), return_inverse=True)
    counts = np.zeros(len(numbers), np.int64)
    np.add.at(counts, places, np.concatenate([one[1], two[1]]))
    return numbers, counts
