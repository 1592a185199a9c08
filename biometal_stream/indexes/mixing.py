"""Spreads the values of k-mers over all 64-bit words, and finds them again.

The mixed value, or hash, of a k-mer says where an index keeps it. Values themselves are anything
but evenly distributed: two bits of each are the k-mer's first base. SplitMix64's step is a
bijection, so no two values share a hash, and a sorted list of hashes is as good as a list of
values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.hashing import mix
from biometal_stream.simd.jit import kernel

HASH = "splitmix64"
"""The hash's name, as files have it."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST_INVERSE = np.uint64(0x96DE1B173F119089)  # of the factors of `mix`, modulo 2**64
_SECOND_INVERSE = np.uint64(0x319642B2D24D8EC3)


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hashes values. Safe in several threads.

    Args:
        values: ``uint64``, (n,)

    Returns:
        The hashes: ``uint64``, (n,). In a kernel `biometal_stream.simd.hashing.mix` does the same
        to one word.
    """
    hashes = np.empty(len(values), np.uint64)
    mix_all(np.ascontiguousarray(values), hashes)
    return hashes


def unmixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finds the values that have these hashes. Safe in several threads.

    Args:
        hashes: ``uint64``, (n,)

    Returns:
        The values: ``uint64``, (n,)
    """
    values = np.empty(len(hashes), np.uint64)
    unmix_all(np.ascontiguousarray(hashes), values)
    return values


@inlined
def unmix(word: np.uint64) -> np.uint64:
    """The word that `biometal_stream.simd.hashing.mix` makes this one of."""
    word = (word ^ (word >> np.uint64(31)) ^ (word >> np.uint64(62))) * _SECOND_INVERSE
    word = (word ^ (word >> np.uint64(27)) ^ (word >> np.uint64(54))) * _FIRST_INVERSE
    return (word ^ (word >> np.uint64(30)) ^ (word >> np.uint64(60))) - _GOLDEN


@kernel(writes=("hashes",))
def mix_all(values: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> None:
    """Hashes each value.

    Args:
        values: ``uint64``, (n,)
        hashes: Output, ``uint64``, (n,); may be ``values``.
    """
    for place in range(np.uint64(len(values))):
        hashes[place] = mix(values[place])


@kernel(writes=("values",))
def unmix_all(hashes: NDArray[np.uint64], values: NDArray[np.uint64]) -> None:
    """Finds the value of each hash.

    Args:
        hashes: ``uint64``, (n,)
        values: Output, ``uint64``, (n,); may be ``hashes``.
    """
    for place in range(np.uint64(len(hashes))):
        values[place] = unmix(hashes[place])
