"""The one step that all hashes of names and sequences are made of."""

from __future__ import annotations

import numpy as np

from biometal_stream.simd.compiler import inlined

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST_FACTOR = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_FACTOR = np.uint64(0x94D049BB133111EB)


@inlined
def mix(word: np.uint64) -> np.uint64:
    """One step of SplitMix64: Steele, Lea and Flood, OOPSLA 2014, variant 13 of Stafford."""
    word += _GOLDEN
    word = (word ^ (word >> np.uint64(30))) * _FIRST_FACTOR
    word = (word ^ (word >> np.uint64(27))) * _SECOND_FACTOR
    return word ^ (word >> np.uint64(31))
