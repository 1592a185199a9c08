"""The compiled loops that make blocks of BGZF of text.

Source of the layout: the SAM specification, section 4.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometal_stream.codecs.libraries.calls import compress, compress_by_isal, crc32
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.foreign import address_of
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import equal_mask
from biometal_stream.simd.words import WIDTH, Word

BLOCK = 65_280
"""Bytes of text in a block, as in bgzip: even incompressible text stays within 64 KiB."""

_HEADER = 18
_TRAILER = 8
_STORED = 5  # bytes of DEFLATE before text that is stored
_SLACK = 1 << 15  # room for data of ISA-L that is larger than its text

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_EIGHT = np.uint64(8)
_NUL = np.uint8(0)
_STEP = np.uint64(WIDTH)
_BLOCK_BYTES = np.uint64(BLOCK)
_HEADER_BYTES = np.uint64(_HEADER)
_STORED_BYTES = np.uint64(_STORED)
_SLACK_BYTES = np.uint64(_SLACK)
_LOW = np.uint64(0xFFFF)
# DEFLATE, an extra field; no time; an unknown system, 6 bytes of "BC" and its 2.
_HEADER_START = np.uint64(int.from_bytes(b"\x1f\x8b\x08\x04\0\0\0\0", "little"))
_HEADER_END = np.uint64(int.from_bytes(b"\0\xff\6\0BC\2\0", "little"))


def room_for(size: int) -> Word:
    """The bytes of output that kernels need for text of a size."""
    return size + -(-size // BLOCK) * (_HEADER + _STORED + _TRAILER) + _SLACK


@inlined
def _put(out: Any, at: Any, number: Any, count: int) -> None:
    """Writes a number of ``count`` bytes."""
    for place in range(np.uint64(count)):
        out[at + place] = np.uint8(number >> (_EIGHT * place))


@inlined
def _store(text: Any, start: Any, size: Any, out: Any, at: Any) -> Word:
    """Makes DEFLATE data that holds text as it is; returns its bytes."""
    out[at] = np.uint8(1)
    _put(out, at + _ONE, size, 2)
    _put(out, at + np.uint64(3), size ^ _LOW, 2)
    at += _STORED_BYTES
    for place in range(size):
        out[at + place] = text[start + place]
    return size + _STORED_BYTES


@inlined
def _frame(
    libdeflate: Any, text: Any, start: Any, size: Any, out: Any, at: Any, packed: Any
) -> Word:
    """Writes a block's header and trailer, and the text as it is if its data is not smaller.

    Args:
        libdeflate: For the CRC32.
        text: The text.
        start: Where that of the block starts.
        size: Its bytes.
        out: Output, with the data after the room of the header.
        at: Where the block begins.
        packed: The bytes of the data; 0 if it could not be compressed.

    Returns:
        The index after the block.
    """
    if packed == _ZERO or packed > size + _STORED_BYTES:
        packed = _store(text, start, size, out, at + _HEADER_BYTES)
    end = at + _HEADER_BYTES + packed
    _put(out, at, _HEADER_START, 8)
    _put(out, at + _EIGHT, _HEADER_END, 8)
    _put(out, at + np.uint64(16), end + _EIGHT - at - _ONE, 2)
    _put(out, end, crc32(libdeflate, address_of(text, start), size), 4)
    _put(out, end + np.uint64(4), size, 4)
    return end + _EIGHT


@inlined
def _has_nul(text: Any, start: Any, stop: Any) -> bool:
    while start + _STEP <= stop:
        if equal_mask(text, start, _NUL):
            return True
        start += _STEP
    while start < stop:
        if text[start] == _NUL:
            return True
        start += _ONE
    return False


@kernel(writes=("stream", "out"))
def pack_blocks(
    isal: NDArray[np.uint64],
    stream: NDArray[np.uint64],
    libdeflate: NDArray[np.uint64],
    text: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> Word:
    """Compresses text to blocks, by ISA-L or by libdeflate.

    Args:
        isal: `Stream.functions` of `biometal_stream.codecs.libraries.isal`. If it is empty,
            libdeflate compresses all blocks, otherwise only those with a NUL.
        stream: `Stream.memory`.
        libdeflate: From `biometal_stream.codecs.libraries.libdeflate.compressor`.
        text: (bytes,)
        out: Output, ``uint8``, (`room_for` the text,).

    Returns:
        The bytes of the blocks.
    """
    start = at = _ZERO
    stop = np.uint64(len(text))
    while start < stop:
        size = min(stop - start, _BLOCK_BYTES)
        source, data = address_of(text, start), address_of(out, at + _HEADER_BYTES)
        if len(isal) == 0 or _has_nul(text, start, start + size):
            packed = compress(libdeflate, source, size, data, size + _STORED_BYTES)
        else:
            packed = compress_by_isal(isal, stream, source, size, data, size + _SLACK_BYTES)
        at = _frame(libdeflate, text, start, size, out, at, packed)
        start += size
    return at
