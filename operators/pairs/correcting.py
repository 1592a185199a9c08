"""Corrects the mates of a batch by each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.operators.kernels.consensus import correct_mates
from biometal_stream.operators.pairs.checks import pairs_of
from biometal_stream.operators.pairs.consensus import complements, correcting
from biometal_stream.operators.pairs.counts import CorrectedPairs
from biometal_stream.operators.pairs.overlap import find_overlaps
from biometal_stream.simd.text import PADDING, copy_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.pairs.rules import Rule
    from biometal_stream.view import BatchView


class Corrected(NamedTuple):
    """What was corrected in a batch.

    Attributes:
        columns: The bases and qualities.
        counts: How many were corrected.
    """

    columns: dict[str, StringColumn]
    counts: CorrectedPairs


def corrected(view: BatchView, rule: Rule, max_quality: int, step: str) -> Corrected:
    """Corrects the bases in which mates differ.

    Args:
        view: Pairs, and maybe merged reads.
        rule: How to find an overlap.
        max_quality: The highest score that is computed.
        step: The name of the step, for errors.

    Raises:
        DataError: Some reads have lost their mates; or see `find_overlaps`.
    """
    pairs, rows = pairs_of(view, step)
    found = find_overlaps(pairs, rule)
    before = {name: view.text(name) for name in ("sequence", "quality")}
    tables = correcting(rule.algorithm, max_quality)
    copies = {name: _copied(column) for name, column in before.items()}
    counts = np.empty(pairs.num_rows, np.int64)
    offsets = before["sequence"].offsets[:-1][rows]
    offsets.flags.writeable = False
    qualities = pairs.text("quality")
    correct_mates(
        found.bases.starts,
        found.bases.stops,
        found.bases.data,
        qualities.starts,
        qualities.data,
        complements(),
        found.inserts,
        tables.values,
        tables.unknown_lose,
        offsets,
        copies["sequence"],
        copies["quality"],
        counts,
    )
    columns = {name: before[name].with_bytes(data) for name, data in copies.items()}
    overlapping = int(np.count_nonzero(found.inserts >= 0))
    return Corrected(
        columns,
        CorrectedPairs(
            pairs=len(found.inserts),
            overlapping=overlapping,
            mismatches=int(found.mismatches.sum()),
            bases_corrected=int(counts.sum()),
            reads_corrected=int(np.count_nonzero(counts)),
        ),
    )


def _copied(column: StringColumn) -> NDArray[np.uint8]:
    data = np.empty(int(column.offsets[-1]) + PADDING, np.uint8)
    copy_rows(column.starts, column.stops, column.data, data)
    return data
