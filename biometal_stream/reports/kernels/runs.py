"""The compiled loop that merges sorted hashes and their counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel

_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel(writes=("hashes", "copies", "origins"))
def merge_runs(
    one: NDArray[np.uint64],
    one_copies: NDArray[np.int64],
    two: NDArray[np.uint64],
    two_copies: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    copies: NDArray[np.int64],
    origins: NDArray[np.int64],
) -> np.uint64:
    """Merges two runs, and adds the counts of hashes that are in both.

    Args:
        one: ``uint64``, (hashes,): in ascending order, each once.
        one_copies: ``int64``, (hashes,): the count of each.
        two: The other run, likewise.
        two_copies: Its counts.
        hashes: Output, ``uint64``, room for those of both.
        copies: Output, ``int64``, likewise.
        origins: Output, ``int64``, likewise: where each hash is in ``one``, or, if it is not, the
            length of ``one`` and where it is in ``two``.

    Returns:
        The number of hashes.
    """
    size, other = np.uint64(len(one)), np.uint64(len(two))
    first, second, to = _ZERO, _ZERO, _ZERO
    # Which is smaller is as good as random, so there is no branch for it.
    while first < size and second < other:
        left, right = one[first], two[second]
        in_one, in_two = np.uint64(left <= right), np.uint64(right <= left)
        hashes[to] = min(left, right)
        copies[to] = one_copies[first] * np.int64(in_one) + two_copies[second] * np.int64(in_two)
        origins[to] = np.int64(first * in_one + (size + second) * (_ONE - in_one))
        first += in_one
        second += in_two
        to += _ONE
    while first < size:
        hashes[to] = one[first]
        copies[to] = one_copies[first]
        origins[to] = np.int64(first)
        first += _ONE
        to += _ONE
    while second < other:
        hashes[to] = two[second]
        copies[to] = two_copies[second]
        origins[to] = np.int64(size + second)
        second += _ONE
        to += _ONE
    return to
