"""Text from the middle of a BGZF file, with the virtual offset of each of its bytes.

Source of the layout: the SAM specification, section 4.1.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from typing import TYPE_CHECKING

from biometal_stream.codecs.bgzf.blocks import first_block
from biometal_stream.codecs.bgzf.inflate import inflated
from biometal_stream.codecs.bgzf.kernels import LARGEST_BLOCK
from biometal_stream.codecs.detect import GZIP, block_size
from biometal_stream.codecs.ranges import VirtualOffset

if TYPE_CHECKING:
    from io import FileIO

_STEP = 1 << 16
_AHEAD = 4 * LARGEST_BLOCK
"""Bytes of compressed input read at a time: a few blocks."""
_BEGINNING = GZIP + b"\x08\x04"


class BgzfExcerpt:
    """An `Excerpt` of BGZF, from the first block that begins at or after a byte.

    A block is recognized by its header, by DEFLATE data that inflates to the length and the CRC32
    in its trailer, and by what follows: another block or the end of the file. Only BGZF inside
    BGZF could look like that in the middle of a block, and it does not contain reads.

    The excerpt ends at anything that is not a valid block.

    Args:
        file: The file; its position is neither used nor moved.
        byte: Offset to start at.
    """

    def __init__(self, file: FileIO, byte: int) -> None:
        self.text = bytearray()
        self.exhausted = self.at_end = False
        self._file = file
        self._ahead = memoryview(b"")
        self._ahead_at = byte
        self._starts: list[int] = []  # where blocks start in the text
        self._blocks: list[int] = []  # where they start in the file
        self.reach = byte
        if byte:
            self._find()

    def _find(self) -> None:
        window = self._look(self.reach, 2 * LARGEST_BLOCK)
        data = bytes(window[: LARGEST_BLOCK + len(_BEGINNING) - 1])
        at = data.find(_BEGINNING)
        while at >= 0:
            found = self._block(self.reach + at)
            if found is not None and self._goes_on(self.reach + at + found[1]):
                self.reach += at
                return
            at = data.find(_BEGINNING, at + 1)
        self.exhausted = True
        self.at_end = len(window) == 0

    def _goes_on(self, byte: int) -> bool:
        head = self._look(byte, _STEP)
        return not head or block_size(head) != 0

    def _look(self, byte: int, count: int) -> memoryview:
        """Returns bytes of the file, fewer at its end."""
        at = byte - self._ahead_at
        if at < 0 or at + count > len(self._ahead):
            self._ahead = memoryview(os.pread(self._file.fileno(), max(count, _AHEAD), byte))
            self._ahead_at, at = byte, 0
        return self._ahead[at : at + count]

    def _block(self, byte: int) -> tuple[memoryview, int] | None:
        """Returns the text of the block at a byte, and the block's size in the file."""
        found = first_block(self._look(byte, LARGEST_BLOCK), byte)
        if found is None:
            return None
        block, size = found
        text, damage = inflated(block, "")
        return None if damage else (text, size)

    def read(self) -> None:
        """As `Excerpt.read`: one block with text."""
        while not self.exhausted:
            found = self._block(self.reach)
            if found is None:
                self.exhausted = True
                self.at_end = not self._look(self.reach, 1)
                return
            text, size = found
            if text:
                self._starts.append(len(self.text))
                self._blocks.append(self.reach)
                self.text += text
            self.reach += size
            if text:
                return

    def forget(self, count: int) -> None:
        """As `Excerpt.forget`."""
        del self.text[:count]
        kept = max(0, bisect_right(self._starts, count) - 1)
        self._starts = [start - count for start in self._starts[kept:]]
        self._blocks = self._blocks[kept:]

    def position(self, index: int) -> VirtualOffset:
        """As `Excerpt.position`."""
        block = bisect_right(self._starts, index) - 1
        return VirtualOffset(self._blocks[block], index - self._starts[block])
