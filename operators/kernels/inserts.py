"""The compiled loop that finds where the inserts of pairs end, by their overlap and adapters.

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
    next_place,
    slot_for,
)
from biometal_stream.operators.kernels.overlaps import (
    SHORTEST,
    longer_overlaps,
    overlap_score,
    overlaps,
)
from biometal_stream.operators.kernels.strand import complement
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import load, store
from biometal_stream.simd.padding import load_ending, padded_end, padded_start
from biometal_stream.simd.vectors import backwards
from biometal_stream.simd.words import WIDTH, Offset, Word

FAILED = 7 * UNIT
"""The most that one of three witnesses, the overlap and the two adapters, takes from a score: in
about 1 pair of 1,000 one of them fails, as where a mate is of bad quality from its start."""
SURE = 20 * UNIT
"""The score of an adapter that needs no other witness."""
BY_CHANCE = 10 * UNIT
"""The most that an overlap adds to a score: in about 1 pair of 20,000 mates agree where they do not
overlap, because the genome repeats itself."""

_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_FAILED = np.int64(FAILED)
_BREAK = np.int64(BREAK)
_SURE = np.int64(SURE)
_MOST = np.uint64(MOST)
_BY_CHANCE = np.int64(BY_CHANCE)
_SEEDS = np.uint64(SEEDS)
_START = np.uint64(START)
_SHORTEST = np.uint64(SHORTEST)


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
        place = next_place(text, at, place, length, adapters, where)
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

        count = overlaps(copied, length1, turned, length2, sizes)
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
                count = longer_overlaps(copied, length1, turned, length2, sizes, count)
            while done < count:
                size = np.uint64(sizes[done])
                done += _ONE
                low = size - min(size, length2)
                shift = length2 - min(size, length2)
                overlap = overlap_score(
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
