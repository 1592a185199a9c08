"""The text of a BGZF file between two virtual offsets."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from biometal_stream.codecs.bgzf.blocks import first_block
from biometal_stream.codecs.bgzf.inflate import inflated
from biometal_stream.codecs.bgzf.kernels import LARGEST_BLOCK
from biometal_stream.codecs.open import OpenedInput
from biometal_stream.codecs.raw.files import open_range
from biometal_stream.codecs.raw.unchanged import CHANGED
from biometal_stream.errors import CompressedInputError, InputError

if TYPE_CHECKING:
    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.codecs.reader import Codec, Job
    from biometal_stream.interfaces import Run


class BgzfRangeReader:
    """A `ByteReader` of a range of a BGZF file.

    The workers inflate whole blocks, as for a whole file. A block in which the range starts or
    stops is inflated here.

    Args:
        part: The range to read.
        run: Provides the workers.

    Raises:
        InputError: The file cannot be read, or has changed.
    """

    codec: Codec = "bgzf"

    def __init__(self, part: FileRange, run: Run) -> None:
        self._part = part
        self.name = part.name
        self._head: memoryview | None = None
        self._tail: memoryview | None = None
        start, stop, first = part.start, part.stop, part.first_byte
        if stop is not None and first == stop.byte:  # within one block
            self._tail = self._last_block()[0 if start is None else start.within :]
        elif start is not None and start.within:
            text, first = _read_block(part, first)
            self._head = text[start.within :]
        raw = open_range(part.path, part.name, first, part.stop_byte, part.size)
        codec: Codec | None = None if start is None else "bgzf"
        self._opened = OpenedInput(raw, run, codec, ends=stop is None)
        self._before = first - part.first_byte

    @property
    def bytes_read(self) -> int:
        """As `ByteReader.bytes_read`."""
        return self._before + self._opened.bytes_read

    @property
    def bytes_total(self) -> int | None:
        """As `ByteReader.bytes_total`."""
        return self._part.stop_byte - self._part.first_byte

    def readinto(self, target: memoryview, /) -> int:
        """As `ByteReader.readinto`."""
        if self._head:
            self._head, count = _copy(self._head, target)
            return count
        count = self._opened.readinto(target)
        if count:
            return count
        if self._tail is None:
            self._tail = self._last_block()
        self._tail, count = _copy(self._tail, target)
        return count

    def job(self, target: memoryview, /) -> Job | None:
        """As `ByteReader.job`."""
        before = 0
        if self._head and len(self._head) < len(target):
            self._head, before = _copy(self._head, target)
        elif self._head:
            return None
        job = self._opened.job(target[before:])
        if not before:
            return job
        return partial(_after, before, job)

    def _last_block(self) -> memoryview:
        """The text of the block in which the range stops, up to that point."""
        stop = self._part.stop
        if stop is None or not stop.within:
            return memoryview(b"")
        text, _ = _read_block(self._part, stop.byte)
        if len(text) < stop.within:
            raise InputError(f"{self.name}: {CHANGED}")
        return text[: stop.within]

    def interrupt(self) -> None:
        """As `ByteReader.interrupt`."""
        self._opened.interrupt()

    def close(self) -> None:
        """As `ByteReader.close`."""
        self._opened.close()


def _after(before: int, job: Job | None) -> int:
    """Runs a job whose target already holds some bytes before its own."""
    try:
        return before + (job() if job is not None else 0)
    except CompressedInputError as damage:
        damage.written += before
        raise


def _copy(text: memoryview, target: memoryview) -> tuple[memoryview, int]:
    """Copies as much as fits; returns the rest, and the number of bytes copied."""
    count = min(len(text), len(target))
    target[:count] = text[:count]
    return text[count:], count


def _read_block(part: FileRange, byte: int) -> tuple[memoryview, int]:
    """Inflates the block of a BGZF file that begins at a byte.

    Returns:
        Its text, and the offset in the file after it.

    Raises:
        InputError: There is no block at this byte: the file has changed.
        CompressedInputError: The block is corrupt.
    """
    try:
        with open(part.path, "rb", buffering=0) as file:  # noqa: PTH123 - the path may be text
            data = os.pread(file.fileno(), LARGEST_BLOCK, byte)
    except OSError as error:
        raise InputError(f"{part.name}: cannot be opened: {error.strerror}") from error
    found = first_block(data, byte)
    if found is None:
        raise InputError(f"{part.name}: {CHANGED}")
    block, size = found
    text, damage = inflated(block, part.name)
    if damage is not None:
        raise damage
    return text, byte + size
