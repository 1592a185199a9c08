"""The compiled loops that find where inserts end, by adapters.

What they find are candidates: places where an insert may end, each with a score, the logarithm of
how much likelier the bases from there on are if an adapter begins there than if the insert goes
on. `biometal_stream.operators.kernels.inserts` adds what mates say about each other, and
`biometal_stream.operators.kernels.ends` chooses.
docs/adapters.md has the formulae. All numbers are whole, so that every processor finds the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import (
    above_mask,
    count_ones,
    equal_mask,
    low_bits,
    trailing_zeros,
)
from biometal_stream.simd.memory import load, store
from biometal_stream.simd.padding import End, load_starting, padded_end
from biometal_stream.simd.vectors import differing
from biometal_stream.simd.words import WIDTH, Offset, Vector, Word

UNIT = 64
"""Scores are in 1/64 of a natural logarithm."""
MOST = 6
"""The most candidates of a read or a pair, those with the best scores."""
BREAK = 14 * UNIT
"""What a score loses where bases after some point do not fit the adapter at all: an indel, or the
adapter's end; about 1 adapter in a million."""

SEEDS = 16
"""The bases in which one word of four must be right for a candidate that is not near the end."""

START = 12
"""So many bases of an adapter's start, just before an adapter, are not part of the insert: it was
ligated to a piece of an adapter, and that to another. The mate does not show it."""

_N = np.uint8(ord("N"))
_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_FOUR = np.uint64(4)
_SEEDS = np.uint64(SEEDS)
_START = np.uint64(START)
_NOTHING = np.uint8(0)
_BREAK = np.int64(BREAK)
_MOST = np.uint64(MOST)


@inlined
def allowed(compared: Word) -> Word:
    """The most mismatches of a candidate that is looked at closely: 30 %, and one of three bases.

    What has more is not likelier than the insert, whatever its qualities.
    """
    return compared * np.uint64(3) // np.uint64(10) + np.uint64(compared > np.uint64(2))


@inlined
def adapter_score(
    bases: NDArray[np.uint8],
    first: Word,
    end: Word,
    qualities: NDArray[np.uint8],
    quality_first: Word,
    adapter: NDArray[np.uint8],
    at: Word,
    gains: NDArray[np.int32],
) -> np.int64:
    """Scores the bases from ``first`` to ``end`` as the start of an adapter.

    An ``N`` says nothing. The bases after some point may be left out for `BREAK`.

    Args:
        bases: ``uint8``, (bytes,)
        first: Where the adapter would begin.
        end: Where the read or the adapter ends, whichever comes first.
        qualities: ``uint8``, (bytes,), Phred+33.
        quality_first: Where the quality of the base at ``first`` is.
        adapter: ``uint8``, upper-case letters.
        at: Where it begins in that array.
        gains: ``int32``, (2 * 256,): what a mismatch adds, by quality byte, then a match.
    """
    total = np.int64(0)
    best = np.int64(0)
    for place in range(end - first):
        base = bases[first + place]
        if base != _N:
            match = np.uint64(base == adapter[at + place])
            quality = np.uint64(qualities[quality_first + place])
            total += np.int64(gains[match * np.uint64(256) + quality])
        best = max(best, total)
    return max(total, best - _BREAK)


@inlined
def slot_for(
    places: NDArray[np.int64],
    scores: NDArray[np.int64],
    row: Word,
    count: Word,
    place: np.int64,
    score: np.int64,
) -> Word:
    """Where a candidate of a row goes: after the others, or over the worst, or nowhere.

    Of two for the same place only the better one counts.

    Args:
        places: (rows * MOST,)
        scores: (rows * MOST,)
        row: The row.
        count: How many candidates it has.
        place: That of the new one.
        score: That of the new one.

    Returns:
        Its number in the row; `MOST` for nowhere.
    """
    worst = _ZERO
    for other in range(count):
        if places[row * _MOST + other] == place:
            return other if scores[row * _MOST + other] < score else _MOST
        if scores[row * _MOST + other] < scores[row * _MOST + worst]:
            worst = np.uint64(other)
    if count < _MOST:
        return count
    return worst if scores[row * _MOST + worst] < score else _MOST


@inlined
def copy_read(
    bases: NDArray[np.uint8], behind: End, start: Word, end: Word, out: NDArray[np.uint8], to: Word
) -> None:
    """Copies a read to scratch memory, where vectors can be loaded up to its end."""
    while start < end:
        store(out, to, load_starting(bases, behind, start))
        start += _WIDTH
        to += _WIDTH


@inlined
def mismatches(one: Vector, other: Vector, compared: Word) -> Word:
    """Counts the first ``compared`` bytes, at most 64, in which two vectors differ."""
    return count_ones(above_mask(differing(one, other), _NOTHING) & low_bits(compared))


@inlined
def seeded(text: NDArray[np.uint8], at: Word, pattern: NDArray[np.uint8], start: Word) -> Word:
    """Marks where, of 64 places, one of the first four words of a pattern stands as it should.

    A word has four bases. At 2 % of errors, all four have one in 1 of 30,000 places.

    Args:
        text: (bytes,), of which `SEEDS` + 64 bytes are read.
        at: The first place.
        pattern: (bytes,)
        start: Where it starts.
    """
    found = _ZERO
    for word in range(_ZERO, _SEEDS, _FOUR):
        here = equal_mask(text, at + word, pattern[start + word])
        for letter in range(word + _ONE, word + _FOUR):
            here &= equal_mask(text, at + letter, pattern[start + letter])
        found |= here
    return found


@inlined
def next_place(
    text: NDArray[np.uint8],
    at: Word,
    place: Word,
    length: Word,
    pattern: NDArray[np.uint8],
    start: Word,
) -> Word:
    """The next place of a read where a pattern may begin: by `seeded`, or any near the end.

    Args:
        text: (bytes,), with the read.
        at: Where the read starts.
        place: The first place to look at.
        length: The read's length.
        pattern: (bytes,)
        start: Where it starts.
    """
    while length - place > _SEEDS:
        here = min(length - place - _SEEDS, _WIDTH)
        marked = seeded(text, at + place, pattern, start) & low_bits(here)
        if marked:
            return place + trailing_zeros(marked)
        place += here
    return place


@kernel(writes=("copied", "places", "scores", "firsts"))
def find_adapters(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    quality_starts: NDArray[Offset],
    qualities: NDArray[np.uint8],
    adapters: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    gains: NDArray[np.int32],
    copied: NDArray[np.uint8],
    places: NDArray[np.int64],
    scores: NDArray[np.int64],
    firsts: NDArray[np.int64],
) -> None:
    """Finds where adapters may begin in single reads.

    Args:
        starts: (rows,): where each read starts in the bases.
        stops: (rows,): where it ends.
        bases: (bytes,), without lower case.
        quality_starts: (rows,): where its qualities start.
        qualities: (bytes,), Phred+33.
        adapters: ``uint8``, (adapters * WIDTH,): upper-case letters, zeros after them.
        lengths: ``int64``, (adapters,): at most `WIDTH` each.
        gains: As of `adapter_score`.
        copied: Scratch, ``uint8``, (longest read + 2 * WIDTH,)
        places: Output, ``int64``, (rows * MOST,): where each candidate begins in its read; -1 where
            there are no more.
        scores: Output, ``int64``, (rows * MOST,)
        firsts: Output, ``int64``, (rows,): where the first `START` bases of an adapter stand first;
            the read's length if nowhere.
    """
    behind = padded_end(bases)
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        quality = np.uint64(quality_starts[row])
        copy_read(bases, behind, start, end, copied, _ZERO)
        count = _ZERO
        whole = end - start
        for each in range(np.uint64(len(lengths))):
            adapter = load(adapters, each * _WIDTH)
            known = np.uint64(lengths[each])
            first = _ZERO
            while start + first < end:
                first = next_place(copied, _ZERO, first, end - start, adapters, each * _WIDTH)
                left = end - start - first
                here = load(copied, first)
                compared = min(left, known, _SEEDS)
                if compared >= _START and mismatches(here, adapter, _START) == _ZERO:
                    whole = min(whole, first)
                if mismatches(here, adapter, compared) <= allowed(compared):
                    score = adapter_score(
                        bases,
                        start + first,
                        start + first + min(left, known),
                        qualities,
                        quality + first,
                        adapters,
                        each * _WIDTH,
                        gains,
                    )
                    slot = slot_for(places, scores, row, count, np.int64(first), score)
                    if score > -_BREAK and slot < _MOST:
                        places[row * _MOST + slot] = np.int64(first)
                        scores[row * _MOST + slot] = score
                        count = max(count, slot + _ONE)
                first += _ONE
        firsts[row] = np.int64(whole)
        for rest in range(row * _MOST + count, row * _MOST + _MOST):
            places[rest] = -1
            scores[rest] = 0
