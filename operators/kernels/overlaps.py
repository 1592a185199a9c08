"""The overlap of two mates: where they may overlap, and how likely that is.

docs/adapters.md has the formulae. All numbers are whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.operators.kernels.adapters import SEEDS, allowed, mismatches, next_place
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.masks import above_mask, count_ones, low_bits, trailing_zeros
from biometal_stream.simd.memory import load
from biometal_stream.simd.vectors import differing
from biometal_stream.simd.words import WIDTH, Word

SHORTEST = 12
"""The shortest overlap that makes a candidate by itself."""

_N = np.uint8(ord("N"))
_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_FOUR = np.uint64(4)
_NOTHING = np.uint8(0)
_AGREEMENT = np.uint64(512)
_SEEDS = np.uint64(SEEDS)
_SHORTEST = np.uint64(SHORTEST)
_PERIODS = np.uint64(7)
"""Repeats of shorter units than this say nothing about where mates overlap."""


@inlined
def alike(text: NDArray[np.uint8], first: Word, count: Word, imagined: Word) -> Word:
    """How many of 64 bases agree if a read is moved by one to six bases; at least 16, a quarter.

    Repeats, and reads of one or two letters, agree with themselves, and so with each other, by
    chance.

    Args:
        text: The copies of the mates.
        first: Where the bases begin.
        count: How many there are; the first 64 are compared.
        imagined: Bases to add to the comparison, of which a quarter agree: a few bases alone say
            little.
    """
    here = load(text, first)
    most = np.uint64(16)
    for period in range(_ONE, _PERIODS):
        if count > period + period:
            compared = min(count, _WIDTH) - period
            agreeing = compared - mismatches(here, load(text, first + period), compared)
            agreeing += imagined // _FOUR
            most = max(most, agreeing * _WIDTH // (compared + imagined))
    return most


@inlined
def overlap_score(
    text: NDArray[np.uint8],
    first: Word,
    second: Word,
    overlap: Word,
    qualities: NDArray[np.uint8],
    quality: Word,
    other_quality: Word,
    gains: NDArray[np.int32],
) -> np.int64:
    """Scores the overlap of two mates: agreement alike, disagreement by the worse quality.

    Args:
        text: The copies of the mates.
        first: Where the overlap starts in mate 1.
        second: Where it starts in mate 2, turned.
        overlap: How many bases overlap.
        qualities: (bytes,), Phred+33.
        quality: Where the qualities of the overlap start in mate 1.
        other_quality: Where they end in mate 2, which starts from the other side.
        gains: As of `find_inserts`.
    """
    if overlap == _ZERO:
        return np.int64(0)
    chance = alike(text, first, overlap, _ZERO)
    return score_over(
        text, first, second, overlap, qualities, quality, other_quality, gains, chance
    )


@inlined
def score_over(
    text: NDArray[np.uint8],
    first: Word,
    second: Word,
    overlap: Word,
    qualities: NDArray[np.uint8],
    quality: Word,
    other_quality: Word,
    gains: NDArray[np.int32],
    chance: Word,
) -> np.int64:
    """Scores an overlap as `overlap_score` does, by how many of 64 bases agree by chance."""
    agree = np.int64(gains[_AGREEMENT + chance])
    total = np.int64(0)
    done = _ZERO
    while done < overlap:
        compared = min(overlap - done, _WIDTH)
        other = differing(load(text, first + done), load(text, second + done))
        unlike = above_mask(other, _NOTHING) & low_bits(compared)
        total += agree * np.int64(compared - count_ones(unlike))
        while unlike:
            place = done + trailing_zeros(unlike)
            unlike &= unlike - _ONE
            if text[first + place] != _N and text[second + place] != _N:
                worse = min(qualities[quality + place], qualities[other_quality - place])
                total += np.int64(gains[np.uint64(worse)])
        done += compared
    return total


@inlined
def overlaps(
    text: NDArray[np.uint8],
    length: Word,
    turned: Word,
    other_length: Word,
    sizes: NDArray[np.int64],
) -> Word:
    """Collects the sizes of inserts of which mates overlap from the start of mate 1 on.

    Args:
        text: The copies of the mates.
        length: Of mate 1, which starts at 0.
        turned: Where mate 2 starts, turned.
        other_length: Its length.
        sizes: Output, (WIDTH,).

    Returns:
        How many there are, at most `WIDTH`.
    """
    count = _ZERO
    # Mate 2 starts before mate 1 does, as the insert is longer than mate 2.
    for size in range(other_length + _ONE, length):
        low = size - other_length
        compared = min(other_length, _WIDTH)
        if compared >= _SHORTEST and count < _WIDTH:
            unlike = mismatches(load(text, low), load(text, turned), compared)
            if unlike <= allowed(compared):
                sizes[count] = np.int64(size)
                count += _ONE
    head = load(text, _ZERO)
    at = _ZERO
    while at + _SHORTEST <= other_length and count < _WIDTH:
        if length >= _SEEDS:
            at = next_place(text, turned, at, other_length, text, _ZERO)
        left = other_length - at
        compared = min(left, length, _WIDTH)
        if compared >= _SHORTEST and mismatches(head, load(text, turned + at), compared) <= allowed(
            compared
        ):
            sizes[count] = np.int64(left)
            count += _ONE
        at += _ONE
    return count


@inlined
def longer_overlaps(
    text: NDArray[np.uint8],
    length: Word,
    turned: Word,
    other_length: Word,
    sizes: NDArray[np.int64],
    count: Word,
) -> Word:
    """Collects the sizes of inserts that are longer than both mates, which overlap.

    The arguments are those of `overlaps`, and how many sizes there are already.
    """
    head = load(text, turned)
    for size in range(max(length, other_length), length + other_length - _SHORTEST + _ONE):
        low = size - other_length
        compared = min(length - low, other_length, _WIDTH)
        if (
            compared >= _SHORTEST
            and count < _WIDTH
            and mismatches(load(text, low), head, compared) <= allowed(compared)
        ):
            sizes[count] = np.int64(size)
            count += _ONE
    return count
