"""The loops that find k-mers, with arguments as the program gives them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benches.kernels import Call, Loop
from biometal_stream.indexes.kernels.blocks import BLOCK, BYTES, PIECES
from biometal_stream.indexes.kernels.kmers import find_kmers
from biometal_stream.indexes.kernels.minimizers import NUMBERS, find_minimizers
from biometal_stream.indexes.minimizers import kmers_of, minimizers_of
from biometal_stream.indexes.scheme import Scheme
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

K, W = 31, 15
"""The bases of a k-mer and the k-mers of a window: those of panhuman-1."""


def kmer_loops(batch: pa.RecordBatch) -> list[Loop]:
    """Finds minimizers, and all k-mers.

    Args:
        batch: The reads.
    """
    reads, column = batch.num_rows, BatchView(batch).text("sequence")
    size = int(column.lengths.sum())
    values, offsets = np.empty(size + BLOCK, np.uint64), np.zeros(reads + 1, np.int64)
    block, numbers = np.empty(BYTES, np.uint8), np.empty(NUMBERS, np.uint32)
    pieces, nowhere = np.empty(3 * PIECES + 3, np.int64), np.empty(0, np.int32)
    texts, k, w = (column.starts, column.stops, column.data), np.uint64(K), np.uint64(W)
    minimizers = partial(find_minimizers, *texts, k, w, block, numbers, pieces)
    kmers = partial(find_kmers, *texts, k, block, pieces)

    def find(one: Callable[..., bool]) -> Call:
        return lambda: one(np.array([0, 0, -1, 0]), values, nowhere, offsets)

    scheme = Scheme(K, W)
    sampled, all_ = partial(minimizers_of, column, scheme), partial(kmers_of, column, K)
    return [
        Loop("find minimizers", reads, size, find(minimizers), sampled, "minimizers_of"),
        Loop("find k-mers", reads, size, find(kmers), all_, "kmers_of"),
    ]
