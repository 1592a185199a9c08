"""The compiled loops that find where inserts end, by the overlap of mates, and choose one place.

Candidates and scores are those of `biometal_stream.operators.kernels.adapters`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.operators.kernels.adapters import (
    BREAK,
    MOST,
    SEEDS,
    START,
    UNIT,
    adapter_score,
    allowed,
    copy_read,
    mismatches,
    seeded,
    slot_for,
)
from biometal_stream.operators.kernels.strand import complement
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask, count_ones, low_bits, trailing_zeros
from biometal_stream.simd.memory import load, store
from biometal_stream.simd.padding import (
    load_ending,
    padded_end,
    padded_start,
)
from biometal_stream.simd.vectors import backwards, differing
from biometal_stream.simd.words import WIDTH, Offset, Word

FAILED = 7 * UNIT
"""The most that one of three witnesses, the overlap and the two adapters, takes from a score: in
about 1 pair of 1,000 one of them fails, as where a mate is of bad quality from its start."""
SURE = 20 * UNIT
"""The score of an adapter that needs no other witness."""
BY_CHANCE = 10 * UNIT
"""The most that an overlap adds to a score: in about 1 pair of 20,000 mates agree where they do not
overlap, because the genome repeats itself."""
NEAR = 8
"""Candidates so near to the best, in bases, are averaged with it."""

_N = np.uint8(ord("N"))
_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_NOTHING = np.uint8(0)
_AGREEMENT = np.uint64(512)
_FAILED = np.int64(FAILED)
_BREAK = np.int64(BREAK)
_SURE = np.int64(SURE)
_MOST = np.uint64(MOST)
_BY_CHANCE = np.int64(BY_CHANCE)
_NEAR = np.int64(NEAR)
_SEEDS = np.uint64(SEEDS)
_START = np.uint64(START)
_SHORTEST = np.uint64(12)
"""The shortest overlap that makes a candidate by itself."""
_PERIODS = np.uint64(7)
"""Repeats of shorter units than this say nothing about where mates overlap."""


@inlined
def _alike(text: NDArray[np.uint8], first: Word, count: Word) -> Word:
    """How many of 64 bases agree if a read is moved by one to six bases; at least 16, a quarter.

    Repeats, and reads of one or two letters, agree with themselves, and so with each other, by
    chance.
    """
    here = load(text, first)
    most = np.uint64(16)
    for period in range(_ONE, _PERIODS):
        if count > period + period:
            compared = min(count, _WIDTH) - period
            agreeing = compared - mismatches(here, load(text, first + period), compared)
            most = max(most, agreeing * _WIDTH // compared)
    return most


@inlined
def _overlap_score(
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
    agree = np.int64(gains[_AGREEMENT + _alike(text, first, overlap)])
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
def _overlaps(
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
        left = other_length - at
        if left > _SEEDS and length >= _SEEDS:
            here = min(left - _SEEDS, _WIDTH)
            marked = seeded(text, turned + at, text, _ZERO) & low_bits(here)
            if not marked:
                at += here
                continue
            at += trailing_zeros(marked)
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
def _longer(
    text: NDArray[np.uint8],
    length: Word,
    turned: Word,
    other_length: Word,
    sizes: NDArray[np.int64],
    count: Word,
) -> Word:
    """Collects the sizes of inserts that are longer than both mates, which overlap.

    The arguments are those of `_overlaps`, and how many sizes there are already.
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


@inlined
def _adapters(
    text: NDArray[np.uint8],
    at: Word,
    length: Word,
    limit: Word,
    adapters: NDArray[np.uint8],
    where: Word,
    known: Word,
    sizes: NDArray[np.int64],
    count: Word,
    firsts: NDArray[np.int64],
    row: Word,
) -> Word:
    """Collects the places where an adapter seems to begin, of which `_SHORTEST` bases can be seen.

    Args:
        text: The copies of the mates.
        at: Where the mate starts.
        length: Its length.
        limit: Places from here on are left out.
        adapters: All adapters.
        where: Where the adapter starts.
        known: Its length.
        sizes: Output, (WIDTH,).
        count: How many sizes there are already.
        firsts: Output: as of `find_inserts`.
        row: The row of the mate.

    Returns:
        How many there are, at most `WIDTH`.
    """
    if known < _SHORTEST or length < _SHORTEST:
        return count
    adapter = load(adapters, where)
    last = length - _SHORTEST
    place = _ZERO
    while place <= last:
        if length - place > _SEEDS:
            here = min(length - place - _SEEDS, _WIDTH)
            marked = seeded(text, at + place, adapters, where) & low_bits(here)
            if not marked:
                place += here
                continue
            place += trailing_zeros(marked)
        vector = load(text, at + place)
        if mismatches(vector, adapter, _START) == _ZERO:
            firsts[row] = min(np.int64(firsts[row]), np.int64(place))
        compared = min(length - place, known, _SEEDS)
        if (
            place < limit
            and count < _WIDTH
            and mismatches(vector, adapter, compared) <= allowed(compared)
        ):
            sizes[count] = np.int64(place)
            count += _ONE
        place += _ONE
    return count


@kernel(writes=("copied", "sizes", "raw", "places", "scores", "firsts"))
def find_inserts(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    quality_starts: NDArray[Offset],
    qualities: NDArray[np.uint8],
    adapters: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    gains: NDArray[np.int32],
    copied: NDArray[np.uint8],
    sizes: NDArray[np.int64],
    raw: NDArray[np.int64],
    places: NDArray[np.int64],
    scores: NDArray[np.int64],
    firsts: NDArray[np.int64],
) -> None:
    """Finds where the inserts of pairs may end.

    Args:
        starts: (rows,): where each read starts in the bases; rows alternate between the mates.
        stops: (rows,): where it ends.
        bases: (bytes,), without lower case.
        quality_starts: (rows,): where its qualities start.
        qualities: (bytes,), Phred+33.
        adapters: ``uint8``, (adapters * 2 * WIDTH,): of mate 1 and of mate 2 in turn.
        lengths: ``int64``, (adapters * 2,): at most `WIDTH` each; 0 for an unknown adapter.
        gains: ``int32``, (2 * 256 + WIDTH + 1,): as of `adapter_score`; then what a base adds on
            which mates agree, by how many of 64 bases agree by chance.
        copied: Scratch, ``uint8``, (3 * (longest read + 2 * WIDTH),)
        sizes: Scratch, ``int64``, (WIDTH,)
        raw: Scratch, ``int64``, (MOST,)
        places: Output, ``int64``, (rows / 2 * MOST,): how long each insert may be; -1 where there
            are no more. Only what is shorter than one of the mates is looked for, and, where that
            is in doubt, one that is not.
        scores: Output, ``int64``, (rows / 2 * MOST,)
        firsts: Output, ``int64``, (rows,): as of `find_adapters`.
    """
    behind = padded_end(bases)
    before = padded_start(bases)
    kinds = np.uint64(len(lengths)) // _TWO
    turned = np.uint64(len(copied)) // np.uint64(3)  # mate 2 as the strand of mate 1 has it
    forward = _TWO * turned  # mate 2 as it is
    for pair in range(np.uint64(len(starts)) // _TWO):
        start1 = np.uint64(starts[_TWO * pair])
        start2 = np.uint64(starts[_TWO * pair + _ONE])
        length1 = np.uint64(stops[_TWO * pair]) - start1
        length2 = np.uint64(stops[_TWO * pair + _ONE]) - start2
        quality1 = np.uint64(quality_starts[_TWO * pair])
        quality2 = np.uint64(quality_starts[_TWO * pair + _ONE])
        longest = max(length1, length2)
        copy_read(bases, behind, start1, start1 + length1, copied, _ZERO)
        to = turned
        index = start2 + length2
        while index > start2:
            store(copied, to, backwards(complement(load_ending(bases, before, index))))
            count = min(index - start2, _WIDTH)
            index -= count
            to += count

        count = _overlaps(copied, length1, turned, length2, sizes)
        shorter = longest if count == _ZERO else _SHORTEST
        copy_read(bases, behind, start2, start2 + length2, copied, forward)
        firsts[_TWO * pair] = np.int64(length1)
        firsts[_TWO * pair + _ONE] = np.int64(length2)
        for kind in range(_TWO * kinds):
            second = kind & _ONE
            count = _adapters(
                copied,
                forward if second else _ZERO,
                length2 if second else length1,
                shorter,
                adapters,
                kind * _WIDTH,
                np.uint64(lengths[kind]),
                sizes,
                count,
                firsts,
                _TWO * pair + second,
            )

        found = _ZERO
        surest = -_FAILED
        highest = np.int64(0)
        done = _ZERO
        for further in range(2):
            if further:
                if found == _ZERO or surest >= _SURE:
                    break
                # Do mates overlap better as parts of a longer insert?
                count = _longer(copied, length1, turned, length2, sizes, count)
            while done < count:
                size = np.uint64(sizes[done])
                done += _ONE
                low = size - min(size, length2)
                shift = length2 - min(size, length2)
                overlap = _overlap_score(
                    copied,
                    low,
                    turned + shift,
                    min(size, length1) - low,
                    qualities,
                    quality1 + low,
                    quality2 + length2 - _ONE - shift,
                    gains,
                )
                best = -_FAILED - _FAILED
                for kind in range(kinds):
                    part1 = np.int64(0)
                    part2 = np.int64(0)
                    known1 = np.uint64(lengths[_TWO * kind])
                    known2 = np.uint64(lengths[_TWO * kind + _ONE])
                    if size < length1:
                        part1 = adapter_score(
                            bases,
                            start1 + size,
                            start1 + min(length1, size + known1),
                            qualities,
                            quality1 + size,
                            adapters,
                            _TWO * kind * _WIDTH,
                            gains,
                        )
                    if size < length2:
                        part2 = adapter_score(
                            bases,
                            start2 + size,
                            start2 + min(length2, size + known2),
                            qualities,
                            quality2 + size,
                            adapters,
                            (_TWO * kind + _ONE) * _WIDTH,
                            gains,
                        )
                    surest = max(surest, part1, part2)
                    best = max(best, max(part1, -_FAILED) + max(part2, -_FAILED))
                if kinds == _ZERO:
                    best = np.int64(0)
                score = max(overlap, -_FAILED) + best
                slot = slot_for(places, scores, pair, found, np.int64(size), score)
                if score > -_BREAK and slot < _MOST:
                    places[pair * _MOST + slot] = np.int64(size)
                    scores[pair * _MOST + slot] = score
                    raw[slot] = overlap
                    highest = max(highest, overlap)
                    found = max(found, slot + _ONE)
        # The best overlap counts for no more than repeats allow, the others less.
        excess = max(highest - _BY_CHANCE, np.int64(0))
        for slot in range(found):
            overlap = max(raw[slot], -_FAILED)
            scores[pair * _MOST + slot] += max(overlap - excess, -_FAILED) - overlap
        for slot in range(found, _MOST):
            places[pair * _MOST + slot] = -1
            scores[pair * _MOST + slot] = 0


@kernel(writes=("ends",))
def choose_ends(
    lengths: NDArray[np.int64],
    places: NDArray[np.int64],
    scores: NDArray[np.int64],
    sizes: NDArray[np.int32],
    longer: NDArray[np.int32],
    weights: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> None:
    """Chooses where each insert ends.

    The best candidate, or none, wins; those within `NEAR` bases of it are averaged by their
    probability, to the nearest whole base, so that the expected squared error is least.

    Args:
        lengths: ``int64``, (units,): bases of each read, or of the longer mate of each pair.
        places: ``int64``, (units * MOST,): candidates, -1 for none.
        scores: ``int64``, (units * MOST,)
        sizes: ``int32``, (longest + 1,): the logarithm of the probability of each insert size. The
            last is for all longer ones, each.
        longer: ``int32``, (longest + 1,): the same of an insert of at least this size.
        weights: ``int64``, the probability that a difference of logarithms stands for, from 0 on.
        ends: Output, ``int64``, (units,): the size of the insert, or the length if that is less.
    """
    last = np.int64(len(sizes) - 1)
    steps = np.int64(len(weights))
    for unit in range(np.uint64(len(lengths))):
        length = lengths[unit]
        first = unit * _MOST
        whole = np.int64(longer[np.uint64(min(length, last))])
        best = whole
        mode = length
        for at in range(first, first + _MOST):
            place = places[at]
            if place >= 0:
                score = scores[at] + np.int64(sizes[np.uint64(min(place, last))])
                if score > best:
                    best = score
                    mode = min(place, length)
        total = np.int64(0)
        moment = np.int64(0)
        if length - mode <= _NEAR and best - whole < steps:
            weight = weights[np.uint64(best - whole)]
            total = weight
            moment = weight * (length - mode)
        for at in range(first, first + _MOST):
            place = min(places[at], length)
            if place >= 0 and place - mode <= _NEAR and mode - place <= _NEAR:
                score = scores[at] + np.int64(sizes[np.uint64(min(places[at], last))])
                if best - score < steps:
                    weight = weights[np.uint64(best - score)]
                    total += weight
                    moment += weight * (place - mode)
        ends[unit] = mode + (2 * moment + total) // (2 * total)
