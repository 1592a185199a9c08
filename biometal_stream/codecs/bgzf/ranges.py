"""The text of a BGZF file between two places, which may lie within blocks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from biometal_stream.codecs.excerpts import read_block
from biometal_stream.codecs.open import OpenedInput
from biometal_stream.codecs.raw import open_range
from biometal_stream.codecs.unchanged import CHANGED
from biometal_stream.errors import CompressedInputError, InputError

if TYPE_CHECKING:
    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.codecs.reader import Codec, Job
    from biometal_stream.interfaces import Run


class BgzfRangeReader:
    """A `ByteReader` of a part of a BGZF file.

    The blocks within are inflated by the workers, as those of a whole file are; the end of the
    first and the beginning of the last block, where the part starts and stops within them, here.

    Args:
        part: What to read.
        run: Lends its workers.

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
            text, first = read_block(part, first)
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
        """The part's text in the block in which it stops."""
        stop = self._part.stop
        if stop is None or not stop.within:
            return memoryview(b"")
        text, _ = read_block(self._part, stop.byte)
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
    """Does a job behind some bytes that are written already."""
    try:
        return before + (job() if job is not None else 0)
    except CompressedInputError as damage:
        damage.written += before
        raise


def _copy(text: memoryview, target: memoryview) -> tuple[memoryview, int]:
    """Copies what fits; returns what is left, and the bytes copied."""
    count = min(len(text), len(target))
    target[:count] = text[:count]
    return text[count:], count
