"""Parts of a file: the text from one place in it to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from biometal_stream.codecs.open import OpenedInput, open_input
from biometal_stream.codecs.raw import open_range, open_whole

if TYPE_CHECKING:
    from biometal_stream.codecs.reader import ByteReader
    from biometal_stream.interfaces import Run

Divisible: TypeAlias = Literal["plain", "bgzf", "rapidgzip"]
"""The codecs of which a part can be read without what comes before it."""


@dataclass(frozen=True, order=True)
class VirtualOffset:
    """A place in the text of a file.

    Attributes:
        byte: Of plain text the byte's place in the file. Of BGZF that of its block, and of gzip
            with an index about where the byte is compressed, which only serves to count.
        within: Of BGZF the bytes of the block's text before it, of gzip with an index those of
            the file's text.
    """

    byte: int
    within: int = 0


@dataclass(frozen=True)
class FileRange:
    """A part of a file, which is opened where it is read.

    Attributes:
        path: The file's path, absolute.
        name: How messages call the file.
        size: Its bytes when it was divided.
        codec: How it is compressed; ``None`` where this is all of the file, of any codec.
        start: Where the text starts; ``None`` for the file's beginning.
        stop: Where it stops; ``None`` for the file's end.
        crc: Of gzip with an index the CRC32 of the text; of all else the file has check sums.
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
        """The byte of the file from which on bytes are counted as this part's."""
        return 0 if self.start is None else self.start.byte

    @property
    def stop_byte(self) -> int:
        """The byte up to which they are."""
        return self.size if self.stop is None else self.stop.byte

    @property
    def whole(self) -> bool:
        """Whether this is all of the file."""
        return self.start is None and self.stop is None

    def open(self, run: Run) -> ByteReader:
        """Opens the file to read the text of this part.

        Raises:
            InputError: It cannot be read, or is no longer what was divided.
        """
        if self.whole:
            return open_input(open_whole(self.path, self.name, self.size), run)
        if self.codec == "rapidgzip":
            from biometal_stream.codecs.gzip.indexed import IndexedReader

            return IndexedReader(self, run)
        if self.codec == "bgzf":
            from biometal_stream.codecs.bgzf.ranges import BgzfRangeReader

            return BgzfRangeReader(self, run)
        raw = open_range(self.path, self.name, self.first_byte, self.stop_byte, self.size)
        return OpenedInput(raw, run, "plain")
