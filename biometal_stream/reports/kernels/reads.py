"""The compiled loops that count read by read.

Texts are read-only ``uint8`` arrays; no byte past their end is read. All functions may be called
from several threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.counts import COUNTABLE, count_alike, counted, no_counts
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask
from biometal_stream.simd.memory import load
from biometal_stream.simd.padding import load_ending, padded_start
from biometal_stream.simd.vectors import keep_last, larger, minus, plus, sum_both, sum_lanes, zeros
from biometal_stream.simd.words import WIDTH, Offset, Word

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_STEP = np.uint64(WIDTH)
_TWICE = np.uint64(2 * WIDTH)
_COUNTABLE = np.uint64(WIDTH * COUNTABLE)
_OFFSET = np.uint8(33)
_HIGHEST = np.uint64(93)
_GC_BITS = np.uint8(0xDB)
_GC = np.uint8(ord("C"))


@kernel(writes=("counts",))
def count_means(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    counts: NDArray[np.int64],
) -> Word:
    """Counts reads by the mean of their scores, rounded down; empty reads are left out.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,): Phred+33.
        counts: ``int64``, (256,), to add to: by score.

    Returns:
        The highest score; more than 93 if a byte is not Phred+33, and then the counts mean nothing.
    """
    before = padded_start(data)
    highest = zeros()
    for row in range(np.uint64(len(starts))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        length = end - index
        total = _ZERO
        # A byte holds the sum of two scores. What is left of a read is the end of the vector that
        # ends with it.
        while index + _TWICE < end:
            one = minus(load(data, index), _OFFSET)
            two = minus(load(data, index + _STEP), _OFFSET)
            count = min(end - index - _TWICE, _STEP)
            index += _TWICE + count
            three = keep_last(minus(load_ending(data, before, index), _OFFSET), count)
            highest = larger(larger(highest, one), larger(two, three))
            total += sum_both(plus(one, two), three)
        if index < end:
            count = min(end - index, _STEP)
            one = keep_last(minus(load_ending(data, before, end), _OFFSET), count)
            end -= count
            count = min(end - index, _STEP)
            two = keep_last(minus(load_ending(data, before, end), _OFFSET), count)
            highest = larger(highest, larger(one, two))
            total += sum_lanes(plus(one, two))
        if length != _ZERO:
            counts[total // length] += 1
    score = _ZERO
    while score <= _HIGHEST and above_mask(highest, np.uint8(score)) != _ZERO:
        score += _ONE
    return score


@inlined
def _gc_of(data: NDArray[np.uint8], before: Any, start: np.uint64, end: np.uint64) -> np.uint64:
    total = _ZERO
    while start < end:
        first = start if end - start <= _COUNTABLE else end - _COUNTABLE
        found = no_counts()
        while first < end:
            some = min(end - first, _STEP)
            letters = keep_last(load_ending(data, before, end), some)
            found = count_alike(found, letters, _GC_BITS, _GC)
            end -= some
        total += counted(found)
    return total


@kernel(writes=("counts",))
def count_gc(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    cut: NDArray[np.int64],
    keys: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> Word:
    """Counts reads by the number of G and C among their first bases; empty reads are left out.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,): none of the reads is longer than ``cut`` and ``keys`` have lengths.
        data: (bytes,)
        cut: ``int64``, (lengths,): the bases that count in reads of each length.
        keys: ``int64``, (lengths,): where the count of reads of this length without G and C is.
        counts: ``int64``, to add to.

    Returns:
        The place after the last that was added to; 0 if all reads are empty.
    """
    before = padded_start(data)
    used = _ZERO
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        length = np.uint64(stops[row]) - start
        if length != _ZERO:
            gc = _gc_of(data, before, start, start + np.uint64(cut[length]))
            place = np.uint64(keys[length]) + gc
            counts[place] += 1
            used = max(used, place + _ONE)
    return used


@kernel(writes=("gc",))
def gc_of_reads(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    gc: NDArray[np.int64],
) -> None:
    """Writes the number of G and C in each read, in upper and lower case.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        gc: Output, ``int64``, (rows,).
    """
    before = padded_start(data)
    for row in range(np.uint64(len(starts))):
        gc[row] = np.int64(_gc_of(data, before, np.uint64(starts[row]), np.uint64(stops[row])))
