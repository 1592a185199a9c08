"""Merges the mates of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import array_of
from biometal_stream.operators.kernels.consensus import merge_mates
from biometal_stream.operators.pairs.consensus import complements, merging
from biometal_stream.operators.pairs.correcting import corrected
from biometal_stream.operators.pairs.overlap import find_overlaps
from biometal_stream.operators.pairs.rules import FASTP
from biometal_stream.view import as_mask, filter_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.pairs.consensus import Tables
    from biometal_stream.operators.pairs.overlap import Overlaps
    from biometal_stream.operators.pairs.rules import Rule
    from biometal_stream.view import BatchView


def merged_batch(
    view: BatchView, rule: Rule, strategy: str | None, max_quality: int, *, keep_pairs: bool
) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
    """Merges the mates of a batch; a merged read has the other columns of mate 1.

    Args:
        view: A whole batch, of which rows alternate between mates.
        rule: How to find an overlap.
        strategy: AdapterRemoval's.
        max_quality: The highest score that is computed.
        keep_pairs: Whether other pairs stay. If not, there is no column ``mate``.

    Returns:
        The reads, and which row of the batch each is, or begins with.
    """
    if rule.algorithm == FASTP:  # which corrects first, and then looks again
        view = view.edited(corrected(view, rule, max_quality, "merge-pairs").columns)
    found = find_overlaps(view, rule)
    merged = found.inserts >= 0
    keep = np.empty((len(merged), 2), np.bool_)
    keep[:, 0] = True if keep_pairs else merged
    keep[:, 1] = ~merged & keep_pairs
    rows = np.flatnonzero(keep)
    inserts = found.inserts if keep_pairs else found.inserts[merged]
    pairs = view if keep_pairs else view.keep(np.repeat(merged, 2))
    bases = found.bases if keep_pairs else found.bases.take(np.flatnonzero(np.repeat(merged, 2)))
    lengths = np.where(found.inserts < 0, found.lengths[:, 0], _insert_lengths(found, rule))
    lengths = np.repeat(lengths, 2)
    lengths[1::2] = found.lengths[:, 1]
    tables = merging(rule.algorithm, strategy, max_quality)
    texts = _texts(bases, pairs.text("quality"), inserts, lengths[rows], tables)
    batch = filter_rows(view.batch, as_mask(keep.ravel()))
    columns = {name: batch.column(name) for name in batch.schema.names}
    for name, (offsets, data) in texts.items():
        kind = batch.schema.field(name).type
        columns[name] = array_of(kind, offsets, data)
    schema = output_schema(batch.schema, keep_pairs=keep_pairs)
    if keep_pairs:
        place = batch.schema.get_field_index("mate")
        mates = batch.column(place).to_numpy(zero_copy_only=False)
        single = np.repeat(merged, 2)[rows]
        columns["mate"] = pa.array(mates, batch.schema.field(place).type, mask=single)
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema), rows


def output_schema(schema: pa.Schema, *, keep_pairs: bool) -> pa.Schema:
    """The schema of merged reads: ``mate`` may be null, or is not there."""
    place = schema.get_field_index("mate")
    if keep_pairs:
        return schema.set(place, schema.field(place).with_nullable(True))
    return schema.remove(place)


def _insert_lengths(found: Overlaps, rule: Rule) -> NDArray[np.int64]:
    """The bases of merged reads: of inserts, but fastp leaves out a part of some.

    What mate 2 has read after mate 1 is missing there if the insert is not longer than mate 2.
    """
    if rule.algorithm != FASTP:
        return found.inserts
    short = found.inserts <= found.lengths[:, 1]
    return np.where(short, np.minimum(found.inserts, found.lengths[:, 0]), found.inserts)


def _texts(
    bases: StringColumn,
    qualities: StringColumn,
    inserts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    tables: Tables,
) -> dict[str, tuple[NDArray[np.int64], pa.Buffer]]:
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    buffers = [pa.allocate_buffer(int(offsets[-1])) for _ in range(2)]
    merge_mates(
        bases.starts,
        bases.stops,
        bases.data,
        qualities.starts,
        qualities.data,
        complements(),
        inserts,
        tables.values,
        tables.unknown_lose,
        offsets,
        *(np.frombuffer(buffer, np.uint8) for buffer in buffers),
    )
    ends = offsets.astype(bases.starts.dtype, copy=False)
    return {
        column.name: (ends, buffer)
        for column, buffer in zip((bases, qualities), buffers, strict=True)
    }
