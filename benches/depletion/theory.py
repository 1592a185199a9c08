"""What can be computed: how many minimizers a read has, and how many of them errors leave."""

from __future__ import annotations

from math import comb, exp, floor


def expected_minimizers(length: int, k: int, w: int) -> float:
    """The minimizers of a read of random bases: two of ``w + 1`` windows have a new one.

    The first window always has one.
    """
    windows = length - (k + w - 1) + 1
    return 0.0 if windows < 1 else 1 + (windows - 1) * 2 / (w + 1)


def surely(length: int, rate: float, k: int, w: int, hits: int) -> float:
    """The share of reads with an error-free stretch that has enough minimizers for sure.

    Each window of ``w`` k-mers has a minimizer, and windows that are ``w`` apart have no k-mer in
    common. So ``k + h * w - 1`` bases without an error share at least ``h`` minimizers with the
    genome. It is a lower bound: a minimizer whose window has an error is mostly the same.

    Args:
        length: The bases of a read.
        rate: The error rate of a base, the same for all.
        k: Bases of a k-mer.
        w: K-mers of a window.
        hits: The hits that are needed.
    """
    run = k + hits * w - 1
    if length < run:
        return 0.0
    # `without[n]`: the probability that n bases have no run of good bases that long.
    good = (1 - rate) ** run
    without = [1.0] * run + [1 - good]
    for n in range(run + 1, length + 1):
        without.append(without[n - 1] - rate * good * without[n - run - 1])
    return 1 - without[length]


def independently(length: int, rate: float, k: int, w: int, hits: int) -> float:
    """The share of reads with enough intact minimizers, if errors met each on its own.

    A k-mer is intact with ``(1 - rate) ** k``. Neighbours overlap, so that real reads, in which
    hits come together or not at all, are found less often than this.
    """
    n, intact = round(expected_minimizers(length, k, w)), (1 - rate) ** k
    return 1 - sum(comb(n, h) * intact**h * (1 - intact) ** (n - h) for h in range(hits))


def by_chance(kmers: float, k: int) -> float:
    """The probability that a random k-mer is one of so many of the ``4**k / 2`` canonical ones."""
    return 1 - exp(-2 * kmers / 4**k)


def needed(kmers: int, min_hits: int, min_fraction: float) -> int:
    """The hits that a read with so many minimizers needs to match."""
    fewest = floor(min_fraction * kmers)
    enough = kmers == 0 or fewest / kmers >= min_fraction
    return max(min_hits, 1, fewest if enough else fewest + 1)
