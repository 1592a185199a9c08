"""Assigns reads to samples: by barcodes in the reads, in either orientation, or in a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from biometal_stream.columns import string_array, string_column
from biometal_stream.operators.barcodes.extraction import Extraction, Sources
from biometal_stream.operators.barcodes.header import HeaderField
from biometal_stream.operators.barcodes.mates import mates_of
from biometal_stream.operators.barcodes.texts import joined
from biometal_stream.schemas.cutting import per_base
from biometal_stream.view import BatchView, take_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from biometal_stream.operators.barcodes.matching import Matcher
    from biometal_stream.operators.barcodes.structure import ReadStructure


class Assigned(NamedTuple):
    """Reads with their samples.

    Attributes:
        batch: The reads, without barcodes where a sample was found.
        samples: ``int32``, (rows,): the sample of each; -1 for none.
        barcodes: ``string``, (rows,): the barcode of each; null where the read is too short.
        turned: ``bool``, (rows,): which reads were turned; ``None`` if none could be.
    """

    batch: pa.RecordBatch
    samples: NDArray[np.int32]
    barcodes: pa.Array
    turned: NDArray[np.bool_] | None = None


def of_column(batch: pa.RecordBatch, source: str, matcher: Matcher, owner: str) -> Assigned:
    """Assigns reads by a column.

    Args:
        batch: The reads.
        source: ``barcode``, ``index_1``, with which goes ``index_2``, or ``description``.
        matcher: Finds the samples.
        owner: The operator, for messages.
    """
    mates = mates_of(BatchView(batch), owner)
    if source == "description":
        barcodes = HeaderField("index").values(batch.column(source)).cast(pa.string())
    elif source == "index_1":
        names = [name for name in ("index_1", "index_2") if name in batch.schema.names]
        rows = np.arange(0, batch.num_rows, mates)
        parts = [string_column(batch.column(name), name, rows) for name in names]
        barcodes = joined(parts, b"-", times=mates)
    else:
        barcodes = batch.column(source)
    found = _matched(barcodes, matcher, mates)[0]
    return Assigned(batch, np.repeat(found, mates), barcodes)


def of_reads(
    batch: pa.RecordBatch,
    structures: Sequence[ReadStructure],
    matcher: Matcher,
    owner: str,
    *,
    mixed: bool,
) -> Assigned:
    """Assigns reads by the barcodes in them.

    Args:
        batch: The reads.
        structures: Where the barcodes are.
        matcher: Finds the samples.
        owner: The operator, for messages.
        mixed: Whether to try reads in the other orientation, too.
    """
    sources = Sources.of(batch.schema, structures, owner)
    view = BatchView(batch)
    mates = mates_of(view, owner)
    found = Extraction(view, structures, sources, mates)
    barcodes = found.column("B")
    samples, distances = _matched(barcodes, matcher, mates)
    if not mixed:
        left = found.templates(samples >= 0)
        return Assigned(left, np.repeat(samples, mates), barcodes)
    other = BatchView(turned(batch))
    again = Extraction(other, structures, sources, mates)
    other_barcodes = again.column("B")
    others, other_distances = _matched(other_barcodes, matcher, mates)
    turn = other_distances < distances
    close = np.abs(distances.astype(np.int64) - other_distances) < matcher.delta
    doubtful = (samples >= 0) & (others >= 0) & (samples != others) & close
    turn &= ~doubtful
    samples = np.where(doubtful, -1, np.where(turn, others, samples)).astype(np.int32)
    kept = samples >= 0
    rows = np.arange(batch.num_rows) + np.repeat(turn, mates) * batch.num_rows
    both = pa.concat_batches([found.templates(kept & ~turn), again.templates(kept & turn)])
    codes = pa.concat_arrays([barcodes, other_barcodes]).take(pa.array(rows))
    return Assigned(take_rows(both, rows), np.repeat(samples, mates), codes, np.repeat(turn, mates))


def _matched(
    barcodes: pa.Array, matcher: Matcher, mates: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The samples of barcodes, and the mismatches, one for each read or pair."""
    filled = barcodes.fill_null("") if barcodes.null_count else barcodes
    rows = np.arange(0, len(barcodes), mates)
    planes = matcher.packed(string_column(filled, "barcode", rows))
    samples = matcher.match(planes)
    return samples, matcher.mismatches(planes, samples)


def turned(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Reads in the other orientation: mates swapped, or single reads reverse-complemented.

    Names, descriptions and all columns but those with a value for each base stay.
    """
    from biometal_stream.operators.reverse_complement import reversed_complement, reversed_quality

    view = BatchView(batch)
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    if view.paired:
        swapped = np.arange(batch.num_rows) ^ 1
        for name in per_base(batch.schema):
            columns[name] = string_array(view.text(name).take(swapped), columns[name].type)
    else:
        columns["sequence"] = reversed_complement(view)
        if "quality" in columns:
            columns["quality"] = reversed_quality(view)
    return type(batch).from_arrays(list(columns.values()), schema=batch.schema)
