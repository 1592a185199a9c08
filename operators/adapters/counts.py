"""What `trim-adapters` counts in a run, by inference and by rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMER = 5
"""The longest insert, in bases, of two adapters that were joined to each other."""


@dataclass(frozen=True)
class TrimmedAdapters:
    """The result of `trim-adapters`: what was cut, and how long the inserts are.

    All numbers are counts, so results of parts of a run add up.

    Attributes:
        reads: Reads that it saw; both mates of a pair count.
        reads_trimmed: Reads that lost bases.
        bases_cut: The bases that they lost.
        dimers: Reads, or pairs, with an insert of at most 5 bases: adapter dimers.
        insert_sizes: How many reads, or pairs, have an insert of each size, where its end is in
            the reads.
        longer: The reads, or pairs, whose insert does not end in them.
    """

    reads: int = 0
    reads_trimmed: int = 0
    bases_cut: int = 0
    dimers: int = 0
    insert_sizes: Mapping[int, int] = field(default_factory=dict)
    longer: int = 0

    def __add__(self, other: TrimmedAdapters) -> TrimmedAdapters:
        """Adds the counts of other reads."""
        sizes = dict(self.insert_sizes)
        for size, count in other.insert_sizes.items():
            sizes[size] = sizes.get(size, 0) + count
        return TrimmedAdapters(
            self.reads + other.reads,
            self.reads_trimmed + other.reads_trimmed,
            self.bases_cut + other.bases_cut,
            self.dimers + other.dimers,
            dict(sorted(sizes.items())),
            self.longer + other.longer,
        )


@dataclass(frozen=True)
class MatchedAdapters:
    """The result of `trim-adapters` by rules: what was cut, and because of which adapters.

    All numbers are counts, so results of parts of a run add up.

    Attributes:
        reads: Reads that it saw; both mates of a pair count.
        reads_trimmed: Reads that lost bases.
        bases_cut: The bases that they lost.
        adapters: How many reads have each adapter, by name; the last of a read counts.
    """

    reads: int = 0
    reads_trimmed: int = 0
    bases_cut: int = 0
    adapters: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: MatchedAdapters) -> MatchedAdapters:
        """Adds the counts of other reads."""
        adapters = dict(self.adapters)
        for name, number in other.adapters.items():
            adapters[name] = adapters.get(name, 0) + number
        return MatchedAdapters(
            self.reads + other.reads,
            self.reads_trimmed + other.reads_trimmed,
            self.bases_cut + other.bases_cut,
            adapters,
        )


def count_matches(
    lengths: NDArray[np.int64],
    kept: tuple[NDArray[np.int64], NDArray[np.int64]],
    which: NDArray[np.int64],
    names: tuple[str, ...],
) -> MatchedAdapters:
    """Counts what was found by rules in a batch.

    Args:
        lengths: ``int64``, (rows,): the bases of each read.
        kept: ``int64``, (rows,) each: the start and the stop of what stays.
        which: ``int64``, (rows,): the number of each read's adapter, -1 for none.
        names: The names of the adapters.
    """
    lost = lengths - (kept[1] - kept[0])
    adapters = dict.fromkeys(names, 0)
    for name, number in zip(
        names, np.bincount(which + 1, minlength=len(names) + 1)[1:], strict=True
    ):
        adapters[name] += int(number)
    return MatchedAdapters(len(lengths), int(np.count_nonzero(lost)), int(lost.sum()), adapters)


def count(
    lengths: NDArray[np.int64],
    ends: NDArray[np.int64],
    longest: NDArray[np.int64],
    inserts: NDArray[np.int64],
) -> TrimmedAdapters:
    """Counts what was found in a batch.

    Args:
        lengths: ``int64``, (rows,): the bases of each read.
        ends: ``int64``, (rows,): those that stay.
        longest: ``int64``, (units,): the bases of each read, or of the longer mate of each pair.
        inserts: ``int64``, (units,): the size of each insert, or the length if that is less.
    """
    lost = lengths - ends
    seen = inserts[inserts < longest]
    counts = np.bincount(seen)
    return TrimmedAdapters(
        reads=len(lengths),
        reads_trimmed=int(np.count_nonzero(lost)),
        bases_cut=int(lost.sum()),
        dimers=int(counts[: DIMER + 1].sum()),
        insert_sizes={int(size): int(counts[size]) for size in np.flatnonzero(counts)},
        longer=len(inserts) - len(seen),
    )
