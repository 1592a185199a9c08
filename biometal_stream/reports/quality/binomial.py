"""The upper tail of the binomial distribution."""

from __future__ import annotations

from math import lgamma
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EPSILON = 1e-14


def upper_tail(
    hits: NDArray[np.int64], trials: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The probability of more hits, (tests,), for more hits than expected.

    It is the regularised incomplete beta function ``I(share; hits + 1, trials - hits)``, by the
    continued fraction of Abramowitz and Stegun, 26.5.8, as Apache Commons Math has it.

    Args:
        hits: ``int64``, (tests,): more than ``share * trials``.
        trials: ``int64``, (tests,)
        share: ``float64``, (tests,): the probability of a hit.
    """
    result = np.zeros(len(hits))
    some = hits < trials
    a, b = (hits[some] + 1).astype(np.float64), (trials - hits)[some].astype(np.float64)
    x = share[some]
    lead = a * np.log(x) + b * np.log1p(-x) - np.log(a)
    beta = _log_gamma(a) + _log_gamma(b) - _log_gamma(a + b)
    result[some] = np.exp(lead - beta) / _fraction(a, b, x)
    return result


def _fraction(
    a: NDArray[np.float64], b: NDArray[np.float64], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The continued fraction by Lentz's method."""
    value, upper, lower = np.ones_like(a), np.ones_like(a), np.zeros_like(a)
    for step in range(1, 10_000):
        m = step // 2
        if step % 2:
            part = -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            part = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1 / (1 + part * lower)
        upper = 1 + part / upper
        change = upper * lower
        value = value * change
        if (np.abs(change - 1) <= _EPSILON).all():
            break
    return value


def _log_gamma(numbers: NDArray[Any]) -> NDArray[np.float64]:
    return np.array([lgamma(number) for number in numbers.tolist()], np.float64)
