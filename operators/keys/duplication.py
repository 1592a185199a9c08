"""How often reads are repeated: the result of counting a sample of all sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from biometal_stream.reports.records.sample import Sample

LEVELS = (*range(1, 10), 10, 50, 100, 500, 1_000, 5_000, 10_000)
"""The least number of copies of each level, as in FastQC."""


class Counted(NamedTuple):
    """A state.

    Attributes:
        sample: How often sequences, or pairs of them, were seen, by their hashes.
        paired: Whether pairs are counted.
    """

    sample: Sample
    paired: bool

    def merged(self, other: Counted) -> Counted:
        """The state of the reads of both."""
        return Counted(self.sample + other.sample, self.paired or other.paired)


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
    def of(cls, state: Counted) -> Duplication:
        """The result of a state."""
        sample = state.sample
        level = np.searchsorted(LEVELS, sample.copies, side="right") - 1
        sequences = np.bincount(level, minlength=len(LEVELS))
        sums = np.zeros(len(LEVELS), np.int64)
        np.add.at(sums, level, sample.copies)
        distinct = len(sample.copies) / sample.share
        return cls(
            sample.seen,
            state.paired,
            sample.share,
            max(0, sample.seen - distinct) / max(1, sample.seen),
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
