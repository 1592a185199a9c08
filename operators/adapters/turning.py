"""Reads that are turned around because their adapters match better on the other strand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from biometal_stream.columns import by_plain
from biometal_stream.operators.adapters.matching import Matches, match_view
from biometal_stream.view import BatchView, take_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.operators.adapters.rules import Rules


def better_turned(view: BatchView, matches: Matches, rules: Rules) -> tuple[BatchView, Matches]:
    """Turns each read, or pair, whose adapters have a higher score when it is turned.

    A single read is turned by its reverse complement, a pair by exchanging its mates.

    Args:
        view: The reads, all rows of a batch.
        matches: Their adapters as they are.
        rules: The adapters.

    Returns:
        The reads, and their adapters.
    """
    turned = _exchanged(view) if view.paired else _reverse_complemented(view.batch)
    others = match_view(BatchView(turned), rules)
    before, after = matches.scores, others.scores
    if view.paired:
        before, after = (scores.reshape(-1, 2).sum(1).repeat(2) for scores in (before, after))
    better = after > before
    results = np.where(better[:, None], others.results, matches.results)
    return BatchView(_chosen(view.batch, turned, better)), Matches(results)


def _exchanged(view: BatchView) -> pa.RecordBatch:
    batch = view.batch
    swapped = take_rows(batch, np.arange(batch.num_rows) ^ 1)
    index = batch.schema.get_field_index("mate")
    return swapped.set_column(index, batch.schema.field(index), batch.column(index))


def _reverse_complemented(batch: pa.RecordBatch) -> pa.RecordBatch:
    from biometal_stream.operators.reverse_complement import ReverseComplement

    return ReverseComplement()(batch)


def _chosen(
    batch: pa.RecordBatch, turned: pa.RecordBatch, better: NDArray[np.bool_]
) -> pa.RecordBatch:
    """The rows of one batch or of the other, whose descriptions end in ``rc``."""
    index = batch.schema.get_field_index("description")
    if index >= 0:
        described = by_plain(turned.column(index), _with_rc)
        turned = turned.set_column(index, batch.schema.field(index), described)
    rows = np.arange(batch.num_rows)
    return take_rows(pa.concat_batches([batch, turned]), np.where(better, len(rows) + rows, rows))


def _with_rc(descriptions: pa.Array) -> pa.Array:
    rc = pa.scalar("rc", descriptions.type)
    blank = pa.scalar(" ", descriptions.type)
    return pc.if_else(
        pc.equal(pc.fill_null(pc.binary_length(descriptions), 0), 0),
        rc,
        pc.binary_join_element_wise(descriptions, rc, blank),
    )
