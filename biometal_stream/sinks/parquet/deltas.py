"""The compiled loops of Parquet's delta encodings.

The layouts are those of "Encodings" in the Parquet format: DELTA_BINARY_PACKED and
DELTA_BYTE_ARRAY. No kernel keeps a reference to its arguments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import trailing_zeros
from biometal_stream.simd.memory import load_word

BLOCK = 128
"""Values per block."""
MINIBLOCK = 32
"""Values packed with the same width."""

_BLOCK = np.uint64(BLOCK)
_MINIBLOCK = np.uint64(MINIBLOCK)
_MINIBLOCKS = np.uint64(BLOCK // MINIBLOCK)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_THREE = np.uint64(3)
_SEVEN = np.uint64(7)
_EIGHT = np.uint64(8)
_LOW_BITS = np.uint64(0x7F)
_MORE = np.uint64(0x80)
_BYTE = np.uint64(0xFF)


def packed_room(count: int) -> int:
    """The most bytes that `pack_deltas` writes for a number of values."""
    return 40 + (count // BLOCK + 1) * (10 + BLOCK // MINIBLOCK + 4 * BLOCK)


@inlined
def put_varint(out: NDArray[np.uint8], to: np.uint64, value: np.uint64) -> np.uint64:
    """Writes a number, seven bits per byte, the lowest first; returns where it ends."""
    while value > _LOW_BITS:
        out[to] = (value & _LOW_BITS) | _MORE
        value >>= _SEVEN
        to += _ONE
    out[to] = value
    return to + _ONE


@inlined
def _zigzag(value: np.int64) -> np.uint64:
    return np.uint64((value << np.int64(1)) ^ (value >> np.int64(63)))


@kernel(writes=("out",))
def pack_deltas(values: NDArray[np.int64], out: NDArray[np.uint8]) -> int:
    """Writes numbers as DELTA_BINARY_PACKED, in blocks of 128 and miniblocks of 32.

    Args:
        values: ``int64``, all from 0 to 2^31 - 1, or all of 16 bits.
        out: ``uint8``, of `packed_room` bytes.

    Returns:
        The number of bytes written.
    """
    count = np.uint64(len(values))
    to = put_varint(out, _ZERO, _BLOCK)
    to = put_varint(out, to, _MINIBLOCKS)
    to = put_varint(out, to, count)
    to = put_varint(out, to, _zigzag(values[_ZERO]) if count else _ZERO)
    first = _ONE
    while first < count:
        end = min(first + _BLOCK, count)
        least = values[first] - values[first - _ONE]
        for index in range(first, end):
            least = min(least, values[index] - values[index - _ONE])
        to = put_varint(out, to, _zigzag(least))
        widths = to
        to += _MINIBLOCKS
        for part in range(_MINIBLOCKS):
            start = first + part * _MINIBLOCK
            stop = min(start + _MINIBLOCK, end)
            every = _ZERO
            for index in range(start, stop):
                every |= np.uint64(values[index] - values[index - _ONE] - least)
            width = _ZERO
            while every >> width:
                width += _ONE
            out[widths + part] = width
            if width == _ZERO:
                continue
            word = _ZERO
            bits = _ZERO
            for index in range(start, start + _MINIBLOCK):
                if index < stop:
                    word |= np.uint64(values[index] - values[index - _ONE] - least) << bits
                bits += width
                while bits >= _EIGHT:
                    out[to] = word & _BYTE
                    word >>= _EIGHT
                    bits -= _EIGHT
                    to += _ONE
        first = end
    return int(to)


@kernel(writes=("prefixes", "suffixes", "out"))
def share_prefixes(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    prefixes: NDArray[np.int64],
    suffixes: NDArray[np.int64],
    out: NDArray[np.uint8],
) -> int:
    """Splits each text into the prefix shared with the one before it, and the rest.

    Args:
        text: ``uint8``: all texts, one after another.
        offsets: ``int64``, (n + 1,): where each begins, and the end of the last.
        prefixes: ``int64``, (n,): set to the number of shared bytes.
        suffixes: ``int64``, (n,): set to the number of other bytes.
        out: ``uint8``, as long as ``text``: receives the other bytes, one text after another.

    Returns:
        The number of bytes written to ``out``.
    """
    to = _ZERO
    before = _ZERO
    before_size = _ZERO
    for row in range(np.uint64(len(prefixes))):
        begin = np.uint64(offsets[row])
        size = np.uint64(offsets[row + _ONE]) - begin
        most = min(size, before_size)
        shared = _ZERO
        differing = _ZERO
        while shared + _EIGHT <= most and differing == _ZERO:
            differing = load_word(text, begin + shared) ^ load_word(text, before + shared)
            shared += _EIGHT
        if differing != _ZERO:
            shared -= _EIGHT - (trailing_zeros(differing) >> _THREE)
        else:
            while shared < most and text[begin + shared] == text[before + shared]:
                shared += _ONE
        prefixes[row] = shared
        suffixes[row] = size - shared
        for index in range(shared, size):
            out[to] = text[begin + index]
            to += _ONE
        before = begin
        before_size = size
    return int(to)
