"""Some text out of the middle of a file, with the place of each byte of it.

Source of the layout of BGZF: the SAM specification, section 4.1.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from typing import TYPE_CHECKING, Protocol

from biometal_stream.codecs.bgzf.blocks import LARGEST_BLOCK, BadBlockError, block_at
from biometal_stream.codecs.bgzf.reader import inflate
from biometal_stream.codecs.detect import GZIP, block_size
from biometal_stream.codecs.ranges import VirtualOffset
from biometal_stream.codecs.unchanged import CHANGED
from biometal_stream.errors import CompressedInputError, InputError

if TYPE_CHECKING:
    from io import FileIO

    from biometal_stream.codecs.ranges import FileRange

_STEP = 1 << 16
_AHEAD = 4 * LARGEST_BLOCK
"""Compressed bytes that are read at a time: a few blocks."""
_BEGINNING = GZIP + b"\x08\x04"


class Excerpt(Protocol):
    """Text of a file from some place on, of which more can be read. Belongs to one thread.

    Attributes:
        text: What is read so far.
        exhausted: Whether no more can be read.
        at_end: Whether the text goes to the end of the file.
        reach: The byte of the file up to which is read.
    """

    text: bytearray
    exhausted: bool
    at_end: bool
    reach: int

    def read(self) -> None:
        """Reads a little more.

        Raises:
            OSError: The system refuses.
        """

    def position(self, index: int) -> VirtualOffset:
        """The place of a byte of the text."""


class PlainExcerpt:
    """As `Excerpt`, of text that is not compressed.

    Args:
        file: The file, which is read at its places, whatever its own place is.
        byte: Where to begin.
    """

    def __init__(self, file: FileIO, byte: int) -> None:
        self.text = bytearray()
        self.exhausted = self.at_end = False
        self.reach = byte
        self._file = file
        self._first = byte
        self._step = _STEP

    def read(self) -> None:
        """As `Excerpt.read`; twice as much each time."""
        data = os.pread(self._file.fileno(), self._step, self.reach)
        self.text += data
        self.reach += len(data)
        self.exhausted = self.at_end = not data
        self._step *= 2

    def position(self, index: int) -> VirtualOffset:
        """As `Excerpt.position`."""
        return VirtualOffset(self._first + index)


class BgzfExcerpt:
    """As `Excerpt`, of BGZF; from the first block that begins at a byte or behind it.

    A block is known by its header, by DEFLATE data that inflate to the length and the CRC32 of
    its trailer, and by what follows it: one more block, or the end of the file. Bytes in the
    middle of a block that look so can only be those of BGZF within BGZF, which holds no FASTQ.

    What is no block, or a bad one, ends the excerpt.

    Args:
        file: The file, which is read at its places, whatever its own place is.
        byte: Where to begin.
    """

    def __init__(self, file: FileIO, byte: int) -> None:
        self.text = bytearray()
        self.exhausted = self.at_end = False
        self._file = file
        self._ahead = memoryview(b"")
        self._ahead_at = byte
        self._starts: list[int] = []  # where blocks start in the text
        self._blocks: list[int] = []  # and in the file
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
        """Bytes of the file; fewer at its end."""
        at = byte - self._ahead_at
        if at < 0 or at + count > len(self._ahead):
            self._ahead = memoryview(os.pread(self._file.fileno(), max(count, _AHEAD), byte))
            self._ahead_at, at = byte, 0
        return self._ahead[at : at + count]

    def _block(self, byte: int) -> tuple[bytearray, int] | None:
        """The text of the block at a byte, and its compressed bytes."""
        data = self._look(byte, LARGEST_BLOCK)
        size = block_size(data)
        if not size or size > len(data):
            return None
        try:
            return inflate(block_at(data, 0, size, byte), ""), size
        except (BadBlockError, CompressedInputError):
            return None

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

    def position(self, index: int) -> VirtualOffset:
        """As `Excerpt.position`."""
        block = bisect_right(self._starts, index) - 1
        return VirtualOffset(self._blocks[block], index - self._starts[block])


def read_block(part: FileRange, byte: int) -> tuple[memoryview, int]:
    """Inflates the block of a BGZF file that begins at a byte.

    Returns:
        Its text, and the byte of the file behind it.

    Raises:
        InputError: There is none: the file has changed.
        CompressedInputError: It is corrupt.
    """
    try:
        with open(part.path, "rb", buffering=0) as file:  # noqa: PTH123 - the path may be text
            data = memoryview(os.pread(file.fileno(), LARGEST_BLOCK, byte))
    except OSError as error:
        raise InputError(f"{part.name}: cannot be opened: {error.strerror}") from error
    size = block_size(data)
    if not size or size > len(data):
        raise InputError(f"{part.name}: {CHANGED}")
    try:
        block = block_at(data, 0, size, byte)
    except BadBlockError as error:
        raise InputError(f"{part.name}: {CHANGED}") from error
    return memoryview(inflate(block, part.name)), byte + size
