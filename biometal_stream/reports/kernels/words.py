"""The compiled loop that looks for short words, such as beginnings of adapters, in reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask, low_bits, trailing_zeros
from biometal_stream.simd.memory import load, load_word
from biometal_stream.simd.padding import End, load_starting, padded_end
from biometal_stream.simd.vectors import common, look_up, repeated
from biometal_stream.simd.words import WIDTH, Offset, Vector, Word

LENGTH = 12
"""The bases of a word."""

SIFTED = 8
"""The first bases of a word, which tables sift places by; only those left are compared."""

_LENGTH = np.uint64(LENGTH)
_SIFTED = np.uint64(SIFTED)
_REST = np.uint64(LENGTH - 8)
_WIDTH = np.uint64(WIDTH)
_READ = np.uint64(WIDTH + SIFTED - 1)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_NOTHING = np.uint8(0)
_ALL = np.uint8(0xFF)
_UPPER = np.uint64(0xDFDFDFDFDFDFDFDF)


@inlined(inline="always")
def _sift(data: NDArray[np.uint8], index: Word, tables: NDArray[np.uint8]) -> Vector:
    left = look_up(load(tables, _ZERO), load(data, index))
    for k in range(_ONE, _SIFTED):
        left = common(left, look_up(load(tables, k * _WIDTH), load(data, index + k)))
    return left


@inlined(inline="always")
def _sift_last(data: NDArray[np.uint8], end: End, index: Word, tables: NDArray[np.uint8]) -> Vector:
    left = look_up(load(tables, _ZERO), load_starting(data, end, index))
    for k in range(_ONE, _SIFTED):
        found = look_up(load(tables, k * _WIDTH), load_starting(data, end, index + k))
        left = common(left, found)
    return left


@kernel(writes=("found", "places"))
def find_words(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    beginnings: NDArray[np.uint64],
    endings: NDArray[np.uint64],
    sets: NDArray[np.uint8],
    tables: NDArray[np.uint8],
    found: NDArray[np.int64],
    places: NDArray[np.int64],
) -> np.uint64:
    """Finds the first occurrence of each word in each read, in upper or lower case.

    Words are in eight sets. For each of the first bases of a word, a table has the sets with words
    that have a letter there; 64 places are looked at together.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        beginnings: ``uint64``, (words,): the first 8 bases of each word, the first lowest. Words
            are different, at most 64, of A, C, G and T in upper case.
        endings: ``uint64``, (words,): the last 8 bases.
        sets: ``uint8``, (words,): one of 8 bits, for the set that a word is in.
        tables: ``uint8``, (`SIFTED` * 64,): for each base the sets by the lowest four bits of
            letters, four times.
        found: Output, ``int64``, room for rows * words: the words that were found.
        places: Output, likewise: the first base of each, counted from 0 in the read.

    Returns:
        How many were found.
    """
    count = _ZERO
    end = padded_end(data)
    size = np.uint64(len(data))
    number = np.uint64(len(beginnings))
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        stop = np.uint64(stops[row])
        index = start
        wanted = low_bits(number)
        open_sets = _ALL  # those with a word that is not found yet
        while index + _LENGTH <= stop and wanted != _ZERO:
            if index + _READ <= size:
                left = _sift(data, index, tables)
            else:
                left = _sift_last(data, end, index, tables)
            valid = low_bits(stop - index - _LENGTH + _ONE)
            candidates = above_mask(common(left, repeated(open_sets)), _NOTHING) & valid
            while candidates != _ZERO:
                place = index + trailing_zeros(candidates)
                candidates &= candidates - _ONE
                beginning = load_word(data, place) & _UPPER
                ending = load_word(data, place + _REST) & _UPPER
                for word in range(number):
                    alike = beginnings[word] == beginning and endings[word] == ending
                    if alike and (wanted >> word) & _ONE != _ZERO:
                        found[count] = np.int64(word)
                        places[count] = np.int64(place - start)
                        count += _ONE
                        wanted &= ~(_ONE << word)
                        open_sets = _NOTHING
                        for other in range(number):
                            if (wanted >> other) & _ONE != _ZERO:
                                open_sets |= sets[other]
                        candidates &= above_mask(common(left, repeated(open_sets)), _NOTHING)
            index += _WIDTH
    return count


@kernel(writes=("counts",))
def count_places(
    found: NDArray[np.int64],
    places: NDArray[np.int64],
    edges: NDArray[np.int64],
    counts: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> np.uint64:
    """Counts words by the bin of cycles in which they begin.

    Args:
        found: ``int64``, (found,): the words that were found.
        places: ``int64``, (found,): the first base of each, counted from 0 in the read.
        edges: ``int64``, (bins + 1,): the first cycle of each bin, counted from 1.
        counts: ``int64``, (bins, words * 2), to add to: how many there are of each word, and how
            many cycles of the bin come after the first of each.

    Returns:
        How many bins have been used, up to the last.
    """
    used = _ZERO
    for each in range(np.uint64(len(found))):
        cycle = places[each] + np.int64(1)
        low, high = _ZERO, np.uint64(len(edges)) - _ONE
        while low + _ONE < high:  # the bin is one of these
            middle = (low + high) >> _ONE
            if edges[middle] <= cycle:
                low = middle
            else:
                high = middle
        cell = np.uint64(found[each]) << _ONE
        counts[low, cell] += 1
        counts[low, cell + _ONE] += edges[low + _ONE] - cycle
        used = max(used, low + _ONE)
    return used
