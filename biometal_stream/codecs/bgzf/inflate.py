"""Inflates and checks blocks of BGZF, in any thread, without the GIL."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import deflate
import numpy as np
import pyarrow as pa

from biometal_stream.codecs.bgzf.kernels import (
    BAD_CRC,
    BAD_DATA,
    BAD_SIZE,
    GOOD,
    OFFSET,
    BlockTable,
    inflate_blocks,
)
from biometal_stream.codecs.copying import copy_unlocked
from biometal_stream.codecs.damage import corrupt
from biometal_stream.codecs.libraries.libdeflate import decompressor
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.codecs.bgzf.blocks import Blocks

_FAULTS = {
    BAD_DATA: "cannot be inflated",
    BAD_SIZE: "has a length mismatch (ISIZE)",
    BAD_CRC: "has a checksum mismatch (CRC32)",
}


def inflate_into(blocks: Blocks, name: str, target: memoryview) -> int:
    """Inflates and checks blocks one after another. Thread-safe.

    Args:
        blocks: The blocks.
        name: The file, for errors.
        target: Has room for all of them.

    Returns:
        The number of bytes written.

    Raises:
        CompressedInputError: A block is corrupt; the blocks before it are written.
    """
    room = np.frombuffer(target, np.uint8)
    # libdeflate's function for gzip would look for the trailer right after the DEFLATE data. If
    # a block declares too large a size, it would skip the rest without an error.
    library = decompressor()
    if library is None:
        good, written, fault = _inflate_each(blocks.table, room)
    else:
        good, written, fault = inflate_blocks(library, blocks.table, room)
    if fault != GOOD:
        block = f"the BGZF block at byte {blocks.table[good, OFFSET]}"
        damage = corrupt(name, f"{block} {_FAULTS[fault]}")
        damage.written = written
        raise damage
    return written


def inflated(blocks: Blocks, name: str) -> tuple[memoryview, CompressedInputError | None]:
    """Inflates and checks blocks. Thread-safe.

    Args:
        blocks: The blocks.
        name: The file, for errors.

    Returns:
        The text of the blocks up to the first corrupt one, and the error of that block.
    """
    target = memoryview(pa.allocate_buffer(max(1, blocks.text))).cast("B")
    try:
        return target[: inflate_into(blocks, name, target)], None
    except CompressedInputError as damage:
        return target[: damage.written], damage


def _inflate_each(table: BlockTable, target: NDArray[np.uint8]) -> tuple[int, int, int]:
    """As `inflate_blocks`, by the package ``deflate`` where it hides libdeflate's functions."""
    written = 0
    for row, (data, deflated, crc, size, _) in enumerate(table.tolist()):
        try:
            # Given room for 0 bytes, the package would not look at the data at all.
            text = deflate.deflate_decompress(ctypes.string_at(data, deflated), max(1, size))
        except deflate.DeflateError:
            return row, written, BAD_DATA
        if len(text) != size:
            return row, written, BAD_SIZE
        if deflate.crc32(text) != crc:
            return row, written, BAD_CRC
        copy_unlocked(text, target[written:].data)
        written += size
    return len(table), written, GOOD
