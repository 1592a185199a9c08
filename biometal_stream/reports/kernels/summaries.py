"""The compiled loops that count over all reads.

Texts are read-only ``uint8`` arrays; no byte past their end is read. All functions may be called
from several threads.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import count_ones, equal_mask, low_bits
from biometal_stream.simd.words import WIDTH, Offset

_STEP = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_FOUR = np.uint64(4)
_LOWER = np.uint8(0x20)


@kernel(writes=("counts",))
def count_bytes(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    counts: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> None:
    """Adds how often each byte stands in the rows of a column to ``counts``.

    Neighbouring bytes are counted apart, since in a run of one byte, which qualities are made of,
    each addition would wait for the one before.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        counts: ``int64``, (4, 256): the count of a byte is the sum of its four.
    """
    for row in range(np.uint64(len(starts))):
        index = np.uint64(starts[row])
        stop = np.uint64(stops[row])
        while index + _FOUR <= stop:
            counts[_ZERO, data[index]] += 1
            counts[_ONE, data[index + _ONE]] += 1
            counts[np.uint64(2), data[index + np.uint64(2)]] += 1
            counts[np.uint64(3), data[index + np.uint64(3)]] += 1
            index += _FOUR
        while index < stop:
            counts[_ZERO, data[index]] += 1
            index += _ONE


@kernel
def count_either(
    text: NDArray[np.uint8],
    start: np.uint64,
    stop: np.uint64,
    byte: np.uint8,
    other: np.uint8,
) -> np.uint64:
    """Counts two different bytes, such as ``N`` and ``n``, in ``text[start:stop]``."""
    size = np.uint64(len(text))
    found = _ZERO
    index = start
    while index < stop and index + _STEP <= size:
        mask = equal_mask(text, index, byte) | equal_mask(text, index, other)
        found += count_ones(mask & low_bits(stop - index))
        index += _STEP
    while index < stop:
        if text[index] == byte or text[index] == other:
            found += _ONE
        index += _ONE
    return found


@kernel(writes=("counts",))
def count_letters(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    letters: NDArray[np.uint8],
    counts: NDArray[np.int64],
) -> None:
    """Adds how often letters stand in the rows of a column, in upper and lower case.

    Rows that follow each other without a gap are searched as one.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        letters: ``uint8``, (letters,), in upper case.
        counts: ``int64``, (letters,).
    """
    row = _ZERO
    rows = np.uint64(len(starts))
    while row < rows:
        start = np.uint64(starts[row])
        stop = np.uint64(stops[row])
        row += _ONE
        while row < rows and np.uint64(starts[row]) == stop:
            stop = np.uint64(stops[row])
            row += _ONE
        for place in range(np.uint64(len(letters))):
            letter = letters[place]
            counts[place] += count_either(data, start, stop, letter, letter | _LOWER)


@kernel(writes=("low", "high"))
def add_exactly(
    numbers: NDArray[np.uint64], low: NDArray[np.int64], high: NDArray[np.int64]
) -> None:
    """Adds the significands of finite doubles, by their exponents, without rounding.

    A number is ``significand * 2 ** (max(exponent, 1) - 1075)``. The lower 26 bits of significands
    are added to ``low``, the others to ``high``, so that 2^36 numbers cannot overflow.

    Args:
        numbers: The bits of the doubles, ``uint64``, (numbers,).
        low: ``int64``, (2048,), by the exponent as it is stored.
        high: ``int64``, (2048,).
    """
    for place in range(np.uint64(len(numbers))):
        bits = numbers[place]
        exponent = (bits >> np.uint64(52)) & np.uint64(0x7FF)
        significand = bits & np.uint64(0xFFFFFFFFFFFFF)
        if exponent != _ZERO:
            significand |= np.uint64(0x10000000000000)
        lower = np.int64(significand & np.uint64(0x3FFFFFF))
        upper = np.int64(significand >> np.uint64(26))
        if bits >> np.uint64(63) != _ZERO:
            lower, upper = -lower, -upper
        low[exponent] += lower
        high[exponent] += upper
