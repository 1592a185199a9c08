"""Where the blocks of a BGZF file begin and end.

Source: the SAM specification, section 4.1.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from biometal_stream.codecs.bgzf.kernels import (
    COLUMNS,
    FOREIGN,
    FULL,
    JUNK,
    LARGEST_BLOCK,
    SIZE,
    TOO_LONG,
    TOO_SMALL,
    BlockTable,
    count_fitting,
    cut_blocks,
)
from biometal_stream.codecs.damage import AGAIN, truncated
from biometal_stream.codecs.detect import block_size
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.codecs.raw.input import RawInput

READ = 1 << 20
"""Bytes of compressed input read at a time: about what the workers inflate in one job."""
_ROWS = 1024


class Blocks(NamedTuple):
    """Blocks of a file, in order, still compressed.

    Attributes:
        table: See `biometal_stream.codecs.bgzf.kernels`.
        text: The bytes of their text.
        memory: The arrays that the addresses of the table point into.
    """

    table: BlockTable
    text: int
    memory: tuple[NDArray[np.uint8], ...]


def first_block(data: bytes | memoryview, offset: int) -> tuple[Blocks, int] | None:
    """Finds the block that data begins with.

    Args:
        data: The data.
        offset: Its offset in the file.

    Returns:
        The block, and its bytes with header and trailer; ``None`` if there is no whole block.
    """
    size = block_size(data)
    if not size or size > len(data):
        return None
    table = np.empty((1, COLUMNS), np.uint64)
    memory = np.frombuffer(data, np.uint8, size)
    count, _, _, text = cut_blocks(memory, np.uint64(0), np.uint64(offset), table)
    return (Blocks(table, text, (memory,)), size) if count else None


class WaitingBlocks:
    """Blocks that were cut and not yet taken, in order.

    Attributes:
        text: The bytes of their text.
        marked: Whether the last block was empty, which marks the end of a file.
    """

    def __init__(self) -> None:
        self.text = 0
        self.marked = False
        self._table = np.empty((_ROWS, COLUMNS), np.uint64)
        self._first = self._stop = 0  # the rows of the blocks that wait
        self._memory: deque[tuple[NDArray[np.uint8], int]] = deque()  # and the row after its last

    def __len__(self) -> int:
        return self._stop - self._first

    def cut(self, data: NDArray[np.uint8], at: int, offset: int) -> tuple[int, int]:
        """Adds the blocks of a buffer that are complete.

        Args:
            data: The buffer.
            at: The index to start at.
            offset: The offset in the file of the buffer's first byte.

        Returns:
            As `cut_blocks`, the index after the blocks, and why there are no more.
        """
        why, before = FULL, self._stop
        while why == FULL:
            room = self._table[self._stop :]
            count, at, why, text = cut_blocks(data, np.uint64(at), np.uint64(offset), room)
            self._stop += count
            self.text += text
            if why == FULL:
                before -= self._make_room()
        if self._stop > before:
            self._memory.append((data, self._stop))
            self.marked = not self._table[self._stop - 1, SIZE]
        return at, why

    def _make_room(self) -> int:
        """Moves the rows to the start of a table with room for more; returns how far."""
        moved = self._first
        rows = self._table[moved : self._stop]
        self._table = np.empty((2 * len(rows) + _ROWS, COLUMNS), np.uint64)
        self._table[: len(rows)] = rows
        self._first, self._stop = 0, len(rows)
        self._memory = deque((array, stop - moved) for array, stop in self._memory)
        return moved

    def fitting(self, most: int, room: int) -> tuple[int, int]:
        """Counts the first blocks whose text fits in some bytes.

        Args:
            most: The most blocks.
            room: The most bytes of their text.

        Returns:
            The number of blocks, and the bytes of their text.
        """
        stop = min(self._stop, self._first + most)
        return count_fitting(self._table[self._first : stop], np.uint64(room))

    def take(self, count: int, text: int) -> Blocks:
        """Takes the first blocks, as `fitting` has counted them."""
        stop = self._first + count
        table = self._table[self._first : stop].copy()
        memory = tuple(array for array, _ in self._memory)
        while self._memory and self._memory[0][1] <= stop:
            self._memory.popleft()
        self._first = stop
        self.text -= text
        return Blocks(table, text, memory)


class BlockCutter:
    """Reads an input and cuts it into blocks by their headers.

    Attributes:
        blocks: The blocks that were cut and not yet taken.
        ended: Whether `read` has reached the end of the input.
        failure: What is wrong with the data after these blocks, if anything.
        left: Whether the next gzip member is not a block; the input then stands at its start.
    """

    def __init__(self, raw: RawInput) -> None:
        self.blocks = WaitingBlocks()
        self.ended = False
        self.failure: CompressedInputError | None = None
        self.left = False
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
        count = self._raw.readinto(self._buffer.data[self._filled :])
        self._filled += count
        self._cut(self._buffer[: self._filled], last=count == 0)

    def _cut(self, data: NDArray[np.uint8], *, last: bool) -> None:
        offset = self._raw.offset - len(data)
        at, why = self.blocks.cut(data, self._at, offset)
        self._at = at
        self.ended = last or why in _FAULTS or why == FOREIGN
        if why in _FAULTS:
            self._fail(_FAULTS[why].format(at=offset + at, size=block_size(data.data, at)))
        elif why == FOREIGN:
            self.left = True
            self._raw.replay(data[at:].tobytes())
        elif last and at < len(data):
            block_start = f"the BGZF block that begins at byte {offset + at}"
            self.failure = truncated(self._raw.name, block_start, offset + len(data))

    def _fail(self, reason: str) -> None:
        self.failure = CompressedInputError(
            f"{self._raw.name}: {reason}; the file is corrupt, or data was appended to it: {AGAIN}"
        )


_FAULTS = {
    JUNK: "the data at byte {at}, after a BGZF block, is not gzip",
    TOO_SMALL: "the BGZF block at byte {at} declares a size of {size} bytes",
    TOO_LONG: "the BGZF block at byte {at} declares a length above 64 KiB",
}


def _allocate() -> NDArray[np.uint8]:
    """Memory for `READ` bytes from Arrow's pool, whose pages are mapped already."""
    return np.frombuffer(pa.allocate_buffer(READ), np.uint8)
