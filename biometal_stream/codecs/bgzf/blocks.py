"""Where the blocks of a BGZF file begin and end.

Source: the SAM specification, section 4.1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

READ = 512 * 1024
"""Bytes of compressed input read at a time: room for several of the largest blocks."""
_MOST = 1024  # blocks of one table


@dataclass(frozen=True)
class Blocks:
    """Blocks of a file, in order, still compressed.

    Attributes:
        table: See `biometal_stream.codecs.bgzf.kernels`.
        text: The bytes of their text.
        memory: The arrays that the addresses of the table point into.
    """

    table: BlockTable
    text: int
    memory: tuple[NDArray[np.uint8], ...]

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def joined(cls, pieces: list[Blocks]) -> Blocks:
        """Blocks of several reads as one table."""
        if len(pieces) == 1:
            return pieces[0]
        tables = [piece.table for piece in pieces] or [np.empty((0, COLUMNS), np.uint64)]
        memory = [array for piece in pieces for array in piece.memory]
        return cls(np.concatenate(tables), sum(piece.text for piece in pieces), tuple(memory))


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
    count, _, _ = cut_blocks(memory, np.uint64(0), np.uint64(offset), table)
    return (Blocks(table, int(table[0, SIZE]), (memory,)), size) if count else None


class WaitingBlocks:
    """Blocks that were cut and not yet taken, in order.

    Attributes:
        text: The bytes of their text.
    """

    def __init__(self) -> None:
        self.text = 0
        self._pieces: deque[Blocks] = deque()

    def __len__(self) -> int:
        return sum(map(len, self._pieces))

    def append(self, blocks: Blocks) -> None:
        """Adds blocks at the end."""
        self._pieces.append(blocks)
        self.text += blocks.text

    def take(self, most: int, room: int) -> Blocks:
        """Takes the first blocks.

        Args:
            most: The most blocks.
            room: The most bytes of their text.
        """
        taken: list[Blocks] = []
        for piece in self._first(most):
            count, text = count_fitting(piece.table, np.uint64(room))
            if count < len(piece):
                rest = Blocks(piece.table[count:], piece.text - text, piece.memory)
                self._pieces.appendleft(rest)
                taken.append(Blocks(piece.table[:count], text, piece.memory))
                break
            taken.append(piece)
            room -= text
        blocks = Blocks.joined(taken)
        self.text -= blocks.text
        return blocks

    def put_back(self, blocks: Blocks) -> None:
        """Puts blocks back before the others."""
        self._pieces.appendleft(blocks)
        self.text += blocks.text

    def _first(self, most: int) -> Iterable[Blocks]:
        """Takes pieces with at most ``most`` blocks in all."""
        while self._pieces and most:
            piece = self._pieces.popleft()
            if len(piece) > most:
                first, rest = piece.table[:most], piece.table[most:]
                text = int(first[:, SIZE].sum())
                self._pieces.appendleft(Blocks(rest, piece.text - text, piece.memory))
                piece = Blocks(first, text, piece.memory)
            most -= len(piece)
            yield piece


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
        self.blocks = WaitingBlocks()
        self.ended = False
        self.failure: CompressedInputError | None = None
        self.left = False
        self.marked = False
        self._raw = raw
        self._table = np.empty((_MOST, COLUMNS), np.uint64)
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
        at, table, why = self._at, self._table, FULL
        while why == FULL:
            count, at, why = cut_blocks(data, np.uint64(at), np.uint64(offset), table)
            if count:
                found = table[:count].copy()
                self.blocks.append(Blocks(found, int(found[:, SIZE].sum()), (data,)))
                self.marked = not found[-1, SIZE]
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
