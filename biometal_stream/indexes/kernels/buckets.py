"""The compiled loops that keep words in buckets of one cache line, and look them up.

A bucket has room for eight words, 0 where there is none. A word stands in the first bucket with
room from the one that its hash points to: the upper 32 bits of the hash, times the number of
buckets, point to it. After the last bucket comes the first. Some bucket always has room, so each
search ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.hashing import mix
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import equal_words, trailing_zeros
from biometal_stream.simd.memory import prefetch
from biometal_stream.simd.words import Word

ROOM = 8
"""Words in a bucket."""

_ROOM = np.uint64(ROOM)
_LAST = np.uint64(ROOM - 1)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_HALF = np.uint64(32)
_AHEAD = np.uint64(32)
"""How many words ahead buckets are fetched."""


@inlined
def _home(value: Word, buckets: Word) -> Word:
    """The first word of the bucket that a value's hash points to."""
    return (((mix(value) >> _HALF) * buckets) >> _HALF) * _ROOM


@kernel(writes=("words",))
def keep_all(values: NDArray[np.uint64], room: Word, words: NDArray[np.uint64]) -> Word:
    """Keeps values that are not kept yet.

    Args:
        values: ``uint64``, (n,), none of them 2⁶⁴ - 1.
        room: How many there is room for.
        words: ``uint64``, (buckets * 8,): each value plus 1. Is filled.

    Returns:
        How many values were new, or ``room + 1`` if those were too many.
    """
    size = np.uint64(len(words))
    buckets = size // _ROOM
    count = np.uint64(len(values))
    new = _ZERO
    for place in range(count):
        if place + _AHEAD < count:
            prefetch(words, _home(values[place + _AHEAD], buckets))
        word = values[place] + _ONE
        first = _home(values[place], buckets)
        while equal_words(words, first, word) == _ZERO:
            free = equal_words(words, first, _ZERO)
            if free != _ZERO:
                if new == room:
                    return room + _ONE
                words[first + trailing_zeros(free)] = word
                new += _ONE
                break
            first += _ROOM
            if first == size:
                first = _ZERO
    return new


@kernel(writes=("found", "waiting"))
def find_all(
    values: NDArray[np.uint64],
    words: NDArray[np.uint64],
    found: NDArray[np.bool_],
    waiting: NDArray[np.uint32],
) -> None:
    """Finds out which values are kept.

    First all values are looked for in the buckets that their hashes point to, then those that
    are not there in the next buckets, and so on. That avoids a jump for each value that the
    processor cannot foresee.

    Args:
        values: ``uint64``, (n,)
        words: ``uint64``, (buckets * 8,), as `keep_all` fills them.
        found: Output, ``bool``, (n,).
        waiting: ``uint32``, (n,), of any content.
    """
    size = np.uint64(len(words))
    buckets = size // _ROOM
    count = np.uint64(len(values))
    left = _ZERO
    for place in range(count):
        if place + _AHEAD < count:
            prefetch(words, _home(values[place + _AHEAD], buckets))
        word = values[place] + _ONE
        first = _home(values[place], buckets)
        has = equal_words(words, first, word) != _ZERO
        found[place] = has and word != _ZERO
        waiting[left] = place
        left += np.uint64(not has and words[first + _LAST] != _ZERO)
    further = _ZERO
    while left:
        further += _ROOM
        count = left
        left = _ZERO
        for each in range(count):
            if each + _AHEAD < count:
                ahead = values[np.uint64(waiting[each + _AHEAD])]
                prefetch(words, _home(ahead, buckets) + further)
            row = np.uint64(waiting[each])
            word = values[row] + _ONE
            first = _home(values[row], buckets) + further
            while first >= size:
                first -= size
            has = equal_words(words, first, word) != _ZERO
            found[row] = has and word != _ZERO
            waiting[left] = row
            left += np.uint64(not has and words[first + _LAST] != _ZERO)
