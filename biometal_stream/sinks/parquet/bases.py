"""Kernels that compress sequences to two bits per base, as a zstd frame.

zstd level 1 needs 2.4 bits per base for reads without repeats: it encodes short matches that occur
by chance, and a single N in a block leaves no Huffman code with two bits for all of A, C, G and T.
Here these four have codes of two bits, and other letters are stored in raw blocks between them.
Every zstd decoder reads the result: RFC 8878 describes the layout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import count_ones, equal_mask, low_bits, trailing_zeros
from biometal_stream.simd.memory import load_word
from biometal_stream.simd.words import WIDTH, Word

PADDING = WIDTH
"""Bytes after the text that are read and ignored."""
BLOCK = 2**17
"""The most bytes of text per block."""

_GAP = 64
"""Runs of fewer bases between two other letters stay raw, as a block costs 18 bytes."""
_FIXED_ROOM = 64
_BLOCK_ROOM = 32

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)
_EIGHT = np.uint64(8)
_BYTE = np.uint64(0xFF)
_WORD_WIDTH = np.uint64(WIDTH)
_LARGEST = np.uint64(BLOCK)
_SHORTEST = np.uint64(_GAP)
_A, _C, _G, _T = (np.uint8(base) for base in b"ACGT")

_MAGIC = np.uint64(0xFD2FB528)
_DESCRIPTOR = np.uint64(0x80)  # a content size of four bytes, and a window
_WINDOW = np.uint64(7 << 3)  # 128 KiB; there are no matches
_RAW = np.uint64(0)
_COMPRESSED = np.uint64(2)
_WITH_TREE = np.uint64(2)
_AS_BEFORE = np.uint64(3)
_FOUR_STREAMS = np.uint64(3)  # with sizes of 18 bits
_TREE = np.uint64(43)
_WEIGHTS = np.uint64(84)  # of all bytes below T; the weight of T follows from them
_JUMPS = np.uint64(6)

_CODES = np.uint64(0x0303030303030303)
_CODE_LOWS = np.uint64(0x0101010101010101)
_GROUP = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_GATHER = np.uint64(1 << 30 | 1 << 20 | 1 << 10 | 1)
_GATHERED = np.uint64(24)


def bases_room(prefix: int, size: int, others: int) -> int:
    """The most bytes that `put_bases` writes.

    Args:
        prefix: The number of bytes before the sequences.
        size: The number of bases.
        others: The number of bases that are not A, C, G or T.
    """
    blocks = (prefix + size) // BLOCK + 2 * others + 3
    return _FIXED_ROOM + prefix + size // 4 + others * (_GAP + 1) + _BLOCK_ROOM * blocks


@inlined
def _others(text: NDArray[np.uint8], index: np.uint64) -> Word:
    """Marks the bytes of ``text[index : index + 64]`` that are not A, C, G or T."""
    bases = equal_mask(text, index, _A) | equal_mask(text, index, _C)
    return ~(bases | equal_mask(text, index, _G) | equal_mask(text, index, _T))


@kernel
def count_other_bases(text: NDArray[np.uint8], start: int, size: int) -> int:
    """Counts the bytes that are not A, C, G or T.

    Args:
        text: ``uint8``; `PADDING` bytes after the last must be readable.
        start: The index of the first byte.
        size: The number of bytes.
    """
    found = _ZERO
    left = np.uint64(size)
    at = np.uint64(start)
    while left:
        count = min(left, _WORD_WIDTH)
        found += count_ones(_others(text, at) & low_bits(count))
        at += count
        left -= count
    return int(found)


@inlined
def _next_other(text: NDArray[np.uint8], at: np.uint64, end: np.uint64) -> Word:
    """The index of the next byte that is not A, C, G or T; ``end`` if there is none."""
    while at < end:
        others = _others(text, at)
        if others != _ZERO:
            return min(end, at + trailing_zeros(others))
        at += _WORD_WIDTH
    return end


@inlined
def _put(out: NDArray[np.uint8], to: np.uint64, value: np.uint64, count: np.uint64) -> Word:
    """Writes a number in ``count`` bytes, the lowest first."""
    for _place in range(count):
        out[to] = value & _BYTE
        value >>= _EIGHT
        to += _ONE
    return to


@inlined
def _put_block_header(
    out: NDArray[np.uint8], to: np.uint64, kind: np.uint64, size: np.uint64, last: bool
) -> Word:
    value = size << _THREE | kind << _ONE
    if last:
        value |= _ONE
    return _put(out, to, value, _THREE)


@inlined
def _put_raw(
    text: NDArray[np.uint8],
    at: np.uint64,
    stop: np.uint64,
    out: NDArray[np.uint8],
    to: np.uint64,
    last: bool,
) -> Word:
    """Writes a raw block."""
    to = _put_block_header(out, to, _RAW, stop - at, last)
    for index in range(at, stop):
        out[to] = text[index]
        to += _ONE
    return to


@inlined
def _packed(word: np.uint64) -> Word:
    """The codes of eight bases in 16 bits; those of the first four are the higher byte."""
    codes = (word >> _ONE) & _CODES  # A 0, C 1, T 2, G 3
    codes ^= (codes >> _ONE) & _CODE_LOWS  # G 2, T 3
    first = (codes & _GROUP) * _GATHER >> _GATHERED & _BYTE
    last = (codes >> _HALF) * _GATHER >> _GATHERED & _BYTE
    return first << _EIGHT | last


@inlined
def _put_stream(
    text: NDArray[np.uint8], at: np.uint64, count: np.uint64, out: NDArray[np.uint8], to: np.uint64
) -> Word:
    """Writes the codes of bases from the last to the first, and the bit that marks the end."""
    end = at + count
    while end >= at + _EIGHT:
        end -= _EIGHT
        both = _packed(load_word(text, end))
        out[to] = both & _BYTE
        out[to + _ONE] = both >> _EIGHT
        to += _TWO
    left = end - at
    value = _ONE << (_TWO * left)
    for index in range(left):
        codes = (np.uint64(text[at + index]) >> _ONE) & _THREE
        value |= (codes ^ codes >> _ONE) << (_TWO * (left - _ONE - index))
    size = (_TWO * left) // _EIGHT + _ONE
    return _put(out, to, value, size)


@inlined
def _stream_bytes(count: np.uint64) -> Word:
    return count // _FOUR + _ONE


@inlined
def _put_tree(out: NDArray[np.uint8], to: np.uint64) -> Word:
    """Writes the weights of a Huffman tree in which A, C, G and T have codes of two bits."""
    out[to] = np.uint64(127) + _WEIGHTS
    to += _ONE
    for pair in range(_WEIGHTS // _TWO):
        value = _ZERO
        for half in range(_TWO):
            byte = _TWO * pair + half
            if byte == np.uint64(_A) or byte == np.uint64(_C) or byte == np.uint64(_G):
                value |= _ONE << (_FOUR * (_ONE - half))
        out[to] = value
        to += _ONE
    return to


@inlined
def _put_packed(
    text: NDArray[np.uint8],
    at: np.uint64,
    stop: np.uint64,
    out: NDArray[np.uint8],
    to: np.uint64,
    last: bool,
    with_tree: bool,
) -> Word:
    """Writes a compressed block of four streams."""
    count = stop - at
    quarter = (count + _THREE) // _FOUR
    streams = _THREE * _stream_bytes(quarter) + _stream_bytes(count - _THREE * quarter)
    size = streams + _JUMPS
    kind = _AS_BEFORE
    if with_tree:
        size += _TREE
        kind = _WITH_TREE
    to = _put_block_header(out, to, _COMPRESSED, size + np.uint64(6), last)
    head = kind | _FOUR_STREAMS << _TWO | count << _FOUR | size << np.uint64(22)
    to = _put(out, to, head, np.uint64(5))
    if with_tree:
        to = _put_tree(out, to)
    for _stream in range(_THREE):
        to = _put(out, to, _stream_bytes(quarter), _TWO)
    for stream in range(_FOUR):
        begin = at + stream * quarter
        to = _put_stream(text, begin, min(quarter, stop - begin), out, to)
    out[to] = _ZERO  # the number of sequences
    return to + _ONE


@kernel(writes=("out",))
def put_bases(
    text: NDArray[np.uint8], begin: int, start: int, size: int, out: NDArray[np.uint8]
) -> int:
    """Writes a zstd frame in which A, C, G and T take two bits each.

    Args:
        text: ``uint8``; `PADDING` bytes after the last base must be readable.
        begin: The index of the first byte; the bytes up to ``start`` are stored raw.
        start: The index of the first base.
        size: The number of bases. Each that is not A, C, G or T costs about 20 bytes.
        out: Output, ``uint8``, of `bases_room` bytes.

    Returns:
        The number of bytes written.
    """
    at = np.uint64(begin)
    first = np.uint64(start)
    end = first + np.uint64(size)
    to = _put(out, _ZERO, _MAGIC, _FOUR)
    to = _put(out, to, _DESCRIPTOR, _ONE)
    to = _put(out, to, _WINDOW, _ONE)
    to = _put(out, to, end - at, _FOUR)
    while at < first:
        stop = min(first, at + _LARGEST)
        to = _put_raw(text, at, stop, out, to, stop == end)
        at = stop
    with_tree = True
    while at < end:
        most = min(end, at + _LARGEST)
        stop = _next_other(text, at, most)
        if stop - at >= _SHORTEST:
            to = _put_packed(text, at, stop, out, to, stop == end, with_tree)
            with_tree = False
        else:
            while stop < most:
                after = stop + _ONE
                stop = _next_other(text, after, most)
                if stop - after >= _SHORTEST:
                    stop = after
                    break
            to = _put_raw(text, at, stop, out, to, stop == end)
        at = stop
    return int(to)
