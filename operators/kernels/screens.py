"""The compiled loop that skips reads without a word of an adapter, before these are aligned.

An alignment with at most *k* errors leaves one of *k* + 1 words of the adapter intact. So a read
without any of these words has no adapter.
`biometal_stream.operators.adapters.words_of` makes the words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.masks import equal_mask, low_bits
from biometal_stream.simd.words import WIDTH, Word

FIRST, LENGTH, FROM_START, FROM_END, WORD = range(5)
"""What is known of a word: where its letters start, how many there are, and the bases at the start
or the end of the read in which it must stand; -1 for anywhere. Then the size of such an entry."""

_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_ALL = ~np.uint64(0)
_FIRST, _LENGTH, _FROM_START, _FROM_END, _WORD = map(np.uint64, range(5))


@inlined
def _letter_mask(
    text: NDArray[np.uint8],
    at: Word,
    letter: Word,
    offsets: NDArray[np.int64],
    accepted: NDArray[np.uint8],
) -> Word:
    """Marks, of 64 bases, those that a letter of a word accepts; all if it accepts any."""
    first = np.uint64(offsets[letter])
    last = np.uint64(offsets[letter + _ONE])
    if first == last:
        return _ALL
    found = equal_mask(text, at, accepted[first])
    for other in range(first + _ONE, last):
        found |= equal_mask(text, at, accepted[other])
    return found


@inlined
def has_word(
    text: NDArray[np.uint8],
    low: Word,
    high: Word,
    words: NDArray[np.int64],
    first_word: Word,
    last_word: Word,
    offsets: NDArray[np.int64],
    accepted: NDArray[np.uint8],
) -> np.bool_:
    """Whether a read has one of some words where it must stand.

    Args:
        text: ``uint8``, (bytes,): the read, without lower case; 128 bytes follow it.
        low: Where it starts.
        high: Where it ends.
        words: ``int64``, (words * WORD,)
        first_word: The first word to look for.
        last_word: The one after the last.
        offsets: ``int64``, (letters + 1,): where the bases that each letter accepts start.
        accepted: ``uint8``, (bytes,): these bases. A letter without any accepts all.
    """
    for word in range(first_word, last_word):
        about = word * _WORD
        letter = np.uint64(words[about + _FIRST])
        count = np.uint64(words[about + _LENGTH])
        from_start = words[about + _FROM_START]
        from_end = words[about + _FROM_END]
        start = low
        stop = high
        if from_start >= 0:
            stop = min(high, low + np.uint64(from_start))
        if from_end >= 0 and np.uint64(from_end) < high - low:
            start = high - np.uint64(from_end)
        while start + count <= stop:
            places = stop - start - count + _ONE
            found = low_bits(places)
            for place in range(count):
                found &= _letter_mask(text, start + place, letter + place, offsets, accepted)
                if found == _ZERO:
                    break
            if found:
                return np.bool_(True)
            start += _WIDTH
    return np.bool_(False)
