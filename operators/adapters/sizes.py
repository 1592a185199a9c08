"""How long the inserts of a library are: learnt from candidates, written as text, used by kernels.

docs/adapters.md explains the estimate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.kernels.adapters import MOST, UNIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS = 24 * UNIT
"""Candidates whose logarithm is this much lower than the best have no weight: 1 in 10^10."""
_ROUNDS = 60
"""Rounds of expectation and maximisation; the error of cuts does not change after about 30."""
_SMOOTH = 2.5
"""Standard deviation of the smoothing in each round, in bases."""
_DOUBTFUL = 50.0
"""Imagined reads, half of them with inserts of any size, against which few real ones count less."""
_TOLERANCE = 0.05
"""How far the logarithm of a share may be from the line between two knots."""
_LEAST = 1e-9
"""The least share of one size: no insert is impossible."""

_LONGEST = 1_000_000
"""Longer inserts are not told apart."""


@dataclass(frozen=True)
class InsertSizes:
    """The share of inserts of each size.

    Attributes:
        shares: ``float64``, (longest + 1,): the share of inserts of 0, 1, 2 ... bases; the last is
            that of all inserts that are at least so long. They add up to 1.
    """

    shares: NDArray[np.float64]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads what `str` writes: ``0:1e-5,60:0.002,150+:0.91``.

        Between two sizes the logarithm of the share is interpolated.

        Raises:
            ConfigurationError: The text is something else.
        """
        number = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e-?[0-9]{1,3})?"
        items = [
            re.fullmatch(rf"([0-9]{{1,7}})(\+?):({number})", item.strip())
            for item in text.split(",")
        ]
        found = [
            (int(item[1]), bool(item[2]), float(item[3])) for item in items if item is not None
        ]
        sizes = [size for size, _, _ in found]
        if (
            len(found) < 2
            or len(found) < len(items)
            or sizes[0] != 0
            or any(one >= two for one, two in pairwise(sizes))
            or [more for _, more, _ in found] != [False] * (len(found) - 1) + [True]
            or not all(0 < share <= 1 for _, _, share in found)
        ):
            raise ConfigurationError(
                "insert sizes are written as '0:0.0001,60:0.002,150+:0.91': sizes from 0 on, the"
                f" share of inserts of each, and that of all longer ones: {text!r}"
            )
        knots = sizes[:-1] + ([sizes[-1] - 1] if sizes[-2] < sizes[-1] - 1 else [])
        values = [share for _, _, share in found[:-1]]
        values += values[-1:] * (len(knots) - len(values))
        shares = np.exp(np.interp(np.arange(sizes[-1]), knots, np.log(values)))
        shares = np.append(shares, found[-1][2])
        return cls(shares / shares.sum())

    def __str__(self) -> str:
        logarithms = np.log(self.shares[:-1])
        knots = _knots(logarithms)
        written = [f"{size}:{self.shares[size]:.3g}" for size in knots]
        return ",".join([*written, f"{len(logarithms)}+:{self.shares[-1]:.3g}"])

    @cached_property
    def tables(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The logarithms for `biometal_stream.operators.kernels.ends.choose_ends`."""
        shares = self.shares
        longer = np.cumsum(shares[::-1])[::-1]
        each = np.append(shares[:-1], shares[-1] / len(shares))
        found = _scaled(each), _scaled(longer)
        for table in found:
            table.flags.writeable = False
        return found


@lru_cache(maxsize=32)
def parsed(text: str) -> InsertSizes:
    """The same as `InsertSizes.parse`, which each text goes through once.

    Raises:
        ConfigurationError: The text is something else.
    """
    return InsertSizes.parse(text)


@cache
def weights() -> NDArray[np.int64]:
    """The probabilities for `biometal_stream.operators.kernels.ends.choose_ends`."""
    found: NDArray[np.int64] = np.rint(np.exp(-np.arange(STEPS) / UNIT) * (1 << 32)).astype(
        np.int64
    )
    found.flags.writeable = False
    return found


def learn_sizes(
    lengths: NDArray[np.int64], places: NDArray[np.int64], scores: NDArray[np.int64]
) -> InsertSizes:
    """Estimates the sizes from the candidates of reads, by expectation and maximisation.

    Args:
        lengths: ``int64``, (units,): bases of each read, or of the longer mate of each pair.
        places: ``int64``, (units * MOST,), of `find_adapters` or `find_inserts`.
        scores: ``int64``, (units * MOST,)
    """
    longest = min(max(int(lengths.max(initial=0)), 1), _LONGEST)
    lengths = np.minimum(lengths, longest)
    places = np.minimum(places.reshape(-1, MOST), longest)
    there = places >= 0
    places = np.where(there, places, longest)
    relative = scores.reshape(-1, MOST) / UNIT
    highest = np.maximum(relative.max(1, initial=0, where=there), 0)
    likelihood = np.where(there, np.exp(relative - highest[:, None]), 0)
    nothing = np.exp(-highest)
    undecided = likelihood.any(1)
    whole = np.bincount(lengths[~undecided], minlength=longest + 1).astype(np.float64)
    lengths, places, likelihood, nothing = (
        each[undecided] for each in (lengths, places, likelihood, nothing)
    )

    imagined = np.full(longest + 1, _DOUBTFUL / 2 / longest)
    imagined[longest] = _DOUBTFUL / 2
    shares = imagined / imagined.sum()
    for _ in range(_ROUNDS):
        longer = np.cumsum(shares[::-1])[::-1]
        here = likelihood * shares[places]
        none = nothing * longer[lengths]
        total = here.sum(1) + none
        counts = imagined + np.bincount(
            places.ravel(), (here / total[:, None]).ravel(), minlength=longest + 1
        )
        # What is at least as long as its read may be of any such size.
        unseen = whole + np.bincount(lengths, none / total, minlength=longest + 1)
        counts += shares * np.cumsum(unseen / longer)
        shares = _smoothed(counts / counts.sum())
    return InsertSizes(shares)


def _smoothed(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    offsets = np.arange(-6, 7)
    kernel = np.exp(-0.5 * (offsets / _SMOOTH) ** 2)
    known = shares[:-1]
    smooth = np.convolve(known, kernel)[6:-6] / np.convolve(np.ones(len(known)), kernel)[6:-6]
    smooth *= known.sum() / smooth.sum()
    shares = np.maximum(np.append(smooth, shares[-1]), _LEAST)
    smoothed: NDArray[np.float64] = shares / shares.sum()
    return smoothed


def _scaled(shares: NDArray[np.float64]) -> NDArray[np.int32]:
    scaled: NDArray[np.int32] = np.rint(np.log(np.maximum(shares, _LEAST)) * UNIT).astype(np.int32)
    return scaled


def _knots(values: NDArray[np.float64]) -> list[int]:
    """The indices between which lines stay within the tolerance of all values."""
    knots = [0]
    pending = [len(values) - 1]
    while pending:
        last = pending[-1]
        first = knots[-1]
        line = np.interp(np.arange(first, last + 1), [first, last], values[[first, last]])
        distance = np.abs(values[first : last + 1] - line)
        worst = first + int(distance.argmax())
        if distance.max() > _TOLERANCE and first < worst < last:
            pending.append(worst)
        else:
            if last > first:
                knots.append(last)
            pending.pop()
    return knots
