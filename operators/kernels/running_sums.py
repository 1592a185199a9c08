"""The compiled loops that trim reads by a running sum over their qualities, Phred+33.

Each gives what stays of each read as bounds in the read, 0-based and stop exclusive; 0 and 0
where nothing stays. Bytes must lie in ``!`` to ``~``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask, low_bits
from biometal_stream.simd.memory import load
from biometal_stream.simd.padding import load_ending, padded_start
from biometal_stream.simd.words import WIDTH, Offset

_WIDTH = np.uint64(WIDTH)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_OFFSET = np.int64(33)
_ANY_CASE = np.uint8(0xDF)
_G = np.uint8(ord("G"))


@kernel(writes=("firsts", "lasts"))
def cut_at_best_sum(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    front: np.int64,
    tail: np.int64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Cuts each end where the sum of the cutoff minus the quality, from that end on, is greatest.

    The sum ends where it falls below zero. Both ends are found in the whole read; nothing stays
    where they meet. This is BWA's algorithm as cutadapt has it.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): qualities.
        front: The cutoff at the 5' end, a Phred score; 0 cuts nothing.
        tail: The cutoff at the 3' end.
        firsts: Output, ``int64``, (rows,): the first base that stays.
        lasts: Output, ``int64``, (rows,): the base after the last that stays.
    """
    for row in range(np.uint64(len(firsts))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        first = start
        last = end
        total = np.int64(0)
        best = np.int64(0)
        index = start
        while index < end:
            total += front + _OFFSET - np.int64(data[index])
            index += _ONE
            if total < 0:
                break
            if total > best:
                best = total
                first = index
        total = np.int64(0)
        best = np.int64(0)
        index = end
        while index > start:
            index -= _ONE
            total += tail + _OFFSET - np.int64(data[index])
            if total < 0:
                break
            if total > best:
                best = total
                last = index
        if first >= last:
            first = start
            last = start
        firsts[row] = np.int64(first - start)
        lasts[row] = np.int64(last - start)


@kernel(writes=("lasts",))
def cut_at_best_sum_with_g(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    base_starts: NDArray[Offset],
    bases: NDArray[np.uint8],
    tail: np.int64,
    lasts: NDArray[np.int64],
) -> None:
    """Cuts the 3' end as `cut_at_best_sum` does, with each G as bad as the cutoff minus 1.

    This is cutadapt's algorithm for reads of instruments with two colours, ``--nextseq-trim``.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): qualities.
        base_starts: (rows,): where it starts in the bases.
        bases: (bytes,)
        tail: The cutoff, a Phred score.
        lasts: Output, ``int64``, (rows,): the base after the last that stays.
    """
    for row in range(np.uint64(len(lasts))):
        start = np.uint64(starts[row])
        index = np.uint64(stops[row])
        last = index
        base = np.uint64(base_starts[row]) - start
        total = np.int64(0)
        best = np.int64(0)
        while index > start:
            index -= _ONE
            loss = tail + _OFFSET - np.int64(data[index])
            if (bases[base + index] & _ANY_CASE) == _G:
                loss = np.int64(1)
            total += loss
            if total < 0:
                break
            if total > best:
                best = total
                last = index
        lasts[row] = np.int64(last - start)


@kernel(writes=("firsts", "lasts"))
def keep_best_stretch(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    gains: NDArray[np.float64],
    sure: np.uint8,
    least: np.int64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Keeps the stretch of each read whose sum of gains is greatest, the first of equals.

    This is Mott's algorithm as seqtk has it, with its arithmetic: the sums are those of double
    precision, added up from the 5' end.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): qualities.
        gains: (256,): the error rate that is allowed minus that of each byte.
        sure: A read whose every byte is greater stays whole: their gains are well above zero.
        least: The fewest bases that stay: of a read whose best stretch is shorter, the window of
            that length stays whose sum of Phred scores is greatest, and of one without any gain
            its first bases. A read that is not longer stays whole.
        firsts: Output, ``int64``, (rows,): the first base that stays.
        lasts: Output, ``int64``, (rows,): the base after the last that stays.
    """
    padded = padded_start(data)
    width = np.uint64(least)
    for row in range(np.uint64(len(firsts))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        index = start
        good = _ALL
        while index + _WIDTH <= end and good == _ALL:
            good = above_mask(load(data, index), sure)
            index += _WIDTH
        if good == _ALL and index < end:
            count = end - index
            good = above_mask(load_ending(data, padded, end), sure) | low_bits(_WIDTH - count)
        if good == _ALL or end - start <= width:
            firsts[row] = 0
            lasts[row] = np.int64(end - start)
            continue
        first = start
        last = start + width
        after = start
        total = 0.0
        best = 0.0
        index = start
        while index < end:
            total += gains[data[index]]
            index += _ONE
            if total > best:
                best = total
                first = after
                last = index
            if total < 0.0:
                total = 0.0
                after = index
        if last - first < width:
            here = np.int64(0)
            index = start
            while index < start + width:
                here += np.int64(data[index])
                index += _ONE
            most = here
            first = start
            while index < end:
                here += np.int64(data[index]) - np.int64(data[index - width])
                index += _ONE
                if here > most:
                    most = here
                    first = index - width
            last = first + width
        firsts[row] = np.int64(first - start)
        lasts[row] = np.int64(last - start)


def gains(error_rate: float) -> NDArray[np.float64]:
    """What each byte adds to the sum of `keep_best_stretch`: the rate minus its own.

    The error rate of Phred score ``q`` is ``10 ** (-q / 10)``, that of a score below 3 the one of
    3, as seqtk has it: its bases are no better than drawn at random.

    Args:
        error_rate: The error rate that is allowed.

    Returns:
        ``float64``, (256,)
    """
    scores = np.clip(np.arange(256) - _OFFSET, 3, 94)
    return error_rate - np.array([10.0 ** (-score / 10.0) for score in scores.tolist()])


def sure_byte(gains: NDArray[np.float64]) -> int:
    """The greatest byte whose own gain is not well above zero; those after it all gain."""
    return int(np.flatnonzero(gains <= 1e-6)[-1]) if (gains <= 1e-6).any() else 0
