"""Choosing hashes by the zero bits that they begin with, sorting and counting them."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from biometal_stream.reports.kernels.runs import choose_hashes, tally_hashes
from biometal_stream.scratch import KeptScratch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_KEPT = KeptScratch()

_MOST_TRIED = 8
"""The most places of the table that are tried for each hash on average: numpy's sort takes as long
then. Hashes that are not evenly spread, or that somebody made to be alike, could take forever."""


class Tally(NamedTuple):
    """Different hashes in ascending order.

    Attributes:
        hashes: ``uint64``, (hashes,)
        copies: ``int64``, (hashes,): the count of each.
        origins: ``int64``, (hashes,): where each was before.
    """

    hashes: NDArray[np.uint64]
    copies: NDArray[np.int64]
    origins: NDArray[np.int64]


def last_with(zeros: int) -> np.uint64:
    """The largest number that begins with so many zero bits."""
    return np.uint64(2 ** (64 - zeros) - 1)


def counted(hashes: NDArray[np.uint64], zeros: int) -> Tally:
    """Counts the hashes that begin with so many zero bits; (hashes,) in any order."""
    if not zeros:
        return _tallied(hashes, (), zeros)[0]
    size = len(hashes)
    found = _KEPT.numbers("found", size).view(np.uint64)
    places = _KEPT.numbers("places", size)
    count = choose_hashes(hashes, last_with(zeros), found, places)
    tally, _ = _tallied(found[:count], (), zeros)
    return tally._replace(origins=places[tally.origins])


def added(
    hashes: Sequence[NDArray[np.uint64]],
    copies: Sequence[NDArray[np.int64]],
    zeros: int,
    more: Callable[[int, Callable[[int], int]], int],
) -> tuple[Tally, int]:
    """Adds up the counts of hashes that begin with so many zero bits.

    Args:
        hashes: Parts, each ``uint64``, (hashes,): in any order.
        copies: Their counts, each ``int64``, (hashes,).
        zeros: How many zero bits all hashes begin with.
        more: Tells how many zero bits are asked for, given the number of different hashes, and a
            function that tells how many of them begin with a number of zero bits.

    Returns:
        The hashes that begin with these, and how many these are.
    """
    size = sum(map(len, hashes))
    found = _KEPT.numbers("found", size).view(np.uint64)
    return _tallied(np.concatenate(hashes, out=found), copies, zeros, more)


def _tallied(
    hashes: NDArray[np.uint64],
    copies: Sequence[NDArray[np.int64]],
    zeros: int,
    more: Callable[[int, Callable[[int], int]], int] | None = None,
) -> tuple[Tally, int]:
    totals, origins = _sorted_and_counted(hashes, copies, zeros)
    count = len(origins)

    def number_with(zeros: int) -> int:
        last = last_with(zeros)
        return bisect_right(range(count), last, key=lambda place: hashes[origins[place]])

    if more is not None:
        zeros = more(count, number_with)
        count = number_with(zeros)
    # Only now memory is taken that is not scratch: what is left may be little.
    chosen = origins[:count].astype(np.int64)
    return Tally(hashes[chosen], totals[chosen], chosen), zeros


def _sorted_and_counted(
    hashes: NDArray[np.uint64], copies: Sequence[NDArray[np.int64]], zeros: int
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """The counts of hashes, and where each hash is, the smallest first: both in scratch.

    Returns:
        The counts, (hashes,), and the places, (different hashes,). Only the counts at these
        places are right.
    """
    size = len(hashes)
    bits = min(size.bit_length() + 1, 64 - zeros)
    shift = min(64 - zeros - bits, 63)  # if all bits are zeros, any shift will do
    table = _KEPT.bytes("table", 4 * (2**bits + size)).view(np.uint32)
    origins = _KEPT.bytes("origins", 4 * (size + 1)).view(np.uint32)
    totals = _totals(size, copies)
    most = np.uint64(_MOST_TRIED * size)
    count = int(tally_hashes(hashes, np.uint64(shift), most, table, totals, origins))
    if count <= size:
        return totals, origins[:count]
    totals = _totals(size, copies)
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    totals[order[first]] = np.add.reduceat(totals[order], first)
    return totals, order[first]


def _totals(size: int, copies: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The counts before equal hashes are added up; 1 by default."""
    totals = _KEPT.numbers("totals", size)
    if copies:
        return np.concatenate(copies, out=totals)
    totals.fill(1)
    return totals
