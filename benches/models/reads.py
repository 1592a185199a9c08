"""The reads that models are timed with: all of 150 bases, in one record batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import biometal_stream as bs
from biometal_stream.models.training.synthetic import SyntheticReads

if TYPE_CHECKING:
    from numpy.typing import NDArray

LENGTH = 150
"""The bases of each read; of longer ones these come first."""

SYNTHETIC = "synthetic"
"""Synthetic reads, the same on every machine."""

REAL = "real"
"""Reads of the bench's input."""


def synthetic_reads(number: int) -> pa.RecordBatch:
    """Reads of the generator that comes with the package: a quarter low, half high quality."""
    return _joined(list(SyntheticReads(number, LENGTH).batches()), number)


def real_reads(path: str, number: int) -> pa.RecordBatch | None:
    """The first reads of `LENGTH` bases or more of a FASTQ file, cut to that.

    Those that there are come again, where they are fewer; ``None`` where there are none.
    """
    found = bs.read_fastq(path) | bs.MinLength(LENGTH) | bs.Head(number)
    batches = [batch for batch in found.batches() if batch.num_rows]
    if not batches:
        return None
    batch = _joined(batches, number)
    for name in ("sequence", "quality"):
        place = batch.schema.get_field_index(name)
        text = pc.binary_slice(batch.column(name).cast(pa.binary()), 0, LENGTH).cast(pa.string())
        batch = batch.set_column(place, batch.schema.field(place), text)
    return batch


def _joined(batches: list[pa.RecordBatch], number: int) -> pa.RecordBatch:
    table = pa.Table.from_batches(batches).combine_chunks()
    rows: NDArray[np.int64] = np.arange(number) % table.num_rows
    return table.take(pa.array(rows)).combine_chunks().to_batches()[0]
