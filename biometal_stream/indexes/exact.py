"""A set of k-mers in memory, whole: what deacon's files are read to."""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.indexes.kernels.buckets import ROOM, find_all, keep_all
from biometal_stream.scratch import KeptScratch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.indexes.scheme import Scheme

FULL = 6
"""The words of a bucket of eight that are taken on average.

Of 410 million k-mers that makes 4.4 GB. A k-mer that the set does not have takes 1.3 cache lines
to find out, the second of them next to the first.
"""

NO_VALUE = 2**64 - 1
"""The only word that cannot be kept; no k-mer of 31 bases or fewer has it."""

_KEPT = KeptScratch()


class ExactIndex:
    """A set of k-mers in memory, which takes no other for its own. Safe to share between threads.

    Args:
        scheme: Which k-mers it holds.
        words: ``uint64``, (buckets * 8,), from `biometal_stream.indexes.kernels.buckets`.
        count: The number of k-mers.
    """

    false_positive_rate = 0.0

    def __init__(self, scheme: Scheme, words: NDArray[np.uint64], count: int) -> None:
        self.scheme = scheme
        self.count = count
        self._words = words

    @classmethod
    def of(cls, scheme: Scheme, values: Iterable[NDArray[np.uint64]], count: int) -> ExactIndex:
        """Makes an index.

        Args:
            scheme: Which k-mers these are.
            values: Their values in any order, in blocks: ``uint64``, (n,). Repeated ones count
                once.
            count: How many different ones there are, at most: the memory is laid out for so many.

        Raises:
            ValueError: There are more than ``count``, or one is 2⁶⁴ - 1, which no k-mer has.
        """
        words = _zeros(ROOM * max(1, -(-count // FULL)))
        kept = 0
        for block in values:
            if len(block) and block.max() == NO_VALUE:
                raise ValueError(f"{NO_VALUE} is the value of no k-mer")
            new = keep_all(np.ascontiguousarray(block), np.uint64(count - kept), words)
            if new > count - kept:
                raise ValueError(f"expected {count:,} k-mers, and found more")
            kept += new
        words.flags.writeable = False
        return cls(scheme, words, kept)

    @property
    def nbytes(self) -> int:
        """The bytes of memory that it takes."""
        return self._words.nbytes

    def contains(self, values: NDArray[np.uint64], /) -> NDArray[np.bool_]:
        """Returns which k-mers, by their values, the index has: (n,) to (n,)."""
        found = np.empty(len(values), np.bool_)
        waiting = _KEPT.bytes("waiting", 4 * len(values)).view(np.uint32)
        find_all(np.ascontiguousarray(values), self._words, found, waiting)
        return found


def _zeros(count: int) -> NDArray[np.uint64]:
    """Words of 0, in memory that begins with a cache line, and in huge pages where there are any.

    With pages of 4 KiB most look-ups would wait for the page's address, too.
    """
    memory = mmap.mmap(-1, 8 * count, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, np.uint64)
