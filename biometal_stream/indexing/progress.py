"""How far the making of an index is."""

from __future__ import annotations

import time
from typing import NamedTuple, Protocol


class Read(Protocol):
    """Something that is being read."""

    @property
    def bytes_read(self) -> int:
        """Bytes read so far."""

    @property
    def bytes_total(self) -> int | None:
        """Bytes in all, if known."""


class Progress(NamedTuple):
    """How far one step is.

    Attributes:
        step: What is being done: ``reading``, ``sorting`` or ``writing``.
        seconds: Seconds since the step began.
        bytes_read: Bytes read so far: of (compressed) input, or of sorted hashes.
        bytes_total: Bytes in all; ``None`` if that is not known.
    """

    step: str
    seconds: float
    bytes_read: int
    bytes_total: int | None


class Watch:
    """Is told what is being done, and tells other threads.

    `snapshot` is thread-safe.
    """

    def __init__(self) -> None:
        self._read: Read | None = None
        self._now: tuple[str, float, int, int | None] = "reading", time.monotonic(), 0, None

    def read(self, read: Read) -> None:
        """Begins the step of reading."""
        self._now = "reading", time.monotonic(), 0, None
        self._read = read

    def begin(self, step: str, total: int | None = None) -> None:
        """Begins another step, of so many bytes."""
        self._read = None
        self._now = step, time.monotonic(), 0, total

    def done(self, done: int) -> None:
        """Says how many bytes of the step are done."""
        step, began, _, total = self._now
        self._now = step, began, done, total

    def snapshot(self) -> Progress:
        """How far it is now."""
        step, began, done, total = self._now
        read = self._read
        if read is not None:
            done, total = read.bytes_read, read.bytes_total
        return Progress(step, time.monotonic() - began, done, total)
