"""The least error that any tool can have on single reads: that of the true posterior.

The adapter is known, base qualities are error rates, and inserts have the true distribution. What
follows the adapter, and bases of the genome, are as likely as any: 1/4 each.
"""

from __future__ import annotations

from math import erf, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benches.adapters.simulate import Simulated


def bayes_limit(reads: Simulated) -> float:
    """The root mean square error of the mean of the posterior, rounded to whole bases."""
    scores = reads.scores[:, 0].astype(np.float64)
    rates = np.minimum(10 ** (-scores / 10), 0.75)
    codes = reads.codes[:, 0]
    adapter = np.array(["ACGT".index(base) for base in reads.adapters[0]], np.uint8)
    number, length = codes.shape
    likelihood = np.zeros((number, length + 1))
    for place in range(length):
        count = min(len(adapter), length - place)
        part = slice(place, place + count)
        equal = codes[:, part] == adapter[:count]
        ratio = np.where(equal, 1 - rates[:, part], rates[:, part] / 3) * 4
        likelihood[:, place] = np.log(ratio).sum(1)
    posterior = likelihood + np.log(_shares(reads))
    posterior = np.exp(posterior - posterior.max(1, keepdims=True))
    posterior /= posterior.sum(1, keepdims=True)
    cut = np.rint(posterior @ np.arange(length + 1))
    return float(np.sqrt(np.mean((cut - reads.ends) ** 2)))


def _shares(reads: Simulated) -> NDArray[np.float64]:
    """The probability of an insert of each size below the length, and of a longer one."""
    about = reads.about
    edges = [
        (1 + erf((size - 0.5 - about.mean) / about.deviation / sqrt(2))) / 2
        for size in range(1, about.length + 1)
    ]
    below = np.diff([0.0, *edges])
    shares: NDArray[np.float64] = np.maximum(np.append(below, 1 - edges[-1]), 1e-12)
    return shares
