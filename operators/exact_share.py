"""Keeps exactly a share of a stream, in one pass and bounded memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.view import BatchView, as_mask, filter_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from numpy.typing import NDArray

BLOCK = 1_000
"""Reads, or pairs, in a row of which exactly the share is kept."""


class ExactShare:
    """Keeps the reads with the smallest hashes of each block, so many that the share is exact.

    After any number of blocks the number of reads kept is the share of all, rounded. So it is at
    the end, whatever is left of the last block. The reads of a block are held until it is complete.

    Args:
        share: The share to keep, 0 to 1.
        hashes: The hash of each read or pair.
    """

    exhausted = False

    def __init__(self, share: float, hashes: Callable[[BatchView], NDArray[np.uint64]]) -> None:
        self._share = share
        self._hashes = hashes
        self._held: list[pa.RecordBatch] = []  # less than a block
        self._held_units = 0
        self._seen = 0  # reads or pairs of the blocks that were decided about

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Returns the reads of complete blocks that are kept."""
        self._held.append(batch)
        self._held_units += len(BatchView(batch).unit_starts)
        whole = self._held_units // BLOCK * BLOCK
        return self._decided(whole) if whole else batch.slice(0, 0)

    def flush(self) -> pa.RecordBatch | None:
        """The reads of the last block that are kept."""
        return self._decided(self._held_units) if self._held_units else None

    def _decided(self, units: int) -> pa.RecordBatch:
        """Takes the first of the held reads, and returns those that are kept."""
        import pyarrow as pa

        batch = self._held[0] if len(self._held) == 1 else pa.concat_batches(self._held)
        edges = np.append(BatchView(batch).unit_starts, batch.num_rows)
        rows = int(edges[units])
        self._held = [batch.slice(rows)]
        self._held_units -= units
        batch = batch.slice(0, rows)
        hashes = self._hashes(BatchView(batch))
        keep = np.zeros(units, np.bool_)
        for first in range(0, units, BLOCK):
            block = hashes[first : first + BLOCK]
            wanted = self._target(len(block))
            keep[first + np.argsort(block, kind="stable")[:wanted]] = True
        return filter_rows(batch, as_mask(np.repeat(keep, np.diff(edges[: units + 1]))))

    def _target(self, units: int) -> int:
        """How many of the next reads to keep."""
        before = math.floor(self._share * self._seen + 0.5)
        self._seen += units
        return math.floor(self._share * self._seen + 0.5) - before
