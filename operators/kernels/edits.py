"""The compiled loops that find adapters anywhere in long reads, with insertions and deletions.

The distance of an adapter and some bases is the fewest bases to replace, insert or delete. Its rows
are computed 64 at a time, as in Myers, Journal of the ACM 46 (1999), 395-415. It is computed only
near words of the adapter that occur unchanged: with ``k`` errors one of ``k + 1`` parts has none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import trailing_zeros
from biometal_stream.simd.words import Offset, Word

LONGEST = 64
"""The most bases of an adapter, and the most adapters of a call, both strands counted."""
SCRATCH = 8 * LONGEST
"""The numbers of scratch memory: more than the bases around a word that are looked at."""
CODES = 5
"""A, C, G, T, and all other bytes alike."""

_CODES = np.uint64(CODES)
_OTHER = np.uint64(CODES - 1)
_MARK = np.uint8(1)
_FULL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)


@inlined
def _shortest_start(
    data: NDArray[np.uint8],
    codes: NDArray[np.uint8],
    masks: NDArray[np.uint64],
    first: Word,
    length: Word,
    start: Word,
    end: Word,
    errors: Word,
) -> Word:
    """Where the bases before ``end`` start whose distance to an adapter is least.

    Of several, those whose number is nearest to the adapter's, the fewer of two.

    Args:
        data: (bytes,)
        codes: (256,)
        masks: Of the adapters backwards.
        first: Where the adapter's begin.
        length: Its bases.
        start: Where the read starts.
        end: Where the bases end.
        errors: The most errors.
    """
    plus = _FULL
    minus = _ZERO
    top = _ONE << (length - _ONE)
    score = length
    best = length + _ONE
    found = _ZERO
    seen = _ZERO
    while seen < length + errors and end - seen > start:
        seen += _ONE
        same = masks[first + np.uint64(codes[data[end - seen]])]
        vertical = same | minus
        horizontal = (((same & plus) + plus) ^ plus) | same
        up = minus | ~(horizontal | plus)
        down = plus & horizontal
        if up & top:
            score += _ONE
        elif down & top:
            score -= _ONE
        up = (up << _ONE) | _ONE
        down = down << _ONE
        plus = down | ~(vertical | up)
        minus = up & vertical
        off = max(seen, length) - min(seen, length)
        best_off = max(found, length) - min(found, length)
        if score < best or (score == best and off < best_off):
            best = score
            found = seen
    return end - found


@inlined
def _distances(
    data: NDArray[np.uint8],
    codes: NDArray[np.uint8],
    masks: NDArray[np.uint64],
    first: Word,
    length: Word,
    start: Word,
    end: Word,
    distances: NDArray[np.uint64],
) -> None:
    """The least distance of an adapter to bases that end after each base, and start anywhere.

    Args:
        data: (bytes,)
        codes: (256,)
        masks: Of the adapters.
        first: Where the adapter's begin.
        length: Its bases.
        start: The first base.
        end: The base after the last.
        distances: Output, ``uint64``, (end - start,).
    """
    plus = _FULL
    minus = _ZERO
    top = _ONE << (length - _ONE)
    score = length
    for place in range(end - start):
        same = masks[first + np.uint64(codes[data[start + place]])]
        vertical = same | minus
        horizontal = (((same & plus) + plus) ^ plus) | same
        up = minus | ~(horizontal | plus)
        down = plus & horizontal
        if up & top:
            score += _ONE
        elif down & top:
            score -= _ONE
        up = up << _ONE
        down = down << _ONE
        plus = down | ~(vertical | up)
        minus = up & vertical
        distances[place] = score


@kernel(writes=("distances", "marks"))
def mark_adapters(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    codes: NDArray[np.uint8],
    masks: NDArray[np.uint64],
    backwards: NDArray[np.uint64],
    lengths: NDArray[np.uint64],
    errors: NDArray[np.uint64],
    words: NDArray[np.uint64],
    size: np.uint64,
    extra: np.uint64,
    end_size: np.uint64,
    distances: NDArray[np.uint64],
    marks: NDArray[np.uint8],
) -> None:
    """Marks the bases of adapters, and some on both sides.

    An adapter ends where its distance to the bases before is at most its errors, and no less at
    any of as many bases before and after.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends, which is where the next one starts.
        data: (bytes,): bases.
        codes: ``uint8``, (256,): 0 to 3 for the bases, and 4.
        masks: ``uint64``, (adapters * CODES,): which bases of each adapter a code matches, by bit.
        backwards: The same of the adapters read backwards.
        lengths: ``uint64``, (adapters,): the bases of each adapter, at most `LONGEST`.
        errors: ``uint64``, (adapters,): the most errors.
        words: ``uint64``, (4**size,): for each word of this many bases the adapters, by bit, that
            have it at the start of one of their parts.
        size: The bases of a word.
        extra: The bases that are marked on both sides of an adapter.
        end_size: If an adapter is at most so many bases from the nearer end of its read, all bases
            up to that end are marked as well.
        distances: Scratch, ``uint64``, (SCRATCH,).
        marks: Output, ``uint8``, (bases of all reads,).
    """
    last_word = np.uint64(len(words)) - _ONE
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        before = np.uint64(starts[_ZERO])
        word = _ZERO
        known = _ZERO  # bases before here that can be part of a word
        for index in range(start, end):
            code = np.uint64(codes[data[index]])
            known = _ZERO if code == _OTHER else known + _ONE
            word = ((word << _TWO) | (code & np.uint64(3))) & last_word
            if known < size:
                continue
            found = words[word]
            while found:
                adapter = trailing_zeros(found)
                found &= found - _ONE
                length = lengths[adapter]
                most = errors[adapter]
                first = adapter * _CODES
                reach = length + most + most
                low = index + _ONE - min(reach, index + _ONE - start)
                high = min(index + _ONE + reach, end)
                _distances(data, codes, masks, first, length, low, high, distances)
                last = min(index + _ONE + length + most, end)
                for stop in range(index + _ONE, last + _ONE):
                    here = distances[stop - _ONE - low]
                    if here > most:
                        continue
                    best = here
                    near = max(stop - min(most, stop), low + _ONE)
                    for other in range(near, min(stop + most, high) + _ONE):
                        best = min(best, distances[other - _ONE - low])
                    if best < here:
                        continue
                    at = _shortest_start(data, codes, backwards, first, length, start, stop, most)
                    behind = end - stop
                    ahead = at - start
                    at -= ahead if ahead <= min(end_size, behind) else min(extra, ahead)
                    rest = behind if behind <= min(end_size, ahead) else min(extra, behind)
                    for base in range(at, stop + rest):
                        marks[base - before] = _MARK
