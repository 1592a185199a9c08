"""The first bases of reads, by which copies of a sequence are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.columns import StringColumn
from biometal_stream.reports.kernels.hashes import (
    BLOCK,
    copy_beginnings,
    hash_beginnings,
    hash_further,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.reads import Reads

BASES = 50
"""How many bases of a read are compared, in upper case, as in FastQC 0.12.1: later ones have more
errors, so that copies of long reads would count as different."""


def hashes_of(reads: Reads) -> NDArray[np.uint64] | None:
    """Hashes of the first bases, ``uint64``, (num_reads,); ``None`` without sequences."""
    sequences = reads.text("sequence")
    if sequences is None:
        return None
    return reads.once("hashes of first bases", lambda: hashes_of_texts(sequences))


def hashes_of_texts(texts: StringColumn) -> NDArray[np.uint64]:
    """Hashes of the first bases of texts, ``uint64``, (rows,)."""
    hashes = np.empty(texts.num_rows, np.uint64)
    words = np.empty(BLOCK, np.uint64)
    hash_beginnings(texts.starts, texts.stops, texts.data, np.uint64(BASES), words, hashes)
    return hashes


def hashes_with(hashes: NDArray[np.uint64], texts: StringColumn) -> NDArray[np.uint64]:
    """Hashes of hashes and texts, ``uint64``, (rows,)."""
    further = hashes.copy()
    words = np.empty(BLOCK, np.uint64)
    hash_further(texts.starts, texts.stops, texts.data, words, further)
    return further


def first_bases(sequences: StringColumn, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The first bases of some rows in upper case.

    Returns:
        ``uint8``, (rows, `BASES`), filled up with zeros.
    """
    words = np.zeros((len(rows), -(-BASES // 8)), "<u8")
    text = sequences.starts, sequences.stops, sequences.data
    copy_beginnings(*text, rows, np.uint64(BASES), words.ravel())
    return words.view(np.uint8)[:, :BASES]


def as_column(bases: NDArray[np.uint8]) -> StringColumn:
    """What `first_bases` returns, as a column."""
    lengths = (bases != 0).sum(1)
    starts = np.arange(len(bases), dtype=np.int64) * bases.shape[1]
    data = np.ascontiguousarray(bases).ravel()
    arrays = starts, starts + lengths, data
    for each in arrays:
        each.flags.writeable = False
    return StringColumn("sequence", *arrays)
