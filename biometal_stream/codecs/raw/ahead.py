"""Bytes taken from an input before they are read."""

from __future__ import annotations

from collections import deque
from itertools import chain

_PIECE = 1 << 16


class Ahead:
    """A queue of bytes. For use by one thread."""

    def __init__(self) -> None:
        self._pieces: deque[bytearray] = deque()
        self._at = 0  # the first byte of the first piece that is still in the queue
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def append(self, data: bytes | bytearray | memoryview) -> None:
        """Adds bytes at the end; joins small pieces, since each piece has a cost."""
        if self._pieces and len(self._pieces[-1]) < _PIECE:
            self._pieces[-1] += data
        elif len(data):
            self._pieces.append(bytearray(data))
        self._size += len(data)

    def replay(self, data: bytes) -> None:
        """Puts bytes back at the front."""
        if not data:
            return
        if self._pieces:
            del self._pieces[0][: self._at]
        self._at = 0
        self._pieces.appendleft(bytearray(data))
        self._size += len(data)

    def take(self, target: memoryview) -> int:
        """Moves the first bytes into the target; returns their number, 0 only if there are none."""
        if not self._size:
            return 0
        first = self._pieces[0]
        count = min(len(first) - self._at, len(target))
        target[:count] = first[self._at : self._at + count]
        self._at += count
        self._size -= count
        if self._at == len(first):
            self._pieces.popleft()
            self._at = 0
        return count

    def peek(self, count: int) -> bytes:
        """Returns the first bytes without removing them; fewer where the input ends."""
        found = bytearray()
        for piece, at in zip(self._pieces, chain((self._at,), iter(int, 1)), strict=False):
            found += piece[at : at + count - len(found)]
            if len(found) == count:
                break
        return bytes(found)
