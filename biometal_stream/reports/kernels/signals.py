"""The compiled loops that find where and when reads were sequenced, and add up their errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.loops import is_digit
from biometal_stream.simd.masks import above_mask, low_bits, trailing_zeros
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.vectors import differing, repeated
from biometal_stream.simd.words import WIDTH, Offset, Word

NOT_KNOWN = -(1 << 62)
"""Stands for a channel or an hour that is not known."""

_NOT_KNOWN = np.int64(NOT_KNOWN)
_WIDTH = np.uint64(WIDTH)
_LONGEST = np.uint64(9)
_SPACE, _TAB, _NOTHING = np.uint8(ord(" ")), np.uint8(ord("\t")), np.uint8(0)
_DASH, _PLUS, _COLON, _T = (np.uint8(ord(each)) for each in "-+:T")
_SLASH, _M = np.uint8(ord("/")), np.uint8(ord("m"))
_C, _S = np.uint8(ord("c")), np.uint8(ord("s"))
_ZERO, _ONE, _FOUR = np.uint64(0), np.uint64(1), np.uint64(4)
_CHANNEL = np.frombuffer(b"ch=", np.uint8)
_CHANNEL_TAG = np.frombuffer(b"ch:i:", np.uint8)
_TIME = np.frombuffer(b"start_time=", np.uint8)
_TIME_TAG = np.frombuffer(b"st:Z:", np.uint8)


@inlined
def _starts_with(
    data: NDArray[np.uint8], first: Word, end: Word, prefix: NDArray[np.uint8]
) -> bool:
    if first + np.uint64(len(prefix)) > end:
        return False
    for k in range(np.uint64(len(prefix))):  # noqa: SIM110 - numba has no generators
        if data[first + k] != prefix[k]:
            return False
    return True


@inlined
def _whole(data: NDArray[np.uint8], first: Word, end: Word) -> np.int64:
    """The number of 1 to 9 digits at ``first``, up to another byte or to ``end``."""
    number = np.int64(0)
    index = np.uint64(first)
    while index < end and is_digit(data[index]):
        number = number * np.int64(10) + np.int64(data[index] - np.uint8(48))
        index += _ONE
    return number if _ZERO < index - first <= _LONGEST else _NOT_KNOWN


@inlined
def _digits(data: NDArray[np.uint8], first: Word, count: Word) -> np.int64:
    """The number that ``count`` digits make; -1 if another byte is among them."""
    number = np.int64(0)
    for index in range(first, first + count):
        if not is_digit(data[index]):
            return np.int64(-1)
        number = number * np.int64(10) + np.int64(data[index] - np.uint8(48))
    return number


@inlined
def _hour(data: NDArray[np.uint8], first: Word, end: Word) -> np.int64:
    """The hours from 1970 to a time such as ``2024-01-31T23:59:59.5+01:00``; UTC by default."""
    if first + np.uint64(16) > end or data[first + _FOUR] != _DASH:
        return _NOT_KNOWN
    if data[first + np.uint64(7)] != _DASH or data[first + np.uint64(13)] != _COLON:
        return _NOT_KNOWN
    if data[first + np.uint64(10)] != _T and data[first + np.uint64(10)] != _SPACE:
        return _NOT_KNOWN
    two = np.uint64(2)
    year = _digits(data, first, _FOUR)
    month = _digits(data, first + np.uint64(5), two)
    day = _digits(data, first + np.uint64(8), two)
    hour = _digits(data, first + np.uint64(11), two)
    minute = _digits(data, first + np.uint64(14), two)
    if min(year, hour, minute) < 0 or not (1 <= month <= 12) or not (1 <= day <= 31):
        return _NOT_KNOWN
    # Days since 1970 in the Gregorian calendar, with years that begin in March.
    shifted = year - np.int64(month <= 2)
    of_year = (np.int64(153) * ((month + np.int64(9)) % np.int64(12)) + np.int64(2)) // np.int64(5)
    days = (
        shifted * np.int64(365) + shifted // np.int64(4) - shifted // np.int64(100)
        + shifted // np.int64(400) + of_year + day - np.int64(719469)
    )  # fmt: skip
    minutes = (days * np.int64(24) + hour) * np.int64(60) + minute
    index = first + np.uint64(16)
    while index < end and data[index] != _PLUS and data[index] != _DASH:
        index += _ONE
    if index + np.uint64(5) <= end:
        ahead = np.int64(60) * _digits(data, index + _ONE, two)
        colon = np.uint64(data[index + np.uint64(3)] == _COLON)
        if index + np.uint64(5) + colon <= end:
            ahead += _digits(data, index + np.uint64(3) + colon, two)
        minutes += ahead if data[index] == _DASH else -ahead
    return minutes // np.int64(60)


@kernel(writes=("channels", "hours"))
def find_signals(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    channels: NDArray[np.int64],
    hours: NDArray[np.int64],
) -> Word:
    """Finds the channel and the start of each read in its description, as ONT's programs write it.

    These are ``ch=12`` or the tag ``ch:i:12``, and ``start_time=2024-01-31T23:59:59Z`` or the tag
    ``st:Z:2024-01-31T23:59:59.000+00:00``.

    Args:
        starts: (rows,): where each description starts in the data.
        stops: (rows,)
        data: (bytes,)
        channels: Output, ``int64``, (rows,); `NOT_KNOWN` for none.
        hours: Output, ``int64``, (rows,): whole hours since 1970, UTC; `NOT_KNOWN` for none.

    Returns:
        How many reads have a channel or an hour.
    """
    known = _ZERO
    behind = padded_end(data)
    for row in range(np.uint64(len(hours))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        channels[row] = _NOT_KNOWN
        hours[row] = _NOT_KNOWN
        before = _ONE  # whether the byte before is a blank
        while index < end:
            text = load_starting(data, behind, index)
            words = ~above_mask(differing(text, repeated(_C)), _NOTHING)
            words |= ~above_mask(differing(text, repeated(_S)), _NOTHING)
            if words & low_bits(end - index) == _ZERO and end - index <= _WIDTH:
                break  # as in what Illumina writes
            blanks = ~above_mask(differing(text, repeated(_SPACE)), _NOTHING)
            blanks |= ~above_mask(differing(text, repeated(_TAB)), _NOTHING)
            words &= ((blanks << _ONE) | before) & ~blanks & low_bits(end - index)
            before = blanks >> np.uint64(63)
            while words != _ZERO:
                place = index + trailing_zeros(words)
                words &= words - _ONE
                if _starts_with(data, place, end, _CHANNEL):
                    channels[row] = _whole(data, place + np.uint64(3), end)
                elif _starts_with(data, place, end, _CHANNEL_TAG):
                    channels[row] = _whole(data, place + np.uint64(5), end)
                else:
                    skipped = _ZERO
                    if _starts_with(data, place, end, _TIME):
                        skipped = np.uint64(11)
                    elif _starts_with(data, place, end, _TIME_TAG):
                        skipped = np.uint64(5)
                    if skipped != _ZERO:
                        stop = place + skipped
                        while stop < end and data[stop] != _SPACE and data[stop] != _TAB:
                            stop += _ONE
                        hours[row] = _hour(data, place + skipped, stop)
            index += _WIDTH
        known += np.uint64(channels[row] != _NOT_KNOWN or hours[row] != _NOT_KNOWN)
    return known


@kernel(writes=("hours",))
def find_hours(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    hours: NDArray[np.int64],
) -> None:
    """Reads a column of times, such as ``2024-01-31T23:59:59Z``.

    Args:
        starts: (rows,)
        stops: (rows,)
        data: (bytes,)
        hours: Output, ``int64``, (rows,): whole hours since 1970, UTC; `NOT_KNOWN` for other texts.
    """
    for row in range(np.uint64(len(hours))):
        hours[row] = _hour(data, np.uint64(starts[row]), np.uint64(stops[row]))


@kernel(writes=("columns",))
def find_holes(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    columns: NDArray[np.int64],
) -> Word:
    """Finds the column of the chip in PacBio's names, such as ``m64011_190830_220126/101320/ccs``.

    The number of a hole (ZMW) is 65,536 times its column, plus its row.

    Args:
        starts: (rows,)
        stops: (rows,)
        data: (bytes,)
        columns: Output, ``int64``, (rows,); `NOT_KNOWN` for other names.

    Returns:
        How many names have one.
    """
    known = _ZERO
    for row in range(np.uint64(len(columns))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        columns[row] = _NOT_KNOWN
        if index + np.uint64(2) > end or data[index] != _M or not is_digit(data[index + _ONE]):
            continue
        while index < end and data[index] != _SLASH:
            index += _ONE
        first = index + _ONE
        index = first
        while index < end and is_digit(data[index]):
            index += _ONE
        if index < end and data[index] == _SLASH:
            hole = _whole(data, first, index)
            if hole >= 0:
                columns[row] = hole >> np.int64(16)
                known += _ONE
    return known


@kernel(writes=("sums",))
def sum_errors(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    rows: NDArray[np.int64],
    errors: NDArray[np.uint64],
    sums: NDArray[np.uint64],
) -> None:
    """Adds up the error probabilities of the bases of each read.

    Args:
        starts: ``int32`` or ``int64``, (rows of the column,)
        stops: Likewise.
        data: (bytes,)
        rows: ``int64``, (reads,): the rows to add up.
        errors: ``uint64``, (256,): the error of each quality byte, as a whole number.
        sums: Output, ``uint64``, (reads,).
    """
    for place in range(np.uint64(len(rows))):
        row = np.uint64(rows[place])
        index = np.uint64(starts[row])
        stop = np.uint64(stops[row])
        one = two = _ZERO
        while index + np.uint64(2) <= stop:
            one += errors[data[index]]
            two += errors[data[index + _ONE]]
            index += np.uint64(2)
        if index < stop:
            one += errors[data[index]]
        sums[place] = one + two
