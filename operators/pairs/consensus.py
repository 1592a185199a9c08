"""Which base stays where both mates have read one, and with what quality: tables for the kernels.

Each table is by the Phred scores of mates 1 and 2, from 0 to 93.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.operators.kernels.consensus import FIRST, NEITHER, QUALITIES, SECOND
from biometal_stream.operators.pairs.rules import ADAPTERREMOVAL, FASTP, VSEARCH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.int64]

GOOD, BAD = 30, 14
"""fastp corrects a base of at most Q14 by one of at least Q30."""

ADDITIVE = "additive"


class Tables(NamedTuple):
    """What a kernel needs to decide.

    Attributes:
        values: ``uint8``, (3 * 94 * 94,): the tables, one after another.
        unknown_lose: 1 if an N gives way to any base, 2 if each N that is left gets quality 0 as
            well; otherwise 0.
    """

    values: NDArray[np.uint8]
    unknown_lose: np.int64


@cache
def merging(algorithm: str, strategy: str | None, max_quality: int) -> Tables:
    """The tables for `biometal_stream.operators.kernels.consensus.merge_mates`.

    Args:
        algorithm: Whose rules.
        strategy: ``maximum`` or ``additive``, for AdapterRemoval.
        max_quality: The highest score that is computed.
    """
    one, two = _scores()
    agree, differ = posterior(max_quality)
    stays = _better(one, two)
    if algorithm == FASTP:
        stays = np.full_like(one, FIRST)
        agree = differ = one
    elif algorithm == VSEARCH:
        stays = np.where(one > two, FIRST, SECOND)
    elif algorithm == ADAPTERREMOVAL:
        agree = np.minimum(one + two, max_quality) if strategy == ADDITIVE else _larger(one, two)
        differ = np.abs(one - two)
    differ = np.where(stays == NEITHER, 0, differ)
    unknown_lose = {FASTP: 0, VSEARCH: 2}.get(algorithm, 1)
    return _tables(agree + 33, stays, differ + 33, unknown_lose=unknown_lose)


@cache
def correcting(algorithm: str, max_quality: int) -> Tables:
    """The tables for `biometal_stream.operators.kernels.consensus.correct_mates`.

    Args:
        algorithm: Whose rules: ``posterior`` or ``fastp``.
        max_quality: The highest score that is computed.
    """
    one, two = _scores()
    if algorithm == FASTP:
        stays = np.where((one >= GOOD) & (two <= BAD), FIRST, NEITHER)
        stays = np.where((two >= GOOD) & (one <= BAD), SECOND, stays)
        better = np.where(stays == SECOND, two, one)
        return _tables(stays, better + 33, better + 33, unknown_lose=0)
    differ = posterior(max_quality)[1] + 33
    return _tables(_better(one, two), differ, differ, unknown_lose=1)


def posterior(max_quality: int) -> tuple[Scores, Scores]:
    """The scores of the likelier base where mates agree, and where they differ.

    Equations 8 and 9 of Edgar and Flyvbjerg, Bioinformatics 31 (2015), 3476-3482, with an error
    rate of 0.75 for scores of 0 and 1, as in vsearch.
    """
    one, two = _scores()
    rates = np.where(np.arange(QUALITIES) < 2, 0.75, 10.0 ** (-np.arange(QUALITIES) / 10.0))
    better, worse = rates[_larger(one, two)], rates[np.minimum(one, two)]
    both = better * worse
    agree = both / 3.0 / (1.0 - better - worse + 4.0 * both / 3.0)
    differ = better * (1.0 - worse / 3.0) / (better + worse - 4.0 * both / 3.0)
    return _phred(agree, max_quality), _phred(differ, max_quality)


def _phred(rates: NDArray[np.float64], most: int) -> Scores:
    scores: Scores = np.floor(-10.0 * np.log10(rates) + 0.5).astype(np.int64)
    return np.clip(scores, 0, most)


def _scores() -> tuple[Scores, Scores]:
    """The scores of mate 1 and of mate 2 in each place of a table."""
    scores = np.arange(QUALITIES)
    return np.repeat(scores, QUALITIES), np.tile(scores, QUALITIES)


def _larger(one: Scores, two: Scores) -> Scores:
    larger: Scores = np.maximum(one, two)
    return larger


def _better(one: Scores, two: Scores) -> Scores:
    return np.where(one > two, FIRST, np.where(two > one, SECOND, NEITHER))


def _tables(*tables: Scores, unknown_lose: int) -> Tables:
    values: NDArray[np.uint8] = np.concatenate(tables).astype(np.uint8)
    values.flags.writeable = False
    return Tables(values, np.int64(unknown_lose))


@cache
def complements() -> NDArray[np.uint8]:
    """The complement of each byte, ``uint8``, (256,), in upper case; others stay."""
    found = np.arange(256, dtype=np.uint8)
    for letters in ("AT", "CG", "RY", "KM", "BV", "DH"):
        for place, letter in enumerate(letters):
            found[[ord(letter), ord(letter.lower())]] = ord(letters[1 - place])
    found[[ord("U"), ord("u")]] = ord("A")
    found.flags.writeable = False
    return found
