"""The compiled loop that skips reads without a word of an adapter, before these are aligned.

An alignment with at most *k* errors leaves one of *k* + 1 words of the adapter intact. So a read
without any of these words has no adapter. `biometal_stream.operators.adapters.screening` makes the
words. For each letter there is a mask of the bases that it accepts; where a word stands, the masks
of its first letters, shifted, have a bit in common.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.masks import equal_mask, low_bits, trailing_zeros
from biometal_stream.simd.words import WIDTH, Word

FIRST, LENGTH, FROM_START, FROM_END, WORD = range(5)
"""What is known of a word: where its letters start, how many there are, and the bases at the start
or the end of the read in which it must stand; -1 for anywhere. Then the size of such an entry."""

SEED = 6
"""The letters of a word that are looked for with masks; shorter words have letters that accept any
base after them."""

_ZERO = np.uint64(0)
_ONE, _TWO, _THREE, _FOUR, _FIVE = map(np.uint64, range(1, 6))
_ALL = ~np.uint64(0)
_WORD = np.uint64(WORD)
_FIRST, _LENGTH, _FROM_START, _FROM_END = map(np.uint64, range(WORD))
_SEED = np.uint64(SEED)
_BLOCK = np.uint64(WIDTH - SEED + 1)
"""The places in a vector where all of the first letters are in the vector."""


@inlined(inline="always")
def _fill_masks(
    text: NDArray[np.uint8],
    at: Word,
    offsets: NDArray[np.int64],
    accepted: NDArray[np.uint8],
    masks: NDArray[np.uint64],
) -> None:
    """Marks, of 64 bases, those that each kind of letter accepts."""
    for kind in range(np.uint64(len(masks))):
        found = _ZERO
        for place in range(np.uint64(offsets[kind]), np.uint64(offsets[kind + _ONE])):
            found |= equal_mask(text, at, accepted[place])
        masks[kind] = found if offsets[kind] < offsets[kind + _ONE] else _ALL


@inlined(inline="always")
def _seeded(letters: NDArray[np.uint8], first: Word, masks: NDArray[np.uint64]) -> Word:
    """Marks the places where the first letters of a word stand."""
    found = masks[np.uint64(letters[first])]
    found &= masks[np.uint64(letters[first + _ONE])] >> _ONE
    found &= masks[np.uint64(letters[first + _TWO])] >> _TWO
    found &= masks[np.uint64(letters[first + _THREE])] >> _THREE
    found &= masks[np.uint64(letters[first + _FOUR])] >> _FOUR
    return found & (masks[np.uint64(letters[first + _FIVE])] >> _FIVE)


@inlined
def _goes_on(
    text: NDArray[np.uint8],
    at: Word,
    letters: NDArray[np.uint8],
    first: Word,
    count: Word,
    offsets: NDArray[np.int64],
    accepted: NDArray[np.uint8],
) -> np.bool_:
    """Whether the letters of a word after the first ones stand at a place."""
    for place in range(_SEED, count):
        kind = np.uint64(letters[first + place])
        stands = offsets[kind] == offsets[kind + _ONE]
        for other in range(np.uint64(offsets[kind]), np.uint64(offsets[kind + _ONE])):
            stands |= text[at + place] == accepted[other]
        if not stands:
            return np.bool_(False)
    return np.bool_(True)


@inlined(inline="always")
def has_word(
    text: NDArray[np.uint8],
    low: Word,
    high: Word,
    words: NDArray[np.int64],
    first_word: Word,
    last_word: Word,
    letters: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    accepted: NDArray[np.uint8],
    masks: NDArray[np.uint64],
) -> np.bool_:
    """Whether a read has one of some words where it must stand.

    Args:
        text: ``uint8``, (bytes,): the read, without lower case; 64 bytes follow it.
        low: Where it starts.
        high: Where it ends.
        words: ``int64``, (words * WORD,)
        first_word: The first word to look for.
        last_word: The one after the last.
        letters: ``uint8``, (letters,): the kind of each letter of the words.
        offsets: ``int64``, (kinds + 1,): where the bases that each kind accepts start.
        accepted: ``uint8``, (bytes,): these bases. A kind without any accepts all.
        masks: Scratch, ``uint64``, (kinds,)
    """
    stands: np.bool_ = np.bool_(False)
    block = low
    while block < high and not stands:
        _fill_masks(text, block, offsets, accepted, masks)
        after = min(block + _BLOCK, high)
        for word in range(first_word, last_word):
            about = word * _WORD
            count = np.uint64(words[about + _LENGTH])
            from_start = words[about + _FROM_START]
            from_end = words[about + _FROM_END]
            start = block
            stop = high
            if from_start >= 0:
                stop = min(high, low + np.uint64(from_start))
            if from_end >= 0 and np.uint64(from_end) < high - low:
                start = max(block, high - np.uint64(from_end))
            stop = min(after + count, stop + _ONE)  # one after the last place, and the word
            if stop <= start + count:
                continue
            first = np.uint64(words[about + _FIRST])
            found = _seeded(letters, first, masks) >> (start - block)
            found &= low_bits(stop - count - start)
            while found and not stands:
                at = start + trailing_zeros(found)
                stands = _goes_on(text, at, letters, first, count, offsets, accepted)
                found &= found - _ONE
        block += _BLOCK
    return stands
