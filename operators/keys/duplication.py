"""How often reads are repeated: an exact record of a fixed sample of all sequences.

A state holds the sequences whose hashes begin with so many zero bits that no more than 32,768 are
left, and how often each was seen. Whether a sequence is in the sample depends on its hash alone, so
each one that is has been counted in full. States can be merged in any order: the number of zero
bits that the whole stream needs is at least that of each of its parts (Wegman's adaptive sampling:
Flajolet, Computing 43, 1990).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 1 << 15
"""The most sequences in a sample, which has at least half as many if it is not all. So the standard
error of the number of all sequences is below 0.8 percent."""

LEVELS = (*range(1, 10), 10, 50, 100, 500, 1_000, 5_000, 10_000)
"""The least number of copies of each level, as in FastQC."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """A state: the sequences in the sample, in the order of their hashes.

    Attributes:
        zeros: How many bits of each hash are zero.
        hashes: ``uint64``, (sequences,), in ascending order.
        copies: ``int64``, (sequences,): how often each was seen.
        seen: All reads, or pairs, in the sample or not.
        paired: Whether pairs are counted.
    """

    zeros: int
    hashes: NDArray[np.uint64]
    copies: NDArray[np.int64]
    seen: int
    paired: bool

    @classmethod
    def of(cls, hashes: NDArray[np.uint64], *, paired: bool = False) -> Sampled:
        """The state of some reads.

        Args:
            hashes: ``uint64``, (units,)
            paired: Whether they are those of pairs.
        """
        found, copies = np.unique(hashes, return_counts=True)
        return _reduced(0, found, copies.astype(np.int64), len(hashes), paired)

    def __add__(self, other: Sampled) -> Sampled:
        """The state of the reads of both."""
        zeros = max(self.zeros, other.zeros)
        ones = _with_zeros(zeros, self.hashes), _with_zeros(zeros, other.hashes)
        hashes = np.concatenate([self.hashes[: ones[0]], other.hashes[: ones[1]]])
        copies = np.concatenate([self.copies[: ones[0]], other.copies[: ones[1]]])
        order = np.argsort(hashes, kind="stable")
        hashes, copies = hashes[order], copies[order]
        starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)])
        if len(starts):
            hashes, copies = hashes[starts], np.add.reduceat(copies, starts)
        seen, paired = self.seen + other.seen, self.paired or other.paired
        return _reduced(zeros, hashes, copies, seen, paired)


def _with_zeros(zeros: int, hashes: NDArray[np.uint64]) -> int:
    """How many of the hashes begin with so many zero bits; the hashes are in order."""
    return int(np.searchsorted(hashes, np.uint64(2 ** (64 - zeros) - 1), side="right"))


def _reduced(
    zeros: int, hashes: NDArray[np.uint64], copies: NDArray[np.int64], seen: int, paired: bool
) -> Sampled:
    """The state with as many zero bits as it needs."""
    count = len(hashes)
    while count > MOST:
        zeros += 1
        count = _with_zeros(zeros, hashes)
    return Sampled(zeros, hashes[:count].copy(), copies[:count].copy(), seen, paired)


@dataclass(frozen=True)
class Level:
    """A row of the histogram.

    Attributes:
        copies: How often a sequence was seen, at least; less than at the next level.
        sequences: The number of such sequences.
        reads: The number of reads, or pairs, with them.
    """

    copies: int
    sequences: int
    reads: int


@dataclass(frozen=True)
class Duplication:
    """The result of `count-duplicates`.

    Attributes:
        seen: All reads, or pairs.
        paired: Whether pairs are counted.
        sampled: The share of sequences that were counted; 1 if all were, so that nothing here is
            an estimate.
        rate: The share of reads, or pairs, that are equal to an earlier one: ``seen`` less the
            number of sequences, divided by ``seen``; 0 without reads.
        levels: The histogram. Its numbers are those of the sample.
    """

    seen: int
    paired: bool
    sampled: float
    rate: float
    levels: Sequence[Level]

    @classmethod
    def of(cls, state: Sampled) -> Duplication:
        """The result of a state."""
        level = np.searchsorted(LEVELS, state.copies, side="right") - 1
        sequences = np.bincount(level, minlength=len(LEVELS))
        sums = np.zeros(len(LEVELS), np.int64)
        np.add.at(sums, level, state.copies)
        distinct = len(state.copies) * 2**state.zeros
        return cls(
            state.seen,
            state.paired,
            0.5**state.zeros,
            max(0, state.seen - distinct) / max(1, state.seen),
            tuple(
                Level(least, int(count), int(reads))
                for least, count, reads in zip(LEVELS, sequences, sums, strict=True)
            ),
        )

    @property
    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """The headings and rows of the histogram, for the end of a run."""
        what = "pairs" if self.paired else "reads"
        total = sum(level.reads for level in self.levels)
        rows: list[tuple[str, ...]] = [
            (
                f"{level.copies:,}{'' if level.copies < 10 else ' or more'}",
                f"{level.sequences:,}",
                f"{level.reads:,}",
                f"{100 * level.reads / total:.1f} %",
            )
            for level in self.levels
            if level.sequences
        ]
        sampled = "" if self.sampled == 1 else f" (1 in {round(1 / self.sampled):,})"
        return ("copies", f"sequences{sampled}", what, f"share of {what}"), rows

    @property
    def findings(self) -> tuple[str, ...]:
        """The rate, for the end of a run."""
        if not self.seen:
            return ()
        what = "pairs" if self.paired else "reads"
        about = "" if self.sampled == 1 else "about "
        return (f"{about}{100 * self.rate:.2f} % of {self.seen:,} {what} are duplicates",)
