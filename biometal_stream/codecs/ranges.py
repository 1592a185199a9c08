"""Ranges of a file: the text from one virtual offset to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Divisible: TypeAlias = Literal["plain", "bgzf", "rapidgzip"]
"""The codecs whose files can be read from the middle."""


@dataclass(frozen=True, order=True)
class VirtualOffset:
    """Where a byte of text is in a file.

    Attributes:
        byte: For plain text the byte's offset in the file. For BGZF the offset of its block. For
            gzip with an index the approximate offset in the compressed file, only for progress.
        within: For BGZF the byte's offset in the text of its block, for gzip with an index its
            offset in the text of the file.
    """

    byte: int
    within: int = 0


@dataclass(frozen=True)
class FileRange:
    """A range of a file; `open_file_range` opens it where it is read.

    Attributes:
        path: The file's absolute path.
        name: The file's name in messages.
        size: Its size in bytes when it was divided.
        codec: How it is compressed; ``None`` for a whole file of any codec.
        start: Where the text starts; ``None`` for the start of the file.
        stop: Where the text stops; ``None`` for the end of the file.
        crc: For gzip with an index the CRC32 of the text; other codecs have their own checksums.
    """

    path: str
    name: str
    size: int
    codec: Divisible | None = None
    start: VirtualOffset | None = None
    stop: VirtualOffset | None = None
    crc: int | None = None

    @property
    def first_byte(self) -> int:
        """Offset in the file of the first byte that counts towards this range."""
        return 0 if self.start is None else self.start.byte

    @property
    def stop_byte(self) -> int:
        """Offset in the file after the last byte that counts towards this range."""
        return self.size if self.stop is None else self.stop.byte

    @property
    def whole(self) -> bool:
        """Whether this is the whole file."""
        return self.start is None and self.stop is None
