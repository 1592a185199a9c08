"""The compiled loop that chooses where an insert ends, of the candidates and their probabilities.

docs/adapters.md has the formulae. All numbers are whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.operators.kernels.adapters import MOST
from biometal_stream.simd.jit import kernel

NEAR = 8
"""Candidates so near to the best, in bases, are averaged with it."""

_MOST = np.uint64(MOST)
_NEAR = np.int64(NEAR)


@kernel(writes=("ends",))
def choose_ends(
    lengths: NDArray[np.int64],
    places: NDArray[np.int64],
    scores: NDArray[np.int64],
    sizes: NDArray[np.int32],
    longer: NDArray[np.int32],
    weights: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> None:
    """Chooses where each insert ends.

    The best candidate, or none, wins; those within `NEAR` bases of it are averaged by their
    probability, to the nearest whole base, so that the expected squared error is least.

    Args:
        lengths: ``int64``, (units,): bases of each read, or of the longer mate of each pair.
        places: ``int64``, (units * MOST,): candidates, -1 for none.
        scores: ``int64``, (units * MOST,)
        sizes: ``int32``, (longest + 1,): the logarithm of the probability of each insert size. The
            last is for all longer ones, each.
        longer: ``int32``, (longest + 1,): the same of an insert of at least this size.
        weights: ``int64``, the probability that a difference of logarithms stands for, from 0 on.
        ends: Output, ``int64``, (units,): the size of the insert, or the length if that is less.
    """
    last = np.int64(len(sizes) - 1)
    steps = np.int64(len(weights))
    for unit in range(np.uint64(len(lengths))):
        length = lengths[unit]
        first = unit * _MOST
        whole = np.int64(longer[np.uint64(min(length, last))])
        best = whole
        mode = length
        for at in range(first, first + _MOST):
            place = places[at]
            if place >= 0:
                score = scores[at] + np.int64(sizes[np.uint64(min(place, last))])
                if score > best:
                    best = score
                    mode = min(place, length)
        total = np.int64(0)
        moment = np.int64(0)
        if length - mode <= _NEAR and best - whole < steps:
            weight = weights[np.uint64(best - whole)]
            total = weight
            moment = weight * (length - mode)
        for at in range(first, first + _MOST):
            place = min(places[at], length)
            if place >= 0 and place - mode <= _NEAR and mode - place <= _NEAR:
                score = scores[at] + np.int64(sizes[np.uint64(min(places[at], last))])
                if best - score < steps:
                    weight = weights[np.uint64(best - score)]
                    total += weight
                    moment += weight * (place - mode)
        ends[unit] = mode + (2 * moment + total) // (2 * total)
