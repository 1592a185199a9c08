"""The compiled loops that find minimizers and k-mers; `Scheme` has the definition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset, Word

BLOCK = 1024
"""The most windows that are looked at together."""

ROW, BASE, LAST, COUNT = 0, 1, 2, 3
"""What the state holds: see `find_minimizers`."""

_HASHES = np.array([0x95C60474, 0x62A02B4C, 0x82572324, 0x4BE24456], np.uint32)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_MASK = np.uint64(0xFFFFFFFF)


@inlined
def _code(byte: np.uint8) -> Word:
    upper = byte & np.uint8(0xDF)
    if (
        upper == np.uint8(65)
        or upper == np.uint8(67)
        or upper == np.uint8(84)
        or upper == np.uint8(71)
    ):
        return np.uint64(byte >> np.uint8(1)) & np.uint64(3)
    return np.uint64(4)


@inlined
def _value(data: NDArray[np.uint8], first: Word, k: Word) -> Word:
    forward = _ZERO
    backward = _ZERO
    for each in range(k):
        code = _code(data[first + each])
        forward |= code << (_TWO * each)
        backward = (backward << _TWO) | (code ^ _TWO)
    return min(forward, backward)


@inlined
def _rotated(word: Word, bits: Word) -> Word:
    bits &= np.uint64(31)
    return ((word << bits) | (word >> (np.uint64(32) - bits))) & _MASK


@kernel(writes=("state", "values", "positions", "offsets"))
def find_minimizers(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    k: np.uint64,
    w: np.uint64,
    state: NDArray[np.int64],
    values: NDArray[np.uint64],
    positions: NDArray[np.int32],
    offsets: NDArray[np.int64],
) -> bool:
    window = k + w - _ONE
    row = np.uint64(state[0])
    base = np.uint64(state[1])
    last = state[2]
    count = np.uint64(state[3])
    while row < np.uint64(len(starts)):
        first = np.uint64(starts[row])
        end = np.uint64(stops[row])
        while first + base + window <= end:
            if count + _ONE > np.uint64(len(values)):
                state[0] = np.int64(row)
                state[1] = np.int64(base)
                state[2] = last
                state[3] = np.int64(count)
                return False
            good = True
            ahead = _ZERO
            for each in range(window):
                code = _code(data[first + base + each])
                good &= code < np.uint64(4)
                ahead += code >> _ONE
            if good:
                least = np.uint64(1 << 20)
                place = _ZERO
                for shift in range(w):
                    forward = _ZERO
                    backward = _ZERO
                    for each in range(k):
                        code = _code(data[first + base + shift + each])
                        forward ^= _rotated(np.uint64(_HASHES[code]), k - _ONE - each)
                        backward ^= _rotated(np.uint64(_HASHES[code ^ _TWO]), each)
                    found = ((forward + backward) & _MASK) >> np.uint64(16)
                    if found < least or (found == least and ahead <= window // _TWO):
                        least = found
                        place = shift
                if np.int64(base + place) != last:
                    last = np.int64(base + place)
                    values[count] = _value(data, first + base + place, k)
                    if len(positions):
                        positions[count] = np.int32(last)
                    count += _ONE
            base += _ONE
        row += _ONE
        base = _ZERO
        last = np.int64(-1)
        offsets[row] = np.int64(count)
    state[0] = np.int64(row)
    state[3] = np.int64(count)
    return True


@kernel(writes=("state", "values", "positions", "offsets"))
def find_kmers(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    k: np.uint64,
    state: NDArray[np.int64],
    values: NDArray[np.uint64],
    positions: NDArray[np.int32],
    offsets: NDArray[np.int64],
) -> bool:
    row = np.uint64(state[0])
    base = np.uint64(state[1])
    count = np.uint64(state[3])
    while row < np.uint64(len(starts)):
        first = np.uint64(starts[row])
        end = np.uint64(stops[row])
        while first + base + k <= end:
            if count + _ONE > np.uint64(len(values)):
                state[0] = np.int64(row)
                state[1] = np.int64(base)
                state[3] = np.int64(count)
                return False
            good = True
            for each in range(k):
                good &= _code(data[first + base + each]) < np.uint64(4)
            if good:
                values[count] = _value(data, first + base, k)
                if len(positions):
                    positions[count] = np.int32(base)
                count += _ONE
            base += _ONE
        row += _ONE
        base = _ZERO
        offsets[row] = np.int64(count)
    state[0] = np.int64(row)
    state[3] = np.int64(count)
    return True
