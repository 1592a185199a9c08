"""Text from the middle of a file, with the virtual offset of each of its bytes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from biometal_stream.codecs.ranges import VirtualOffset

if TYPE_CHECKING:
    from io import FileIO

_STEP = 1 << 16
_LARGEST_STEP = 1 << 22  # when skipping text


class Excerpt(Protocol):
    """Text of a file from some byte on, read as far as needed. For use by one thread.

    Attributes:
        text: The text read so far.
        exhausted: Whether no more can be read.
        at_end: Whether the text goes to the end of the file.
        reach: The offset in the file after the last byte read.
    """

    text: bytearray
    exhausted: bool
    at_end: bool
    reach: int

    def read(self) -> None:
        """Reads a little more.

        Raises:
            OSError: The system reports an error.
        """

    def forget(self, count: int) -> None:
        """Drops the first bytes of the text; indices then count from the rest."""

    def position(self, index: int) -> VirtualOffset:
        """The virtual offset of a byte of the text."""


class PlainExcerpt:
    """An `Excerpt` of uncompressed text.

    Args:
        file: The file; its position is neither used nor moved.
        byte: Offset to start at.
    """

    def __init__(self, file: FileIO, byte: int) -> None:
        self.text = bytearray()
        self.exhausted = self.at_end = False
        self.reach = byte
        self._file = file
        self._first = byte
        self._step = _STEP

    def read(self) -> None:
        """As `Excerpt.read`; doubles the size each time."""
        data = os.pread(self._file.fileno(), self._step, self.reach)
        self.text += data
        self.reach += len(data)
        self.exhausted = self.at_end = not data
        self._step *= 2

    def forget(self, count: int) -> None:
        """As `Excerpt.forget`."""
        del self.text[:count]
        self._first += count
        self._step = min(self._step, _LARGEST_STEP)

    def position(self, index: int) -> VirtualOffset:
        """As `Excerpt.position`."""
        return VirtualOffset(self._first + index)
