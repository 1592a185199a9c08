"""The compiled loops over quality text, Phred+33.

Each tells whether all bytes that it read lie in ``!`` to ``~``; where they do not its output
means nothing, and `find_outside` tells where.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import inlined, kernel
from biometal_stream.simd.vectors import (
    above_mask,
    count_ones,
    high_bits,
    keep_last,
    larger,
    load,
    load_word,
    low_bits,
    minus,
    outside_mask,
    plus,
    store,
    sum_both,
    trailing_zeros,
)

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
_WIDTH = np.uint64(64)
_TWICE = np.uint64(128)
_BLOCK = np.uint64(BLOCK)
_UNIT = 2.0**-SCALE
_ZERO = np.uint64(0)
_ZERO_BYTE = np.uint8(0)
_ONE = np.uint64(1)
_EIGHT = np.uint64(8)
_PAIR = np.uint64(0xFFFF)


@inlined
def _good(byte: np.uint8) -> bool:
    return bool(_OFFSET <= byte <= _LAST)


@kernel
def sum_phred(
    offsets: NDArray[np.int32], data: NDArray[np.uint8], sums: NDArray[np.uint64]
) -> bool:
    """Adds up the Phred scores of each read.

    Args:
        offsets: (rows + 1,)
        data: (bytes,)
        sums: Output, ``uint64``, (rows,).
    """
    bad = _ZERO
    for row in range(np.uint64(len(sums))):
        index = np.uint64(offsets[row])
        end = np.uint64(offsets[row + _ONE])
        total = _ZERO
        if end < _WIDTH:
            while index < end:
                score = np.uint8(data[index] - _OFFSET)
                bad |= np.uint64(score > _HIGHEST)
                total += np.uint64(score)
                index += _ONE
        else:
            # Two scores fit one byte, so whole vectors are added two at a time; the rest of
            # the read is the end of the vector that ends with it.
            while index + _TWICE < end:
                one = minus(load(data, index), _OFFSET)
                two = minus(load(data, index + _WIDTH), _OFFSET)
                count = min(end - index - _TWICE, _WIDTH)
                index += _TWICE + count
                rest = keep_last(minus(load(data, index - _WIDTH), _OFFSET), count)
                total += sum_both(plus(one, two), rest)
                bad |= above_mask(larger(larger(one, two), rest), _HIGHEST)
            if index + _WIDTH < end:
                one = minus(load(data, index), _OFFSET)
                count = end - index - _WIDTH
                rest = keep_last(minus(load(data, end - _WIDTH), _OFFSET), count)
                total += sum_both(one, rest)
                bad |= above_mask(larger(one, rest), _HIGHEST)
            elif index < end:
                rest = keep_last(minus(load(data, end - _WIDTH), _OFFSET), end - index)
                total += sum_both(rest, keep_last(rest, _ZERO))
                bad |= above_mask(rest, _HIGHEST)
        sums[row] = total
    return bool(bad == _ZERO)


@kernel
def sum_error_probabilities(
    offsets: NDArray[np.int32],
    data: NDArray[np.uint8],
    pairs: NDArray[np.uint64],
    sums: NDArray[np.float64],
) -> bool:
    """Adds up the error probabilities of the bases of each read.

    The sum is the same on every machine: blocks of `BLOCK` bases are added up exactly, as
    whole numbers, and the blocks' sums one after the other in double precision.

    Args:
        offsets: (rows + 1,)
        data: (bytes,)
        pairs: (65536,), from `error_probabilities_of_pairs`.
        sums: Output, ``float64``, (rows,).
    """
    bad = _ZERO
    for row in range(np.uint64(len(sums))):
        index = np.uint64(offsets[row])
        end = np.uint64(offsets[row + _ONE])
        first = index
        if end < _WIDTH:
            for k in range(index, end):
                bad |= np.uint64(not _good(data[k]))
        else:
            while index + _WIDTH <= end:
                bad |= outside_mask(data, index, _OFFSET, _LAST)
                index += _WIDTH
            outside = outside_mask(data, end - _WIDTH, _OFFSET, _LAST)
            bad |= outside & high_bits(end - index)

        index = first
        total = 0.0
        while index < end:
            stop = min(index + _BLOCK, end)
            one = _ZERO
            two = _ZERO
            while index + _EIGHT <= stop:
                word = load_word(data, index)
                one += pairs[word & _PAIR] + pairs[(word >> np.uint64(16)) & _PAIR]
                two += pairs[(word >> np.uint64(32)) & _PAIR] + pairs[word >> np.uint64(48)]
                index += _EIGHT
            if index < stop:
                if stop >= _EIGHT:
                    # The bytes of other reads are shifted out; byte 0 has the probability 0.
                    word = load_word(data, stop - _EIGHT)
                    word >>= (_EIGHT - (stop - index)) * _EIGHT
                    one += pairs[word & _PAIR] + pairs[(word >> np.uint64(16)) & _PAIR]
                    two += pairs[(word >> np.uint64(32)) & _PAIR] + pairs[word >> np.uint64(48)]
                else:
                    for k in range(index, stop):
                        one += pairs[np.uint64(data[k])]
                index = stop
            total += np.float64(one + two) * _UNIT
        sums[row] = total
    return bool(bad == _ZERO)


@kernel
def count_below(
    offsets: NDArray[np.int32], data: NDArray[np.uint8], phred: np.uint8, counts: NDArray[np.int64]
) -> bool:
    """Counts the bases of each read whose Phred score is below a limit.

    Args:
        offsets: (rows + 1,)
        data: (bytes,)
        phred: The limit, 0 to 94.
        counts: Output, ``int64``, (rows,).
    """
    bad = _ZERO
    first = np.uint8(phred + _OFFSET)
    before = np.uint8(first - np.uint8(1))
    for row in range(np.uint64(len(counts))):
        index = np.uint64(offsets[row])
        end = np.uint64(offsets[row + _ONE])
        found = _ZERO
        length = end - index
        if end < _WIDTH:
            for k in range(index, end):
                bad |= np.uint64(not _good(data[k]))
                found += np.uint64(data[k] >= first)
        else:
            while index + _WIDTH <= end:
                bad |= outside_mask(data, index, _OFFSET, _LAST)
                found += count_ones(outside_mask(data, index, _ZERO_BYTE, before))
                index += _WIDTH
            mine = high_bits(end - index)
            bad |= outside_mask(data, end - _WIDTH, _OFFSET, _LAST) & mine
            found += count_ones(outside_mask(data, end - _WIDTH, _ZERO_BYTE, before) & mine)
        counts[row] = np.int64(length - found)
    return bool(bad == _ZERO)


@kernel
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
    index = start
    while index + _WIDTH <= stop:
        vector = minus(load(data, index), _OFFSET)
        store(scores, index - start, vector)
        bad |= above_mask(vector, _HIGHEST)
        index += _WIDTH
    while index < stop:
        scores[index - start] = data[index] - _OFFSET
        bad |= np.uint64(not _good(data[index]))
        index += _ONE
    return bool(bad == _ZERO)


@kernel
def find_outside(data: NDArray[np.uint8], start: np.uint64, stop: np.uint64) -> np.uint64:
    """Finds the first byte of ``data[start:stop]`` that is no quality; ``stop`` if all are."""
    index = start
    while index + _WIDTH <= stop:
        outside = outside_mask(data, index, _OFFSET, _LAST) & low_bits(stop - index)
        if outside:
            index += trailing_zeros(outside)
            return index
        index += _WIDTH
    while index < stop:
        if not _good(data[index]):
            return index
        index += _ONE
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
