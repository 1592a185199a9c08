"""The loops that find duplicates, with arguments as the program gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import biometal_stream as bs
from benches.kernels import Loop
from biometal_stream.operators.kernels.keys import hash_keys, pack_texts
from biometal_stream.operators.kernels.tables import remember_hashes
from biometal_stream.operators.keys.tables import MIB, HashTable
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    import pyarrow as pa

_SLOTS = 1 << 14  # those that a table begins with


def duplicate_loops(batch: pa.RecordBatch) -> list[Loop]:
    """Packs the bases of reads, hashes them, and remembers the hashes.

    Args:
        batch: The reads.
    """
    reads = batch.num_rows
    text = BatchView(batch).text("sequence")
    size = int(text.lengths.sum())
    words, ends = np.empty(reads + size // 8 + reads, np.uint64), np.empty(reads, np.int64)
    hashes, new = np.empty(reads, np.uint64), np.empty(reads, np.bool_)
    slots = np.zeros(_SLOTS, np.uint64)
    most, none, room = np.uint64(2**60), np.uint64(0), np.uint64(_SLOTS // 2)

    def pack() -> None:
        pack_texts(text.starts, text.stops, text.data, most, words, ends)

    def hash_packed() -> None:
        hash_keys(packed, ends, none, hashes)

    def remember() -> None:
        slots.fill(0)
        remember_hashes(hashes, none, room, slots, new)

    def drop() -> object:
        return HashTable(duplicates.name, MIB).new(duplicates.prepare(BatchView(batch)).keys)

    pack()
    packed = words[: ends[-1]]
    hash_packed()
    duplicates = bs.DropDuplicates()
    return [
        Loop("pack bases", reads, size, pack),
        Loop("hash packed bases", reads, packed.nbytes, hash_packed),
        Loop("remember hashes", reads, hashes.nbytes, remember, drop, "DropDuplicates"),
    ]
