"""Builds the indexes of the study, and looks up reads in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import biometal_stream as bs
from benches.depletion.theory import needed
from biometal_stream.indexes.compact.rate import rate_of_reads
from biometal_stream.indexes.hits import Hits, count_hits
from biometal_stream.indexes.minimizers import minimizers_of
from biometal_stream.indexes.opening import open_index
from biometal_stream.indexes.scheme import Scheme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benches.depletion.genomes import Genome
    from benches.depletion.simulate import Reads
    from biometal_stream.indexes.index import Index


DEFAULT = Scheme(31, 15)
MIN_HITS, MIN_FRACTION = 2, 0.01
"""The thresholds that are the default."""


@dataclass(frozen=True)
class Both:
    """One set of k-mers in both formats.

    Attributes:
        exact: Deacon's format, in memory.
        compact: The compact format, mapped.
    """

    exact: Index
    compact: Index

    @property
    def scheme(self) -> Scheme:
        """Which k-mers."""
        return self.exact.scheme

    @property
    def stem(self) -> str:
        """What the names of their files begin with."""
        return stem_of(self.scheme)


def stem_of(scheme: Scheme) -> str:
    """What the files of indexes are called, without a suffix."""
    return f"k{scheme.k}w{scheme.w}"


def build(genome: Genome, scheme: Scheme, folder: Path) -> Both:
    """Makes both indexes of a genome."""
    fasta, stem = folder / "indexed.fa", stem_of(scheme)
    if not fasta.exists():
        genome.write(fasta)
    paths = folder / f"{stem}.idx", folder / f"{stem}.compact"
    bs.build_index(fasta, paths[0], k=scheme.k, w=scheme.w)
    bs.convert_index(paths[0], paths[1])
    return Both(*map(open_index, paths))


def look_up(reads: Reads, index: Index) -> Hits:
    """The hits of each read, or pair."""
    found = minimizers_of(reads.sequences, index.scheme)
    return count_hits(found.values, index.contains(found.values), found.offsets[reads.edges])


def matching(hits: Hits, min_hits: int = MIN_HITS, min_fraction: float = MIN_FRACTION) -> int:
    """How many reads, or pairs, match."""
    return int(hits.matches(min_hits, min_fraction).sum())


@dataclass(frozen=True)
class Difference:
    """How the compact index differs from the exact one on some reads.

    Attributes:
        reads: All reads, or pairs.
        differ: Those that match the compact index alone.
        expected: The number of such reads that follows from the index's rate.
        kmers: Minimizers that the exact index does not have.
        taken: Those of them that the compact index takes for its own.
    """

    reads: int
    differ: int
    expected: float
    kmers: int
    taken: int

    def __add__(self, other: Difference) -> Difference:
        """Adds those of other reads."""
        return Difference(
            self.reads + other.reads,
            self.differ + other.differ,
            self.expected + other.expected,
            self.kmers + other.kmers,
            self.taken + other.taken,
        )

    def cells(self) -> list[str]:
        """The figures, for a table."""
        rate = self.taken / max(self.kmers, 1)
        return [f"{self.reads:,}", f"{self.differ:,}", f"{self.expected:.1f}", f"{rate:.2e}"]


NO_DIFFERENCE = Difference(0, 0, 0.0, 0, 0)


def compare(reads: Reads, both: Both) -> Difference:
    """Looks up reads in both indexes, with the thresholds that are the default.

    Raises:
        AssertionError: The compact index lacks a k-mer of the exact one.
    """
    kmers = minimizers_of(reads.sequences, both.scheme)
    has, taken = both.exact.contains(kmers.values), both.compact.contains(kmers.values)
    if np.any(has & ~taken):
        raise AssertionError("the compact index lacks a k-mer")
    edges = kmers.offsets[reads.edges]
    exact, compact = (count_hits(kmers.values, each, edges) for each in (has, taken))
    matches, others = (each.matches(MIN_HITS, MIN_FRACTION) for each in (exact, compact))
    return Difference(
        reads.units,
        int(np.count_nonzero(matches != others)),
        _expected(exact, ~matches, both.compact.false_positive_rate),
        int(np.count_nonzero(~has)),
        int(np.count_nonzero(taken & ~has)),
    )


def _expected(exact: Hits, without: NDArray[np.bool_], rate: float) -> float:
    """The reads that the compact index adds to the matches, on average."""
    cases = np.stack([exact.hits[without], exact.totals[without]])
    kinds, counts = np.unique(cases, axis=1, return_counts=True)
    return sum(
        int(count) * rate_of_reads(rate, total - hits, needed(total, MIN_HITS, MIN_FRACTION) - hits)
        for (hits, total), count in zip(kinds.T.tolist(), counts.tolist(), strict=True)
    )
