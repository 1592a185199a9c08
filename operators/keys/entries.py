"""Memory that grows on disk: in a temporary file that has no name."""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref

import numpy as np
from numpy.typing import NDArray

from biometal_stream.errors import DataError

_WORD = 8
_IN_MEMORY = 1 << 21
"""The most words that are held in memory: 16 MiB."""
_STEP = 1 << 27
"""The most words that are added at a time: 1 GiB."""


class Entries:
    """Words, of which there may be more than fit in memory.

    The first 16 MiB are in memory. More are in a temporary file, which the system keeps in memory
    as far as there is room. For use by one thread at a time.

    Args:
        name: What the words are for, in messages.

    Attributes:
        words: ``uint64``, all words that there is room for.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._file: int | None = None
        self.words: NDArray[np.uint64] = np.zeros(1 << 12, np.uint64)

    def grow(self, most: int = 0) -> None:
        """Makes room for more words.

        Args:
            most: How many words there must be room for, at least.

        Raises:
            DataError: The disk has no room.
        """
        size = max(most, len(self.words) + min(len(self.words), _STEP))
        before = self.words
        if size <= _IN_MEMORY:
            self.words = np.zeros(size, np.uint64)
            self.words[: len(before)] = before
            return
        try:
            new = self._file is None
            self.words = self._mapped(size)
        except OSError as error:
            raise DataError(
                f"{self._name}: {tempfile.gettempdir()} has no room for {size * _WORD:,} bytes"
                f" ({error.strerror}); name another folder in TMPDIR"
            ) from error
        if new:
            self.words[: len(before)] = before

    def _mapped(self, size: int) -> NDArray[np.uint64]:
        if self._file is None:
            self._file, path = tempfile.mkstemp(prefix="biometal-")
            weakref.finalize(self, os.close, self._file)
            os.unlink(path)  # noqa: PTH108 - the file stays until it is closed
        nbytes = size * _WORD
        if hasattr(os, "posix_fallocate"):  # a write to a full disk would end the process
            os.posix_fallocate(self._file, 0, nbytes)
        else:
            os.ftruncate(self._file, nbytes)
        return np.frombuffer(mmap.mmap(self._file, nbytes), np.uint64)
