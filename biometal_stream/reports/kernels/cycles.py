"""The compiled loops that count by cycle.

Reads are taken 255 at a time, the most that a byte can count, and 64 cycles of them at a time,
whose counts stay in registers. What was counted is then added to the bins of these cycles.

Texts are read-only ``uint8`` arrays; no byte past their end is read. All functions may be called
from several threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometal_stream.reports.quality.cycles import SINGLE
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.counts import COUNTABLE
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.lanes import add_lanes, no_sums, plus_where, store_lanes, tally
from biometal_stream.simd.masks import above_mask, trailing_zeros
from biometal_stream.simd.memory import prefetch, store
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.vectors import differing, keep_first, minus, plus, repeated, zeros
from biometal_stream.simd.words import WIDTH, Offset, Word

VALUES = 4
"""Values that `count_values` counts in one pass."""

STRIDE = 96
"""Cells of a cycle in the table of `count_scores`: a score has the cell of its character."""

ROOM = 256
"""Cells after the last cycle, so that no character has its cell outside of the table."""

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)
_FIVE = np.uint64(5)
_SIX = np.uint64(6)
_STEP = np.uint64(WIDTH)
_GROUP = np.uint64(COUNTABLE)
_SINGLE_CYCLES = np.uint64(SINGLE)
_STRIDE = np.uint64(STRIDE)
_MOST = np.uint64(0xFFFF)
_OFFSET = np.uint8(33)
_NONE = np.uint8(0)
_ONCE = np.uint8(1)
_ALL = np.uint8(0xFF)
_ANY_CASE = np.uint8(0xDF)
_T_OR_U = np.uint8(0xDE)
_A, _C, _G, _T, _N = (np.uint8(letter) for letter in b"ACGTN")


@inlined
def _longest(
    starts: NDArray[Offset], stops: NDArray[Offset], first: np.uint64, last: np.uint64
) -> np.uint64:
    longest = _ZERO
    for row in range(first, last):
        longest = max(longest, np.uint64(stops[row]) - np.uint64(starts[row]))
    return longest


@inlined
def _clear(counts: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> None:
    for kind in range(np.uint64(counts.shape[0])):
        for place in range(np.uint64(counts.shape[1])):
            counts[kind, place] = np.int64(0)


@inlined
def _score(byte: np.uint8, scores: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> np.uint64:
    """A score, or the highest for any other byte, so that nothing outside is written to."""
    return min(np.uint64(byte - _OFFSET), np.uint64(scores.shape[1]) - _ONE)


@inlined
def _prefetch(data: NDArray[np.uint8], index: np.uint64) -> None:
    """Fetches more of a read while its first cycles are counted. The others' turn comes soon."""
    prefetch(data, index + _STEP)
    prefetch(data, index + _TWO * _STEP)


@inlined
def _add(
    lanes: NDArray[Any],
    kinds: np.uint64,
    cycle: np.uint64,
    longest: np.uint64,
    edges: NDArray[np.int64],
    place: np.uint64,
    counts: NDArray[Any],
) -> np.uint64:
    """Adds what was counted in up to 64 cycles to their bins.

    Args:
        lanes: (kinds * 64,): what was counted of each kind, cycle by cycle.
        kinds: How many kinds there are.
        cycle: The first of the cycles, counted from 0.
        longest: The cycles of the longest read.
        edges: ``int64``, (bins + 1,): the first cycle of each bin, counted from 1.
        place: The bin of an earlier cycle.
        counts: ``int64``, (kinds, bins).

    Returns:
        The bin of the last of the cycles.
    """
    some = min(_STEP, longest - cycle)
    if cycle + some <= _SINGLE_CYCLES:
        for kind in range(kinds):
            for lane in range(some):
                counts[kind, cycle + lane] += np.int64(lanes[kind * _STEP + lane])
        return cycle
    while np.uint64(edges[place + _ONE]) <= cycle + _ONE:
        place += _ONE
    last = place
    for kind in range(kinds):
        last = place
        first = _ZERO
        while first < some:
            stop = min(some, np.uint64(edges[last + _ONE]) - _ONE - cycle)
            total = np.int64(0)
            for lane in range(first, stop):
                total += np.int64(lanes[kind * _STEP + lane])
            counts[kind, last] += total
            first = stop
            if first < some:
                last += _ONE
    return last


@kernel(writes=("tallies", "sums", "numbers", "scores", "counts", "by_base"))
def count_bases(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    quality_starts: NDArray[Offset],
    qualities: NDArray[np.uint8],
    edges: NDArray[np.int64],
    together: Word,
    tallies: NDArray[np.uint8],
    sums: NDArray[np.uint16],
    numbers: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    scores: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    counts: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    by_base: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> None:
    """Counts letters by cycle, in upper and lower case, and adds up the scores of each base.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,): the sequences.
        quality_starts: (rows,): each row has as many qualities as bases.
        qualities: (bytes,): Phred+33. Of any other bytes ``by_base`` gets no meaning, which is
            what callers without qualities count on.
        edges: ``int64``, (bins + 1,): the first cycle of each bin, counted from 1.
        together: So many scores, at least one, add up to 255 at the most.
        tallies: Scratch, ``uint8``, (6 * 64,).
        sums: Scratch, ``uint16``, (4 * 64,).
        numbers: Scratch, ``int64``, (6, bins).
        scores: Scratch, ``int64``, (4, bins).
        counts: Output, ``int64``, (bins, 6): A, C, G, T or U, N, and other letters.
        by_base: Output, ``int64``, (bins, 4 * 2): of A, C, G, and T or U the sum of their scores
            and their number.
    """
    _clear(numbers)
    _clear(scores)
    end = padded_end(data)
    quality_end = padded_end(qualities)
    rows = np.uint64(len(starts))
    group = _ZERO
    while group < rows:
        last = min(group + _GROUP, rows)
        longest = _longest(starts, stops, group, last)
        cycle = _ZERO
        place = _ZERO
        while cycle < longest:
            a = c = g = t = n = reached = zeros()
            a_sum = c_sum = g_sum = t_sum = no_sums()
            first = group
            while first < last:
                part = min(first + together, last)
                a_part = c_part = g_part = t_part = zeros()
                for row in range(first, part):
                    index = np.uint64(starts[row]) + cycle
                    stop = np.uint64(stops[row])
                    if index < stop:
                        left = min(stop - index, _STEP)
                        letters = keep_first(load_starting(data, end, index), left)
                        other = np.uint64(quality_starts[row]) + cycle
                        if cycle == _ZERO:
                            _prefetch(data, index)
                            _prefetch(qualities, other)
                        score = minus(load_starting(qualities, quality_end, other), _OFFSET)
                        reached = plus(reached, keep_first(repeated(_ONCE), left))
                        a = tally(a, letters, _ANY_CASE, _A)
                        c = tally(c, letters, _ANY_CASE, _C)
                        g = tally(g, letters, _ANY_CASE, _G)
                        t = tally(t, letters, _T_OR_U, _T)
                        n = tally(n, letters, _ANY_CASE, _N)
                        a_part = plus_where(a_part, score, letters, _ANY_CASE, _A)
                        c_part = plus_where(c_part, score, letters, _ANY_CASE, _C)
                        g_part = plus_where(g_part, score, letters, _ANY_CASE, _G)
                        t_part = plus_where(t_part, score, letters, _T_OR_U, _T)
                a_sum = add_lanes(a_sum, a_part)
                c_sum = add_lanes(c_sum, c_part)
                g_sum = add_lanes(g_sum, g_part)
                t_sum = add_lanes(t_sum, t_part)
                first = part
            store(tallies, _ZERO, a)
            store(tallies, _STEP, c)
            store(tallies, _TWO * _STEP, g)
            store(tallies, _THREE * _STEP, t)
            store(tallies, _FOUR * _STEP, n)
            store(tallies, _FIVE * _STEP, reached)
            store_lanes(sums, _ZERO, a_sum)
            store_lanes(sums, _STEP, c_sum)
            store_lanes(sums, _TWO * _STEP, g_sum)
            store_lanes(sums, _THREE * _STEP, t_sum)
            _add(sums, _FOUR, cycle, longest, edges, place, scores)
            place = _add(tallies, _SIX, cycle, longest, edges, place, numbers)
            cycle += _STEP
        group = last
    for each in range(np.uint64(len(counts))):
        other = numbers[_FIVE, each]
        for kind in range(_FIVE):
            counts[each, kind] = numbers[kind, each]
            other -= numbers[kind, each]
        counts[each, _FIVE] = other
        for kind in range(_FOUR):
            by_base[each, _TWO * kind] = scores[kind, each]
            by_base[each, _TWO * kind + _ONE] = numbers[kind, each]


@kernel(writes=("tallies", "counts", "scores"))
def count_values(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    values: NDArray[np.uint8],
    known: NDArray[np.bool_],
    edges: NDArray[np.int64],
    tallies: NDArray[np.uint8],
    counts: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    scores: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> None:
    """Counts scores by cycle where nearly all scores have one of a few values.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,), Phred+33 without other bytes.
        values: ``uint8``, (values,): different characters, four for each pass over the reads.
        known: ``bool``, (256,): which characters these are.
        edges: ``int64``, (bins + 1,): the first cycle of each bin, counted from 1.
        tallies: Scratch, ``uint8``, (values * 64,).
        counts: Scratch, ``int64``, (values, bins).
        scores: ``int64``, (bins, highest score + 1), to add to.
    """
    _clear(counts)
    end = padded_end(data)
    rows = np.uint64(len(starts))
    kinds = np.uint64(len(values))
    group = _ZERO
    while group < rows:
        last = min(group + _GROUP, rows)
        longest = _longest(starts, stops, group, last)
        cycle = _ZERO
        place = _ZERO
        while cycle < longest:
            kind = _ZERO
            seen = reached = zeros()
            while kind < kinds:
                one, two = values[kind], values[kind + _ONE]
                three, four = values[kind + _TWO], values[kind + _THREE]
                ones = twos = threes = fours = reached = zeros()
                for row in range(group, last):
                    index = np.uint64(starts[row]) + cycle
                    stop = np.uint64(stops[row])
                    if index < stop:
                        left = min(stop - index, _STEP)
                        if cycle | kind == _ZERO:
                            _prefetch(data, index)
                        found = keep_first(load_starting(data, end, index), left)
                        ones = tally(ones, found, _ALL, one)
                        twos = tally(twos, found, _ALL, two)
                        threes = tally(threes, found, _ALL, three)
                        fours = tally(fours, found, _ALL, four)
                        reached = plus(reached, keep_first(repeated(_ONCE), left))
                store(tallies, kind * _STEP, ones)
                store(tallies, (kind + _ONE) * _STEP, twos)
                store(tallies, (kind + _TWO) * _STEP, threes)
                store(tallies, (kind + _THREE) * _STEP, fours)
                seen = plus(seen, plus(plus(ones, twos), plus(threes, fours)))
                kind += _FOUR
            missing = above_mask(differing(seen, reached), _NONE)
            _count_rest(
                starts, stops, data, group, last, cycle, missing, known, edges, place, scores
            )
            place = _add(tallies, kinds, cycle, longest, edges, place, counts)
            cycle += _STEP
        group = last
    for value in range(kinds):
        score = np.uint64(values[value] - _OFFSET)
        if score < np.uint64(scores.shape[1]):  # others do not occur
            for each in range(np.uint64(len(scores))):
                scores[each, score] += counts[value, each]


@inlined
def _count_rest(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    first: np.uint64,
    last: np.uint64,
    cycle: np.uint64,
    missing: np.uint64,
    known: NDArray[np.bool_],
    edges: NDArray[np.int64],
    place: np.uint64,
    scores: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> None:
    """Counts the characters that are not known in the cycles that a mask tells."""
    while missing != _ZERO:
        here = cycle + trailing_zeros(missing)
        missing &= missing - _ONE
        while np.uint64(edges[place + _ONE]) <= here + _ONE:
            place += _ONE
        for row in range(first, last):
            index = np.uint64(starts[row]) + here
            if index < np.uint64(stops[row]) and not known[data[index]]:
                scores[place, _score(data[index], scores)] += 1


@kernel(writes=("table", "scores"))
def count_scores(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    edges: NDArray[np.int64],
    table: NDArray[np.uint16],
    scores: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> None:
    """Counts any scores by cycle, one at a time.

    The table of the first cycles has small cells, so that it fits the first-level cache.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,), Phred+33 without other bytes.
        edges: ``int64``, (bins + 1,): the first cycle of each bin, counted from 1.
        table: Scratch, ``uint16``, (STRIDE * bins of one cycle + ROOM,), all 0; so it is left.
        scores: ``int64``, (bins, highest score + 1), to add to.
    """
    rows = np.uint64(len(starts))
    group = _ZERO
    while group < rows:
        last = min(group + _MOST, rows)
        for row in range(group, last):
            start = np.uint64(starts[row])
            stop = np.uint64(stops[row])
            single = min(stop, start + _SINGLE_CYCLES)
            cell = _ZERO
            for index in range(start, single):
                table[cell + np.uint64(data[index])] += np.uint16(1)
                cell += _STRIDE
            place = _SINGLE_CYCLES
            first = single
            while first < stop:
                until = min(stop, start + np.uint64(edges[place + _ONE]) - _ONE)
                for index in range(first, until):
                    scores[place, _score(data[index], scores)] += 1
                first = until
                place += _ONE
        for each in range(min(np.uint64(len(scores)), _SINGLE_CYCLES)):
            cell = each * _STRIDE + np.uint64(_OFFSET)
            for score in range(np.uint64(scores.shape[1])):
                scores[each, score] += np.int64(table[cell + score])
                table[cell + score] = np.uint16(0)
        group = last
