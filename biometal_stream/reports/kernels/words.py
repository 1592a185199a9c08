"""The compiled loop that looks for short words, such as beginnings of adapters, in reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import both_mask, low_bits, trailing_zeros
from biometal_stream.simd.memory import load, load_fours
from biometal_stream.simd.words import WIDTH, Offset, Word

LENGTH = 12
"""The bases of a word."""

CODED = 8
"""The first bases of a word, which are compared as codes; the others only if these are equal."""

_LENGTH = np.uint64(LENGTH)
_FOUR = np.uint64(4)
_WIDTH = np.uint64(WIDTH)
_TWICE = np.uint64(2 * WIDTH)
_READ = np.uint64(WIDTH + 7)
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
        fours: ``uint8``, (words * 2 * 64,): the code of bases 1 to 4 of each word, as of
            `biometal_stream.simd.memory.load_fours`, 64 times, then that of bases 5 to 8.
        found: Output, ``int64``, room for rows * words: the words that were found.
        places: Output, likewise: the first base of each, counted from 0 in the read.

    Returns:
        How many were found.
    """
    count = _ZERO
    size = np.uint64(len(data))
    number = np.uint64(len(words)) // _LENGTH
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        stop = np.uint64(stops[row])
        index = start
        wanted = low_bits(number)
        while index + _LENGTH <= stop and wanted != _ZERO:
            span = min(stop - index - _LENGTH + _ONE, _WIDTH)
            valid = low_bits(span)
            candidates = valid
            inside = index + _READ <= size
            if inside:
                codes = load_fours(data, index)
                further = load_fours(data, index + _FOUR)
                candidates = _ZERO
                for word in range(number):
                    at = word * _TWICE
                    wanted_codes, wanted_further = load(fours, at), load(fours, at + _WIDTH)
                    candidates |= both_mask(codes, wanted_codes, further, wanted_further)
                candidates &= valid
            if candidates != _ZERO:
                for word in range(number):
                    if (wanted >> word) & _ONE == _ZERO:
                        continue
                    left = valid
                    if inside:
                        at = word * _TWICE
                        left &= both_mask(
                            load_fours(data, index),
                            load(fours, at),
                            load_fours(data, index + _FOUR),
                            load(fours, at + _WIDTH),
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
            index += _WIDTH
    return count
