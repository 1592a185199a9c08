"""The compiled loops over quality text, Phred+33.

Each tells whether all bytes that it read lie in ``!`` to ``~``; where they do not its output
means nothing, and `find_outside` tells where.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.counts import COUNTABLE, count_above, counted, no_counts
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask, high_bits, trailing_zeros
from biometal_stream.simd.memory import load, load_word, store
from biometal_stream.simd.padding import load_ending, load_word_ending, padded_start
from biometal_stream.simd.vectors import keep_last, larger, minus, plus, sum_both, sum_lanes, zeros
from biometal_stream.simd.words import WIDTH, Offset

FIRST = 33
"""The character of Phred 0, ``!``."""

LAST = 126
"""The character of the highest Phred score, 93: ``~``."""

SCALE = 52
"""Error probabilities are added up as whole numbers of ``2 ** -52``."""

BLOCK = 2048
"""Bases whose error probabilities are added up before rounding: the most that fit 64 bits."""

_OFFSET = np.uint8(FIRST)
_LAST = np.uint8(LAST)
_HIGHEST = np.uint8(LAST - FIRST)
_WIDTH = np.uint64(WIDTH)
_TWICE = np.uint64(128)
_BLOCK = np.uint64(BLOCK)
_COUNTABLE = np.uint64(WIDTH * COUNTABLE)
_UNIT = 2.0**-SCALE
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_EIGHT = np.uint64(8)
_SIXTEEN = np.uint64(16)
_PAIR = np.uint64(0xFFFF)


@inlined
def _good(byte: np.uint8) -> bool:
    return bool(_OFFSET <= byte <= _LAST)


@kernel(writes=("sums",))
def sum_phred(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    sums: NDArray[np.uint64],
) -> bool:
    """Adds up the Phred scores of each read.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        sums: Output, ``uint64``, (rows,).
    """
    start = padded_start(data)
    highest = zeros()
    for row in range(np.uint64(len(sums))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        total = _ZERO
        # Two scores fit one byte, so whole vectors are added two at a time; the rest of the
        # read is the end of the vector that ends with it.
        while index + _TWICE < end:
            one = minus(load(data, index), _OFFSET)
            two = minus(load(data, index + _WIDTH), _OFFSET)
            count = min(end - index - _TWICE, _WIDTH)
            index += _TWICE + count
            rest = keep_last(minus(load(data, index - _WIDTH), _OFFSET), count)
            total += sum_both(plus(one, two), rest)
            highest = larger(highest, larger(larger(one, two), rest))
        if index + _WIDTH < end:
            one = minus(load(data, index), _OFFSET)
            rest = keep_last(minus(load_ending(data, start, end), _OFFSET), end - index - _WIDTH)
            total += sum_lanes(plus(one, rest))
            highest = larger(highest, larger(one, rest))
        elif index < end:
            rest = keep_last(minus(load_ending(data, start, end), _OFFSET), end - index)
            total += sum_lanes(rest)
            highest = larger(highest, rest)
        sums[row] = total
    return bool(above_mask(highest, _HIGHEST) == _ZERO)


@inlined
def _add_up(pairs: NDArray[np.uint64], word: np.uint64) -> np.uint64:
    """The error probabilities of eight bytes together."""
    low = pairs[word & _PAIR] + pairs[(word >> np.uint64(16)) & _PAIR]
    return low + pairs[(word >> np.uint64(32)) & _PAIR] + pairs[word >> np.uint64(48)]


@kernel(writes=("sums",))
def sum_error_probabilities(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    pairs: NDArray[np.uint64],
    sums: NDArray[np.float64],
) -> bool:
    """Adds up the error probabilities of the bases of each read.

    The sum is the same on every machine: blocks of `BLOCK` bases are added up exactly, as
    whole numbers, and the blocks' sums one after the other in double precision.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        pairs: (65536,), from `error_probabilities_of_pairs`.
        sums: Output, ``float64``, (rows,).
    """
    rows = np.uint64(len(sums))
    start = padded_start(data)
    for row in range(rows):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        total = 0.0
        while index < end:
            stop = min(index + _BLOCK, end)
            one = _ZERO
            two = _ZERO
            while index + _SIXTEEN <= stop:
                one += _add_up(pairs, load_word(data, index))
                two += _add_up(pairs, load_word(data, index + _EIGHT))
                index += _SIXTEEN
            if index + _EIGHT <= stop:
                one += _add_up(pairs, load_word(data, index))
                index += _EIGHT
            if index < stop:
                # The bytes of other reads are shifted out; byte 0 has the probability 0.
                word = load_word_ending(data, start, stop)
                two += _add_up(pairs, word >> ((_EIGHT - (stop - index)) * _EIGHT))
                index = stop
            total += np.float64(one + two) * _UNIT
        sums[row] = total
    return are_qualities(starts, stops, data)


@kernel
def are_qualities(starts: NDArray[Offset], stops: NDArray[Offset], data: NDArray[np.uint8]) -> bool:
    """Whether all bytes of reads are qualities.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
    """
    # Rows that follow each other are searched as one.
    first = last = np.uint64(0)
    for row in range(np.uint64(len(starts))):
        if np.uint64(starts[row]) != last:
            if find_outside(data, first, last) != last:
                return False
            first = np.uint64(starts[row])
        last = np.uint64(stops[row])
    return bool(find_outside(data, first, last) == last)


@kernel(writes=("counts",))
def count_below(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    phred: np.uint8,
    counts: NDArray[np.int64],
) -> bool:
    """Counts the bases of each read whose Phred score is below a limit.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        phred: The limit, 0 to 94.
        counts: Output, ``int64``, (rows,).
    """
    before = np.uint8(phred + _OFFSET - np.uint8(1))
    start = padded_start(data)
    highest = zeros()
    for row in range(np.uint64(len(counts))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        found = end - index
        while index < end:
            stop = min(index + _COUNTABLE, end)
            others = no_counts()
            while index + _WIDTH <= stop:
                vector = load(data, index)
                highest = larger(highest, minus(vector, _OFFSET))
                others = count_above(others, vector, before)
                index += _WIDTH
            if index < stop:
                vector = load_ending(data, start, stop)
                highest = larger(highest, keep_last(minus(vector, _OFFSET), stop - index))
                others = count_above(others, keep_last(vector, stop - index), before)
                index = stop
            found -= counted(others)
        counts[row] = np.int64(found)
    return bool(above_mask(highest, _HIGHEST) == _ZERO)


@kernel(writes=("scores",))
def decode(
    data: NDArray[np.uint8], start: np.uint64, stop: np.uint64, scores: NDArray[np.uint8]
) -> bool:
    """Writes the Phred scores of ``data[start:stop]``.

    Args:
        data: (bytes,)
        start: The first byte.
        stop: The byte after the last.
        scores: Output, ``uint8``, (stop - start,).
    """
    bad = _ZERO
    highest = zeros()
    index = start
    while index + _WIDTH <= stop:
        vector = minus(load(data, index), _OFFSET)
        store(scores, index - start, vector)
        highest = larger(highest, vector)
        index += _WIDTH
    while index < stop:
        scores[index - start] = data[index] - _OFFSET
        bad |= np.uint64(not _good(data[index]))
        index += _ONE
    return bool(bad == _ZERO and above_mask(highest, _HIGHEST) == _ZERO)


@kernel
def find_outside(data: NDArray[np.uint8], start: np.uint64, stop: np.uint64) -> np.uint64:
    """Finds the first byte of ``data[start:stop]`` that is not a quality; ``stop`` if all are."""
    padded = padded_start(data)
    index = start
    while index + _WIDTH <= stop:
        outside = above_mask(minus(load(data, index), _OFFSET), _HIGHEST)
        if outside:
            index += trailing_zeros(outside)
            return index
        index += _WIDTH
    last = minus(load_ending(data, padded, stop), _OFFSET)
    outside = above_mask(last, _HIGHEST) & high_bits(stop - index)
    if outside:
        return stop - _WIDTH + trailing_zeros(outside)
    return stop


def error_probabilities() -> NDArray[np.uint64]:
    """The error probability of each byte, in units of ``2 ** -52``.

    That of Phred score ``q`` is ``10 ** (-q / 10)``: Ewing and Green, Genome Research 8 (1998),
    186-194. Bytes that are no quality have none, 0.

    Returns:
        ``uint64``, (256,)
    """
    table = np.zeros(256, np.uint64)
    for byte in range(FIRST, LAST + 1):
        table[byte] = round(10 ** ((FIRST - byte) / 10) * 2**SCALE)
    return table


def error_probabilities_of_pairs() -> NDArray[np.uint64]:
    """The error probabilities of two bytes together, by the ``uint16`` that they make.

    Returns:
        ``uint64``, (65536,)
    """
    single = error_probabilities()
    return (single[:, None] + single[None, :]).ravel()
