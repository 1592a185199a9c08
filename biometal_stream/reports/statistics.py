"""Figures that are made of counts: of reads by length, and of bases by Phred score."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def share(part: float, whole: float) -> float | None:
    """The quotient; ``None`` if the whole is 0."""
    return part / whole if whole else None


def median(numbers: NDArray[np.int64], counts: NDArray[np.int64]) -> float | None:
    """The median; the mean of the middle two of an even number; ``None`` of nothing.

    Args:
        numbers: (numbers,), in ascending order.
        counts: (numbers,): how often each occurs, at least once.
    """
    if not len(numbers):
        return None
    ends = np.cumsum(counts)
    middle = [(ends[-1] - 1) // 2, ends[-1] // 2]
    return float(numbers[np.searchsorted(ends, middle, side="right")].sum()) / 2


def n50(lengths: NDArray[np.int64], counts: NDArray[np.int64]) -> int | None:
    """The greatest length such that reads of at least this length hold half of all bases.

    Args:
        lengths: (lengths,), in ascending order.
        counts: (lengths,): the reads of each length.

    Returns:
        ``None`` if there are no reads.
    """
    if not len(lengths):
        return None
    held = np.cumsum((lengths * counts)[::-1])
    return int(lengths[::-1][np.argmax(2 * held >= held[-1])])


def mean_quality(scores: Sequence[int]) -> float | None:
    """The Phred score of the mean error probability; ``None`` of no bases.

    Args:
        scores: Bases by score, from 0.
    """
    bases = sum(scores)
    error = math.fsum(count * 10 ** (-score / 10) for score, count in enumerate(scores))
    return 10 * math.log10(bases / error) if bases else None


def mean_score(scores: Iterable[int]) -> float | None:
    """The arithmetic mean of scores; ``None`` of no bases.

    Args:
        scores: Bases by score, from 0.
    """
    counts = list(scores)
    return share(sum(score * count for score, count in enumerate(counts)), sum(counts))
