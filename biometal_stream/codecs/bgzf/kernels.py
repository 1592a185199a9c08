"""The compiled loops over the blocks of BGZF that is read.

Source of the layout: the SAM specification, section 4.1.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from biometal_stream.codecs.libraries.calls import SHORT_OUTPUT, crc32, inflate
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.foreign import address_of
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Word

BlockTable: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.uint64]]
"""The type of a table of blocks, (blocks, `COLUMNS`)."""

DATA, DEFLATED, CRC, SIZE, OFFSET = range(5)
"""The columns: the address of a block's DEFLATE data and its size in bytes, the CRC32 and the size
of its text, and the offset of the block in the file."""
COLUMNS = 5

CUT, FULL, FOREIGN, JUNK, TOO_SMALL, TOO_LONG = range(6)
"""Why `cut_blocks` stops: no other block is complete, the table is full, or what follows is another
gzip member, is not gzip, is a block that declares too small a size or too long a text."""

GOOD, BAD_DATA, BAD_SIZE, BAD_CRC = range(4)
"""What is wrong with a block, as `inflate_blocks` finds it."""

LARGEST_BLOCK = 1 << 16
"""The most bytes of a block, both inflated and compressed."""

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_FIXED_HEADER = np.uint64(12)
_EXTRA_LENGTH = np.uint64(10)
_SUBFIELD_HEADER = np.uint64(4)
_SUBFIELD = np.uint64(6)
_TRAILER = np.uint64(8)
_UNDECIDED = np.uint64(1 << 63)
_LARGEST = np.uint64(LARGEST_BLOCK)
_GZIP = np.uint64(0x04088B1F)  # as a number, what a block begins with
_SIZE_FIELD = np.uint64(0x00024342)  # "BC", and a length of 2


@inlined
def _little_endian(data: Any, at: Any, count: int) -> Word:
    """The number in ``count`` bytes."""
    number = _ZERO
    for place in range(np.uint64(count)):
        number |= np.uint64(data[at + place]) << (np.uint64(8) * place)
    return number


@inlined
def _is_gzip(data: Any, at: Any, stop: Any) -> bool:
    """Whether data begins as gzip does, as far as it goes."""
    return data[at] == 0x1F and (at + _ONE == stop or data[at + _ONE] == 0x8B)


@inlined
def _block_size(data: Any, at: Any, stop: Any) -> Word:
    """As `biometal_stream.codecs.detect.block_size`; ``_UNDECIDED`` if more bytes are needed."""
    if stop - at < _FIXED_HEADER:
        return _UNDECIDED
    if _little_endian(data, at, 4) != _GZIP:
        return _ZERO
    field = at + _FIXED_HEADER
    end = field + _little_endian(data, at + _EXTRA_LENGTH, 2)
    if end > stop:
        return _UNDECIDED
    while field + _SUBFIELD <= end:
        if _little_endian(data, field, 4) == _SIZE_FIELD:
            return _little_endian(data, field + _SUBFIELD_HEADER, 2) + _ONE
        field += _SUBFIELD_HEADER + _little_endian(data, field + np.uint64(2), 2)
    return _ZERO


@kernel(writes=("table",))
def cut_blocks(
    data: NDArray[np.uint8], at: Word, offset: Word, table: BlockTable
) -> tuple[Word, Word, int, Word]:
    """Finds the blocks that are complete. NULs between them are padding.

    Args:
        data: (bytes,)
        at: The index to start at.
        offset: The offset in the file of ``data[0]``.
        table: Output.

    Returns:
        How many blocks were found, the index after them, why no more (`CUT` and so on), and the
        bytes of their text.
    """
    stop = np.uint64(len(data))
    count = all_text = _ZERO
    while at < stop:
        size = _block_size(data, at, stop)
        if size in (_ZERO, _UNDECIDED):
            if data[at] == 0:
                while at < stop and data[at] == 0:
                    at += _ONE
                continue
            if not _is_gzip(data, at, stop):
                return count, at, JUNK, all_text
            return count, at, CUT if size else FOREIGN, all_text
        if at + size > stop:
            break
        header = _FIXED_HEADER + _little_endian(data, at + _EXTRA_LENGTH, 2)
        if size < header + _TRAILER:
            return count, at, TOO_SMALL, all_text
        trailer = at + size - _TRAILER
        text = _little_endian(data, trailer + np.uint64(4), 4)
        if text > _LARGEST:
            return count, at, TOO_LONG, all_text
        if count == np.uint64(len(table)):
            return count, at, FULL, all_text
        table[count, DATA] = address_of(data, at + header)
        table[count, DEFLATED] = trailer - at - header
        table[count, CRC] = _little_endian(data, trailer, 4)
        table[count, SIZE] = text
        table[count, OFFSET] = offset + at
        count += _ONE
        at += size
        all_text += text
    return count, at, CUT, all_text


@kernel
def count_fitting(table: BlockTable, room: Word) -> tuple[Word, Word]:
    """Counts the first blocks whose text fits in some bytes.

    Returns:
        The number of blocks, and the bytes of their text.
    """
    text = _ZERO
    for row in range(np.uint64(len(table))):
        size = table[row, SIZE]
        if text + size > room:
            return row, text
        text += size
    return np.uint64(len(table)), text


@kernel(writes=("target",))
def inflate_blocks(
    libdeflate: NDArray[np.uint64], table: BlockTable, target: NDArray[np.uint8]
) -> tuple[Word, Word, int]:
    """Inflates and checks blocks one after another.

    Args:
        libdeflate: From `biometal_stream.codecs.libraries.libdeflate.decompressor`.
        table: The blocks, whose data is in memory.
        target: Output, ``uint8``, (bytes of all texts or more,).

    Returns:
        How many blocks are good, the bytes of their text, and what is wrong with the next: `GOOD`
        if nothing.
    """
    to = _ZERO
    for row in range(np.uint64(len(table))):
        size = table[row, SIZE]
        text = address_of(target, to)
        fault = inflate(libdeflate, table[row, DATA], table[row, DEFLATED], text, size)
        if fault:
            return row, to, BAD_SIZE if fault == SHORT_OUTPUT else BAD_DATA
        if crc32(libdeflate, text, size) != table[row, CRC]:
            return row, to, BAD_CRC
        to += size
    return np.uint64(len(table)), to, GOOD
