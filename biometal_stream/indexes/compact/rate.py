"""How often a compact index takes another k-mer for its own."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, log1p
from typing import TYPE_CHECKING

from biometal_stream.indexes.compact.layout import CELLS, GROUPS

if TYPE_CHECKING:
    from biometal_stream.indexes.compact.levels import Level


class RateOfKmers:
    """The false-positive rate of the index that is being written: of this set, not of any such.

    The hash of another k-mer is as good as random: every cell of every line is as likely. So the
    k-mer is taken for one of the index with the probability ::

        p = t₁ / (31 · 4096 · L) + Σ_b c₁(b) · (f₂(b) + c₂(b) · f₃(b))

    * ``t₁`` is the number of taken cells of the first level, and ``L`` that of its lines;
    * ``c₁(b)`` is the share of the first level's groups, 31 of each line, that belong to block
      ``b`` and whose k-mers may be in the second level; ``c₂(b)`` is the share of the groups of
      the block's second level whose k-mers may be in the third;
    * ``f₂(b)`` and ``f₃(b)`` are the shares of taken cells in the levels of block ``b``.

    A k-mer that is found in the first level and in a later one is counted twice, so this is an
    upper bound; it is too high by less than p². The rest of whole hashes takes no other k-mer for
    one of its own.

    Attributes:
        rate: The sum so far.
    """

    def __init__(self) -> None:
        self.rate = 0.0

    def add(self, levels: Sequence[Level]) -> None:
        """Adds the levels of a block."""
        arrives = 1.0
        for level in levels:
            if not level.spread:
                break
            self.rate += arrives * level.cells / (CELLS * level.spread)
            arrives *= level.groups / (GROUPS * level.spread)


def rate_of_reads(rate: float, kmers: int, min_hits: int) -> float:
    """The probability that a read of other k-mers has enough hits by chance.

    That is the upper tail of the binomial distribution. For two hits it is about
    ``kmers * (kmers - 1) / 2 * rate²``.

    Args:
        rate: The false-positive rate of a k-mer.
        kmers: The number of different minimizers of the read, or pair; 14 or so for 150 bases with
            k = 31 and w = 15.
        min_hits: The hits that make a match, at least 1.
    """
    if rate <= 0:
        return 0.0
    total = 0.0
    for hits in range(max(min_hits, 1), kmers + 1):
        ways = lgamma(kmers + 1) - lgamma(hits + 1) - lgamma(kmers - hits + 1)
        term = exp(ways + hits * log(rate) + (kmers - hits) * log1p(-rate))
        total += term
        if hits > kmers * rate and term <= total * 1e-15:  # beyond the most likely number
            break
    return min(total, 1.0)
