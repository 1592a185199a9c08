"""The compiled loops that trim reads by windows of qualities, Phred+33.

Each gives what stays of each read as bounds in the read, 0-based and stop exclusive; 0 and 0
where nothing stays. Bytes must lie in ``!`` to ``~``, and reads must be as long as their
qualities.

`cut_front`, `cut_tail` and `cut_right` do what fastp does, `cut_window`, `cut_leading` and
`cut_trailing` what Trimmomatic does, base for base. What these programs drop is empty here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask, high_bits, trailing_zeros
from biometal_stream.simd.memory import load
from biometal_stream.simd.padding import load_ending, padded_start
from biometal_stream.simd.vectors import differing, repeated
from biometal_stream.simd.words import WIDTH, Offset

_N = np.uint8(ord("N"))
_OFFSET = np.uint8(33)
_WIDTH = np.uint64(WIDTH)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel(writes=("firsts", "lasts"))
def cut_front(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    base_starts: NDArray[Offset],
    bases: NDArray[np.uint8],
    window: np.uint64,
    quality: np.int64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Slides a window from the 5' end until its mean quality reaches a limit, as fastp does.

    The first window that does so leaves the read whole. Of a later one the last base is the first
    to stay, since the windows before it did not reach the limit. Then every N at the 5' end goes.
    Nothing stays where one base would, where no window reaches the limit (the window at the 3'
    end is not looked at), or of a read that is not longer than the window.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): qualities.
        base_starts: (rows,): where it starts in the bases.
        bases: (bytes,)
        window: The bases of a window, at least 1.
        quality: The least mean quality, a Phred score.
        firsts: Output, ``int64``, (rows,): the first base that stays.
        lasts: Output, ``int64``, (rows,): the base after the last that stays.
    """
    needed = np.int64(window) * (quality + np.int64(_OFFSET))
    for row in range(np.uint64(len(firsts))):
        start = np.uint64(starts[row])
        length = np.uint64(stops[row]) - start
        base_start = np.uint64(base_starts[row])
        firsts[row] = 0
        lasts[row] = 0
        if length <= window:
            continue
        total = np.int64(0)
        for place in range(window):
            total += np.int64(data[start + place])
        first = _ZERO
        # Of the windows that are looked at, the last ends one base before the read does.
        while total < needed and first + window + _ONE < length:
            total += np.int64(data[start + first + window]) - np.int64(data[start + first])
            first += _ONE
        if total < needed:
            continue
        if first > _ZERO:
            first += window - _ONE
        while first < length and bases[base_start + first] == _N:
            first += _ONE
        if first + _ONE < length:
            firsts[row] = np.int64(first)
            lasts[row] = np.int64(length)


@kernel(writes=("firsts", "lasts"))
def cut_tail(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    base_starts: NDArray[Offset],
    bases: NDArray[np.uint8],
    window: np.uint64,
    quality: np.int64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Slides a window from the 3' end until its mean quality reaches a limit, as fastp does.

    The first window that does so leaves the read whole. Of a later one the first base is the last
    to stay; where no window reaches the limit (the one at the 5' end is not looked at), that is
    the read's first base. Then every N at the 3' end goes. Nothing stays of a read that is not
    longer than the window.

    Args: as of `cut_front`.
    """
    needed = np.int64(window) * (quality + np.int64(_OFFSET))
    for row in range(np.uint64(len(firsts))):
        start = np.uint64(starts[row])
        length = np.uint64(stops[row]) - start
        base_start = np.uint64(base_starts[row])
        firsts[row] = 0
        lasts[row] = 0
        if length <= window:
            continue
        first = length - window  # of the window
        total = np.int64(0)
        for place in range(window):
            total += np.int64(data[start + first + place])
        while total < needed and first > _ZERO:
            first -= _ONE
            total += np.int64(data[start + first]) - np.int64(data[start + first + window])
        last = length
        if first + window < length:
            last = first + _ONE
        while last > _ZERO and bases[base_start + last - _ONE] == _N:
            last -= _ONE
        lasts[row] = np.int64(last)


@inlined
def _find_low(
    data: NDArray[np.uint8], padded: object, index: np.uint64, end: np.uint64, before: np.uint8
) -> np.uint64:
    """Finds the next byte that is at most ``before``; ``end`` without one."""
    while index + _WIDTH <= end:
        low = above_mask(load(data, index), before) ^ _ALL
        if low:
            return index + trailing_zeros(low)
        index += _WIDTH
    if index < end:
        low = (above_mask(load_ending(data, padded, end), before) ^ _ALL) & high_bits(end - index)
        if low:
            return end - _WIDTH + trailing_zeros(low)
    return end


@inlined
def _find_n(
    bases: NDArray[np.uint8], padded: object, index: np.uint64, end: np.uint64
) -> np.uint64:
    """Finds the next N; ``end`` without one."""
    letter = repeated(_N)
    none = np.uint8(0)
    while index + _WIDTH <= end:
        found = above_mask(differing(load(bases, index), letter), none) ^ _ALL
        if found:
            return index + trailing_zeros(found)
        index += _WIDTH
    if index < end:
        last = above_mask(differing(load_ending(bases, padded, end), letter), none) ^ _ALL
        last &= high_bits(end - index)
        if last:
            return end - _WIDTH + trailing_zeros(last)
    return end


@kernel(writes=("firsts", "lasts"))
def cut_right(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    base_starts: NDArray[Offset],
    bases: NDArray[np.uint8],
    window: np.uint64,
    quality: np.int64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Slides a window from the 5' end until its mean quality is below a limit, as fastp does.

    From that window on, the first base whose quality is below the limit is cut and all that
    follows it; the read's last base goes in any case. The window at the 3' end is not looked at.
    Nothing stays of a read that is not longer than the window.

    Args: as of `cut_front`.
    """
    before = np.uint8(quality + np.int64(_OFFSET) - 1)
    needed = np.int64(window) * (quality + np.int64(_OFFSET))
    padded = padded_start(data)
    for row in range(np.uint64(len(firsts))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        firsts[row] = 0
        lasts[row] = 0
        if end - start <= window:
            continue
        stop = end - window  # windows that start before it are looked at
        first = start
        low = _find_low(data, padded, start, end, before)
        total = needed
        # Only a window with a base below the limit can be below it.
        while low < end:
            first = max(first, max(low + _ONE, window) - window)
            if first >= stop:
                break
            total = np.int64(0)
            for place in range(window):
                total += np.int64(data[first + place])
            while total >= needed and first < low and first + _ONE < stop:
                total += np.int64(data[first + window]) - np.int64(data[first])
                first += _ONE
            if total < needed:
                break
            first += _ONE
            low = _find_low(data, padded, max(low + _ONE, first), end, before)
        last = end
        if total < needed:
            last = first
            while last + _ONE < end and data[last] > before:
                last += _ONE
        lasts[row] = np.int64(last - start)


@inlined
def _score(quality: np.uint8, base: np.uint8) -> np.int64:
    """A Phred score; 0 of an N."""
    return np.int64(0) if base == _N else np.int64(quality) - np.int64(_OFFSET)


@kernel(writes=("firsts", "lasts"))
def cut_window(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    base_starts: NDArray[Offset],
    bases: NDArray[np.uint8],
    window: np.uint64,
    quality: np.int64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Slides a window from the 5' end until its mean quality is below a limit, as Trimmomatic does.

    What lies before that window's last base stays, the whole read where there is none; then every
    base whose quality is below the limit goes from the 3' end, but for the read's first. The
    quality of an N is 0. Nothing stays where the first window is below the limit, or of a read
    that is shorter than the window.

    Args: as of `cut_front`.
    """
    before = np.uint8(quality + np.int64(_OFFSET) - 1)
    needed = np.int64(window) * quality
    padded = padded_start(data)
    padded_bases = padded_start(bases)
    for row in range(np.uint64(len(firsts))):
        start = np.uint64(starts[row])
        length = np.uint64(stops[row]) - start
        base_start = np.uint64(base_starts[row])
        end = start + length
        base_end = base_start + length
        firsts[row] = 0
        lasts[row] = 0
        if length < window or length == _ZERO:
            continue
        first = _ZERO  # of the window, as the two below
        low = _find_low(data, padded, start, end, before) - start
        other = _find_n(bases, padded_bases, base_start, base_end) - base_start
        total = needed
        while min(low, other) < length:
            next_low = min(low, other)
            first = max(first, max(next_low + _ONE, window) - window)
            if first + window > length:
                break
            total = np.int64(0)
            for place in range(first, first + window):
                total += _score(data[start + place], bases[base_start + place])
            while total >= needed and first < next_low and first + window < length:
                total += _score(data[start + first + window], bases[base_start + first + window])
                total -= _score(data[start + first], bases[base_start + first])
                first += _ONE
            if total < needed:
                break
            first += _ONE
            seen = max(next_low + _ONE, first)
            if low < seen:
                low = _find_low(data, padded, min(start + seen, end), end, before) - start
            if other < seen:
                from_here = min(base_start + seen, base_end)
                other = _find_n(bases, padded_bases, from_here, base_end) - base_start
        last = length
        if total < needed:
            last = first + window - _ONE
            if first == _ZERO:
                continue
        while last > _ONE:
            if _score(data[start + last - _ONE], bases[base_start + last - _ONE]) >= quality:
                break
            last -= _ONE
        lasts[row] = np.int64(last)


@kernel(writes=("firsts", "lasts"))
def cut_leading(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    base_starts: NDArray[Offset],
    bases: NDArray[np.uint8],
    window: np.uint64,
    quality: np.int64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Cuts bases from the 5' end whose quality is below a limit, as Trimmomatic does.

    The quality of an N is 0.

    Args: as of `cut_front`; the window has no meaning.
    """
    for row in range(np.uint64(len(firsts))):
        start = np.uint64(starts[row])
        length = np.uint64(stops[row]) - start
        base_start = np.uint64(base_starts[row])
        first = _ZERO
        while first < length and _score(data[start + first], bases[base_start + first]) < quality:
            first += _ONE
        empty = first == length
        firsts[row] = 0 if empty else np.int64(first)
        lasts[row] = 0 if empty else np.int64(length)


@kernel(writes=("firsts", "lasts"))
def cut_trailing(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    base_starts: NDArray[Offset],
    bases: NDArray[np.uint8],
    window: np.uint64,
    quality: np.int64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Cuts bases from the 3' end whose quality is below a limit, as Trimmomatic does.

    The quality of an N is 0. Nothing stays where the read's first base would be all, whatever
    its quality.

    Args: as of `cut_front`; the window has no meaning.
    """
    for row in range(np.uint64(len(firsts))):
        start = np.uint64(starts[row])
        last = np.uint64(stops[row]) - start
        base_start = np.uint64(base_starts[row])
        while last > _ONE:
            if _score(data[start + last - _ONE], bases[base_start + last - _ONE]) >= quality:
                break
            last -= _ONE
        firsts[row] = 0
        lasts[row] = np.int64(last) if last > _ONE else 0
