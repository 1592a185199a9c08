"""Memory that a thread uses again and again, for each page or each sample."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_Bytes: TypeAlias = "bytes | memoryview"

_MOST_KEPT = 32 * 2**20
"""The most bytes that a thread keeps per use; larger memory is freed after use."""
_STEP = 2**16


class Scratch:
    """Memory for temporary data; a new array each time."""

    def bytes(self, use: str, size: int) -> NDArray[np.uint8]:  # noqa: ARG002 - always new
        """Returns an array for the named use, ``uint8``, (size,)."""
        return np.empty(size, np.uint8)

    def numbers(self, use: str, count: int) -> NDArray[np.int64]:
        """Returns an array for the named use, ``int64``, (count,)."""
        return self.bytes(use, 8 * count).view(np.int64)

    def joined(self, use: str, parts: Sequence[_Bytes]) -> NDArray[np.uint8]:
        """Copies the parts into one array; numpy releases the GIL while it copies large parts."""
        out = self.bytes(use, sum(map(len, parts)))
        at = 0
        for part in parts:
            if part:
                out[at : at + len(part)] = np.frombuffer(part, np.uint8)
                at += len(part)
        return out


class KeptScratch(Scratch):
    """Returns the same memory each time, per thread. Safe to share between threads.

    New memory costs a page fault per 4 KiB, and the threads of a process wait for each other's
    page faults.
    """

    def __init__(self) -> None:
        self._own = threading.local()

    def bytes(self, use: str, size: int) -> NDArray[np.uint8]:
        """Returns an array for the named use, ``uint8``, (size,)."""
        kept: NDArray[np.uint8] | None = getattr(self._own, use, None)
        if kept is None or len(kept) < size:
            if size > _MOST_KEPT:
                return super().bytes(use, size)
            kept = super().bytes(use, -(-size * 5 // 4 // _STEP) * _STEP)
            setattr(self._own, use, kept)
        return kept[:size]
