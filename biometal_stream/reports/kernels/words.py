"""The compiled loop that looks for short words, such as beginnings of adapters, in reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import low_bits, same_mask, trailing_zeros
from biometal_stream.simd.memory import load_fours
from biometal_stream.simd.words import WIDTH, Offset, Word

LENGTH = 12
"""The bases of a word."""

CODED = 8
"""The first bases of a word, which are compared as codes; the others only if these are equal."""

_LENGTH = np.uint64(LENGTH)
_FOUR = np.uint64(4)
_STEP = np.uint64(WIDTH - 4)
_READ = np.uint64(WIDTH + 3)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_UPPER = np.uint8(0xDF)


@inlined
def _is_word(data: NDArray[np.uint8], index: Word, words: NDArray[np.uint8], word: Word) -> bool:
    for k in range(_LENGTH):  # noqa: SIM110 - numba has no generators
        if (data[index + k] & _UPPER) != words[word * _LENGTH + k]:
            return False
    return True


@kernel(writes=("found", "places"))
def find_words(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    words: NDArray[np.uint8],
    fours: NDArray[np.uint8],
    found: NDArray[np.int64],
    places: NDArray[np.int64],
) -> np.uint64:
    """Finds the first occurrence of each word in each read, in upper or lower case.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        words: ``uint8``, (words * `LENGTH`,): at most 64 words, of A, C, G and T in upper case.
        fours: ``uint8``, (words * 2,): the codes of bases 1 to 4 and 5 to 8 of each word, as of
            `biometal_stream.simd.memory.load_fours`.
        found: Output, ``int64``, room for rows * words: the words that were found.
        places: Output, likewise: the first base of each, counted from 0 in the read.

    Returns:
        How many were found.
    """
    count = _ZERO
    size = np.uint64(len(data))
    number = np.uint64(len(fours)) >> _ONE
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        stop = np.uint64(stops[row])
        index = start
        wanted = low_bits(number)
        while index + _LENGTH <= stop and wanted != _ZERO:
            span = min(stop - index - _LENGTH + _ONE, _STEP)
            valid = low_bits(span)
            candidates = valid
            inside = index + _READ <= size
            if inside:
                codes = load_fours(data, index)
                candidates = _ZERO
                for word in range(number):
                    twice = word + word
                    candidates |= same_mask(codes, fours[twice]) & (
                        same_mask(codes, fours[twice + _ONE]) >> _FOUR
                    )
                candidates &= valid
            if candidates != _ZERO:
                for word in range(number):
                    if (wanted >> word) & _ONE == _ZERO:
                        continue
                    left = valid
                    if inside:
                        codes = load_fours(data, index)
                        twice = word + word
                        left &= same_mask(codes, fours[twice]) & (
                            same_mask(codes, fours[twice + _ONE]) >> _FOUR
                        )
                    while left != _ZERO:
                        place = index + trailing_zeros(left)
                        left &= left - _ONE
                        if _is_word(data, place, words, word):
                            found[count] = np.int64(word)
                            places[count] = np.int64(place - start)
                            count += _ONE
                            wanted &= ~(_ONE << word)
                            break
            index += _STEP
    return count
