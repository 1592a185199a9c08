"""What the steps for pairs count in a run. All numbers are counts, so that they add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Counts:
    """Numbers, and numbers by a whole number, that add up."""

    def __add__(self, other: Self) -> Self:
        """Adds the counts of other reads."""
        return type(self)(
            **{
                each.name: _sum(getattr(self, each.name), getattr(other, each.name))
                for each in fields(self)
            }
        )


@dataclass(frozen=True)
class MergedPairs(Counts):
    """The result of `merge-pairs`.

    Attributes:
        merged: Pairs that became one read.
        unmerged: Pairs that stay.
        bases: Bases of the merged reads.
        lengths: How many merged reads have each length.
    """

    merged: int = 0
    unmerged: int = 0
    bases: int = 0
    lengths: Mapping[int, int] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[str, ...]:
        """What the end of a run says: how long merged reads are."""
        if not self.merged:
            return ("no pair was merged",)
        return (f"{_reads(self.merged, 'merged read')}, {_spread(self.lengths)}",)


@dataclass(frozen=True)
class CorrectedPairs(Counts):
    """The result of `correct-pairs`.

    Attributes:
        pairs: Pairs that it saw.
        overlapping: Pairs whose mates overlap.
        mismatches: Bases in which these mates differ.
        bases_corrected: Bases that were corrected.
        reads_corrected: Reads that have such bases; both mates of a pair count.
    """

    pairs: int = 0
    overlapping: int = 0
    mismatches: int = 0
    bases_corrected: int = 0
    reads_corrected: int = 0

    @property
    def findings(self) -> tuple[str, ...]:
        """What the end of a run says: how many bases were corrected."""
        overlaps = f"{self.overlapping:,} of {_reads(self.pairs, 'pair')} overlap"
        mismatches = _reads(self.mismatches, "mismatch", "es")
        corrected = _reads(self.bases_corrected, "base")
        reads = _reads(self.reads_corrected, "read")
        return (f"{overlaps}, with {mismatches}; {corrected} corrected in {reads}",)


@dataclass(frozen=True)
class InsertSizes(Counts):
    """The result of `summarize-inserts`.

    Attributes:
        pairs: Pairs that it saw, with those that are merged.
        overlapping: Pairs whose mates overlap, so that the size of the insert is known.
        merged: Those of them that were merged before.
        overlap_bases: Bases that both mates of the others have read.
        mismatches: Those of them in which mates differ.
        insert_sizes: How many inserts have each size, in bases.
    """

    pairs: int = 0
    overlapping: int = 0
    merged: int = 0
    overlap_bases: int = 0
    mismatches: int = 0
    insert_sizes: Mapping[int, int] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[str, ...]:
        """What the end of a run says: how long inserts are, where that is known."""
        text = f"{self.overlapping:,} of {_reads(self.pairs, 'pair')} overlap"
        if not self.overlapping:
            return (text,)
        text = f"{text}, inserts of {_spread(self.insert_sizes)}"
        if not self.overlap_bases:
            return (text,)
        return (f"{text}; {100 * self.mismatches / self.overlap_bases:.2g} % mismatches",)


def histogram(values: NDArray[np.int64]) -> dict[int, int]:
    """How often each whole number from 0 on occurs; only those that do, in order."""
    counts = np.bincount(values)
    return {int(value): int(counts[value]) for value in np.flatnonzero(counts)}


def quantile(counts: Mapping[int, int], share: float) -> int:
    """The least value that a share of all do not exceed.

    Args:
        counts: How often each value occurs, in order; at least one does.
        share: From 0 to 1.
    """
    values, times = (np.array(list(each)) for each in (counts, counts.values()))
    sums = np.cumsum(times)
    return int(values[np.searchsorted(sums, share * sums[-1])])


def _reads(number: int, thing: str, plural: str = "s") -> str:
    return f"{number:,} {thing}{'' if number == 1 else plural}"


def _spread(counts: Mapping[int, int]) -> str:
    low, middle, high = (quantile(counts, share) for share in (0.05, 0.5, 0.95))
    return f"{middle:,} bases in the median, {low:,} to {high:,} in 90 % of them"


def _sum(one: Any, two: Any) -> Any:
    if not isinstance(one, Mapping):
        return one + two
    found = dict(one)
    for value, count in two.items():
        found[value] = found.get(value, 0) + count
    return dict(sorted(found.items()))
