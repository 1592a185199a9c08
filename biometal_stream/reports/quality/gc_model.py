"""FastQC's distribution of reads by GC content, of whole counts that can be added.

FastQC cuts reads of more than 100 bases to a multiple of 100, and those of more than 1,000 to a
multiple of 1,000. Half a base more or less than a read's count of G and C gives a range of whole
percentages. FastQC adds to each of them one divided by the number of counts that claim it
(`GCModel` and `PerSequenceGCContent` of FastQC 0.12.1). Here reads are counted by *keys*, whole
numbers for a cut length and a range, and weighed when all are counted. So the order of reads
cannot change a digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT = 1000
"""Up to this length a key tells the count of G and C, beyond only its percentages."""

_PERCENTAGES = 101


def cut_lengths(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bases of each read that count, from its start; (reads,) to (reads,)."""
    unit = np.where(lengths > EXACT, EXACT, np.where(lengths > 100, 100, 1))
    cut: NDArray[np.int64] = lengths // unit * unit
    return cut


def _first_keys() -> NDArray[np.int64]:
    lengths = np.arange(EXACT + 1)
    cut = cut_lengths(lengths)
    sizes = np.where(lengths == cut, lengths + 1, 0)
    firsts: NDArray[np.int64] = (np.cumsum(sizes) - sizes)[cut]
    firsts.flags.writeable = False
    return firsts


FIRST_KEYS = _first_keys()
"""The key of a read without G and C, by its length up to 1,000: (1001,). Each G or C adds one."""

_LONG = int(FIRST_KEYS[-1]) + EXACT + 1
"""The first key of longer reads, at 2,000 bases."""


def keys_of(lengths: NDArray[np.int64], gc: NDArray[np.int64]) -> NDArray[np.int64]:
    """The keys of reads that have bases.

    Args:
        lengths: (reads,): their lengths after `cut_lengths`, at least 1.
        gc: (reads,): G and C among these bases.
    """
    if lengths.max(initial=0) <= EXACT:
        return FIRST_KEYS[lengths] + gc
    low, high = _percentages(lengths, gc)
    long = _LONG + (lengths // EXACT - 2) * 2 * _PERCENTAGES + 2 * low + (high - low)
    return np.where(lengths > EXACT, long, FIRST_KEYS[np.minimum(lengths, EXACT)] + gc)


def distribution(keys: NDArray[np.int64], reads: NDArray[np.int64]) -> NDArray[np.float64]:
    """Reads by GC content in whole percent, as FastQC weighs them.

    Args:
        keys: (keys,), in ascending order.
        reads: (keys,): the reads of each.

    Returns:
        ``float64``, (101,).
    """
    weighed = [counts / claims for counts, claims in claimed(keys, reads)]
    return np.array(
        [math.fsum(column) for column in np.array([np.zeros(_PERCENTAGES), *weighed]).T]
    )


def claimed(
    keys: NDArray[np.int64], reads: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yields for each length how many reads claim each percentage, and the weights of these.

    Args:
        keys: (keys,), in ascending order.
        reads: (keys,): the reads of each.

    Yields:
        The number of reads, and by what the weight of a read is divided: ``int64``, (101,) each.
    """
    lengths, low, high = _meaning(keys)
    found, first = np.unique(lengths, return_index=True)
    for length, rows in zip(found, np.split(np.arange(len(keys)), first[1:]), strict=False):
        steps = np.zeros(_PERCENTAGES + 1, np.int64)
        np.add.at(steps, low[rows], reads[rows])
        np.add.at(steps, high[rows] + 1, -reads[rows])
        yield np.cumsum(steps[:-1]), _claims(int(length))


def theoretical(reads: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The normal distribution that FastQC compares a distribution with.

    Its centre is the mean of the percentages beside the mode that hold more than 90 % as many
    reads, or the mode itself, if they reach 0 or 100 %.

    Args:
        reads: (101,), from `distribution`.

    Returns:
        ``float64``, (101,); ``None`` if there is no spread to compare with.
    """
    mode = int(np.argmax(reads))
    near = reads > reads[mode] - reads[mode] / 10
    below = mode - int(np.argmin(near[mode::-1])) if not near[: mode + 1].all() else -1
    above = mode + int(np.argmin(near[mode:])) if not near[mode:].all() else -1
    centre = float(mode) if -1 in (below, above) else (below + above) / 2
    percent, total = np.arange(_PERCENTAGES), math.fsum(reads)
    if total <= 1:
        return None
    variance = math.fsum((percent - centre) ** 2 * reads) / (total - 1)
    if not variance:
        return None
    density = np.exp(-((percent - centre) ** 2) / (2 * variance))
    curve: NDArray[np.float64] = density / math.sqrt(2 * math.pi * variance) * total
    return curve


def _percentages(
    lengths: NDArray[np.int64], gc: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and the last percentage of counts of G and C: half a count less, and more."""
    low = np.where(gc > 0, (200 * gc - 100 + lengths) // (2 * lengths), 0)
    high = np.where(gc < lengths, (200 * gc + 100 + lengths) // (2 * lengths), 100)
    return low, high


def _claims(length: int) -> NDArray[np.int64]:
    """How many counts of G and C, of 0 to the length, claim each percentage; (101,)."""
    percent = np.arange(_PERCENTAGES)
    last = np.minimum(length, (2 * length * percent + length + 99) // 200)
    first = np.clip(-((length + 100 - 2 * length * percent) // 200), 0, length)
    claims: NDArray[np.int64] = last - first + 1
    return claims


def _meaning(
    keys: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The cut lengths that keys tell, in ascending order, and the percentages."""
    short = keys[keys < _LONG]
    own = np.flatnonzero(cut_lengths(np.arange(EXACT + 1)) == np.arange(EXACT + 1))
    lengths = own[np.searchsorted(FIRST_KEYS[own], short, side="right") - 1]
    low, high = _percentages(lengths, short - FIRST_KEYS[lengths])
    thousands, rest = np.divmod(keys[keys >= _LONG] - _LONG, 2 * _PERCENTAGES)
    first = rest // 2
    return (
        np.concatenate([lengths, (thousands + 2) * EXACT]),
        np.concatenate([low, first]),
        np.concatenate([high, first + rest % 2]),
    )
