"""Where the blocks of a BGZF file begin and end.

Source: the SAM specification, section 4.1.
"""

from __future__ import annotations

import struct
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from biometal_stream.codecs.damage import AGAIN, truncated
from biometal_stream.codecs.detect import GZIP, block_header, block_size
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput

READ = 512 * 1024
"""Bytes of compressed input read at a time: room for several of the largest blocks."""
LARGEST_BLOCK = 1 << 16
"""The most bytes of a block, both inflated and compressed."""

_TRAILER = struct.Struct("<II")  # CRC32 and ISIZE


class Block(NamedTuple):
    """A block of the file.

    Attributes:
        deflated: Its DEFLATE data.
        crc: The CRC32 of the inflated bytes.
        size: The number of inflated bytes.
        offset: Where the block begins in the file.
    """

    deflated: memoryview
    crc: int
    size: int
    offset: int


class BadBlockError(ValueError):
    """A block's header or trailer is impossible."""


def block_at(data: memoryview, at: int, size: int, offset: int) -> Block:
    """Splits a block into its data and its trailer.

    Args:
        data: A buffer that holds the whole block.
        at: Where the block begins in the buffer.
        size: The block's compressed size in bytes, from `block_size`.
        offset: Where the block begins in the file.

    Raises:
        BadBlockError: The header or the trailer is impossible.
    """
    header = block_header(data, at)
    if size < header + _TRAILER.size:
        raise BadBlockError(f"the BGZF block at byte {offset} declares a size of {size} bytes")
    end = at + size - _TRAILER.size
    crc, inflated = _TRAILER.unpack_from(data, end)
    if inflated > LARGEST_BLOCK:
        raise BadBlockError(f"the BGZF block at byte {offset} declares a length above 64 KiB")
    return Block(data[at + header : end], crc, inflated, offset)


def _allocate() -> memoryview:
    """Memory for `READ` bytes from Arrow's pool, whose pages are mapped already."""
    return memoryview(pa.allocate_buffer(READ)).cast("B")


class BlockCutter:
    """Reads an input and cuts it into blocks by their headers.

    Attributes:
        blocks: The blocks that were cut and not yet taken.
        ended: Whether `read` has reached the end of the input.
        failure: What is wrong with the data after these blocks, if anything.
        left: Whether the next gzip member is not a block; the input then stands at its start.
        marked: Whether the last block was empty, which marks the end of a file.
    """

    def __init__(self, raw: RawInput) -> None:
        self.blocks: deque[Block] = deque()
        self.ended = False
        self.failure: CompressedInputError | None = None
        self.left = False
        self.marked = False
        self._raw = raw
        self._buffer = _allocate()
        self._at = 0  # the first byte after the blocks cut so far
        self._filled = 0

    def read(self) -> None:
        """Reads once and cuts the blocks that are complete."""
        if READ - self._filled < LARGEST_BLOCK:
            # A new buffer: blocks that were cut still refer to the old one.
            rest = self._buffer[self._at : self._filled]
            self._buffer = _allocate()
            self._buffer[: len(rest)] = rest
            self._at, self._filled = 0, len(rest)
        count = self._raw.readinto(self._buffer[self._filled :])
        self._filled += count
        self._cut(self._buffer[: self._filled], self._raw.offset - self._filled, last=count == 0)

    def _cut(self, data: memoryview, offset: int, *, last: bool) -> None:
        at = self._at
        while at < len(data):
            size = block_size(data, at)
            if not size:
                if data[at] == 0:  # padding
                    at = len(data) - len(bytes(data[at:]).lstrip(b"\0"))
                    continue
                head = bytes(data[at : at + len(GZIP)])
                if not GZIP.startswith(head):
                    self._fail(f"the data at byte {offset + at}, after a BGZF block, is not gzip")
                    return
                if size == 0:
                    self._raw.replay(bytes(data[at:]))
                    self.ended = self.left = True
                    return
            if size is None or at + size > len(data):
                break
            try:
                block = block_at(data, at, size, offset + at)
            except BadBlockError as error:
                self._fail(str(error))
                return
            self.blocks.append(block)
            self.marked = block.size == 0
            at += size
        self._at = at
        self.ended = last
        if last and at < len(data):
            block_start = f"the BGZF block that begins at byte {offset + at}"
            self.failure = truncated(self._raw.name, block_start, offset + len(data))

    def _fail(self, reason: str) -> None:
        self.ended = True
        self.failure = CompressedInputError(
            f"{self._raw.name}: {reason}; the file is corrupt, or data was appended to it: {AGAIN}"
        )
