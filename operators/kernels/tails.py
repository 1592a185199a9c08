"""The compiled loops that trim tails of one base, and N, from the ends of reads.

Each gives what stays of each read as bounds in the read, 0-based and stop exclusive. The case of a
base does not matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset

ANY = 5
"""The number of a byte that counts as every base, for `cut_poly_x`."""
NO_BASE = 4
"""That of a byte that is no base."""

_ANY_CASE = np.uint8(0xDF)
_G = np.uint8(ord("G"))
_N = np.uint8(ord("N"))
_ANY = np.uint64(ANY)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FIVE = np.uint64(5)
# A tail has at most one mismatch in eight bases, and at most five: fastp's numbers.
_EIGHT = np.uint64(8)
_MOST = np.uint64(5)


@kernel(writes=("lasts",))
def cut_poly_g(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    wanted: NDArray[np.uint8],
    least: np.uint64,
    lasts: NDArray[np.int64],
) -> None:
    """Cuts the tail of G off the 3' end, as fastp's ``PolyX::trimPolyG`` does.

    From the 3' end on, a tail goes on while at most one base in eight is not G, and at most five
    are not. The first ``least`` bases are looked at as a whole. The tail begins with a G.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): bases.
        wanted: ``uint8``, (rows,): 0 for reads that are not trimmed.
        least: The fewest bases of a tail, at least 1.
        lasts: Output, ``int64``, (rows,): the base after the last that stays.
    """
    for row in range(np.uint64(len(lasts))):
        end = np.uint64(stops[row])
        length = end - np.uint64(starts[row])
        lasts[row] = np.int64(length)
        if wanted[row] == np.uint8(0):
            continue
        others = _ZERO
        first = length
        seen = _ZERO
        while seen < length:
            if (data[end - seen - _ONE] & _ANY_CASE) == _G:
                first = length - seen - _ONE
            else:
                others += _ONE
            if others > _MOST or (others > (seen + _ONE) // _EIGHT and seen + _ONE >= least):
                break
            seen += _ONE
        if seen >= least:
            lasts[row] = np.int64(first)


@kernel(writes=("lasts",))
def cut_poly_x(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    numbers: NDArray[np.uint8],
    least: np.uint64,
    lasts: NDArray[np.int64],
) -> None:
    """Cuts the tail of one base off the 3' end, as fastp's ``PolyX::trimPolyX`` does.

    From the 3' end on, a tail goes on while for some base at most one in eight is another, and at
    most five are. The tail is of the base that occurs most, the first of equals, and begins with
    that base. A read that is all tail may be one base shorter than ``least``.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): bases.
        numbers: ``uint8``, (256,): 0 to 3 for the bytes of each base, `NO_BASE`, or `ANY`.
        least: The fewest bases of a tail, at least 1.
        lasts: Output, ``int64``, (rows,): the base after the last that stays.
    """
    for row in range(np.uint64(len(lasts))):
        end = np.uint64(stops[row])
        length = end - np.uint64(starts[row])
        lasts[row] = np.int64(length)
        zero = _ZERO
        one = _ZERO
        two = _ZERO
        three = _ZERO
        most = _ZERO
        seen = _ZERO
        ended = _ONE  # 0 once a base has ended the tail
        while seen < length:
            number = np.uint64(numbers[data[end - seen - _ONE]])
            every = np.uint64(number == _ANY)
            zero += np.uint64(number == _ZERO) + every
            one += np.uint64(number == _ONE) + every
            two += np.uint64(number == _TWO) + every
            three += np.uint64(number == _THREE) + every
            seen += _ONE
            most = max(zero, one, two, three)
            if seen - most > min(_MOST, seen // _EIGHT) and (seen > _EIGHT or seen + _ONE >= least):
                ended = _ZERO
                break
        if seen + ended < least:
            continue
        poly = _ZERO
        if zero < most:
            poly = _ONE
            if one < most:
                poly = _TWO if two == most else _THREE
        while seen > _ZERO and np.uint64(numbers[data[end - seen]]) != poly:
            seen -= _ONE
        lasts[row] = np.int64(length - seen)


@kernel(writes=("firsts", "lasts"))
def cut_best_tail(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    heads: NDArray[np.uint8],
    base: np.uint8,
    other: np.uint8,
    least: np.uint64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Cuts the tail of one base with the best score off an end, as cutadapt's ``--poly-a`` does.

    From the end on, each base adds 1 if it is the one of the tail, and -2 if not. The tail is the
    shortest with the greatest sum of those with at most 20 % of other bases.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): bases.
        heads: ``uint8``, (rows,): 1 for reads that are cut at their 5' end.
        base: The base of tails at the 3' end, in upper case.
        other: The base of those at the 5' end, in upper case.
        least: The fewest bases of a tail.
        firsts: Output, ``int64``, (rows,): the first base that stays.
        lasts: Output, ``int64``, (rows,): the base after the last that stays.
    """
    for row in range(np.uint64(len(lasts))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        length = end - start
        head = heads[row] != np.uint8(0)
        poly = other if head else base
        score = np.int64(0)
        best = np.int64(0)
        tail = _ZERO
        others = _ZERO
        for seen in range(length):
            # Neither the score nor the share of other bases can become good enough again.
            if score + np.int64(length - seen) <= best or others * _FIVE > length:
                break
            place = start + seen if head else end - seen - _ONE
            if (data[place] & _ANY_CASE) == poly:
                score += np.int64(1)
            else:
                score -= np.int64(2)
                others += _ONE
            if score > best and others * _FIVE <= seen + _ONE:
                best = score
                tail = seen + _ONE
        if tail < least:
            tail = _ZERO
        firsts[row] = np.int64(tail) if head else np.int64(0)
        lasts[row] = np.int64(length) if head else np.int64(length - tail)


@kernel(writes=("firsts", "lasts"))
def cut_n(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    front: np.uint64,
    tail: np.uint64,
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Cuts N off the ends of reads; of a read of nothing but N nothing stays.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): bases.
        front: The fewest N at the 5' end that are cut.
        tail: The fewest N at the 3' end that are cut.
        firsts: Output, ``int64``, (rows,): the first base that stays.
        lasts: Output, ``int64``, (rows,): the base after the last that stays.
    """
    for row in range(np.uint64(len(lasts))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        first = start
        last = end
        while first < end and (data[first] & _ANY_CASE) == _N:
            first += _ONE
        if first - start < front:
            first = start
        while last > first and (data[last - _ONE] & _ANY_CASE) == _N:
            last -= _ONE
        if end - last < tail:
            last = end
        firsts[row] = np.int64(first - start)
        lasts[row] = np.int64(last - start)
