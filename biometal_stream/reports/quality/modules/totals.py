"""Reads and bases in all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.quality.cycle_counts import LETTERS
from biometal_stream.reports.quality.tabulate import by_group, record
from biometal_stream.reports.records.counts import Counts
from biometal_stream.reports.records.spread import Spread
from biometal_stream.reports.statistics import mean_quality, mean_score, median, n50, share

if TYPE_CHECKING:
    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Records, State

_COLUMNS = {
    "reads": pa.int64(),
    "bases": pa.int64(),
    "min_length": pa.int64(),
    "mean_length": pa.float64(),
    "median_length": pa.float64(),
    "max_length": pa.int64(),
    "n50": pa.int64(),
    "mean_quality": pa.float64(),
    "arithmetic_mean_quality": pa.float64(),
    "q20_bases": pa.int64(),
    "q30_bases": pa.int64(),
    "gc_bases": pa.int64(),
    "n_bases": pa.int64(),
    "gc_share": pa.float64(),
    "q20_share": pa.float64(),
    "q30_share": pa.float64(),
    "n_share": pa.float64(),
}


class Totals:
    """Counts reads; everything else is in the counts of other modules."""

    needs: ClassVar[tuple[str, ...]] = ()

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``reads``, one number."""
        return {"reads": Counts(np.array([reads.num_reads]))}

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The table ``totals``, one row for each group. Missing columns of reads give nulls.

        The measures are those of `Summary`: GC is a share of A, C, G and T, N one of all bases.
        """
        return {"totals": by_group(state, _COLUMNS, _totals)}


def _totals(records: Records) -> Mapping[str, Any] | None:
    reads = record(records, "reads", Counts)
    if reads is None:
        return None
    found: dict[str, Any] = dict.fromkeys(_COLUMNS)
    found["reads"] = int(reads.values.sum())
    for figures in (_of_lengths, _of_scores, _of_letters):
        found |= figures(records)
    return {name: [value] for name, value in found.items()}


def _of_lengths(records: Records) -> dict[str, Any]:
    spread = record(records, "lengths", Spread)
    if spread is None:
        return {}
    lengths, reads = spread.sorted()
    bases, number = int((lengths * reads).sum()), int(reads.sum())
    return {
        "bases": bases,
        "min_length": int(lengths[0]) if number else None,
        "mean_length": share(bases, number),
        "median_length": median(lengths, reads),
        "max_length": int(lengths[-1]) if number else None,
        "n50": n50(lengths, reads),
    }


def _of_scores(records: Records) -> dict[str, Any]:
    counts = record(records, "scores_by_cycle", Counts)
    if counts is None:
        return {}
    scores = counts.values.sum(axis=0).tolist()
    bases, q20, q30 = sum(scores), sum(scores[20:]), sum(scores[30:])
    return {
        "mean_quality": mean_quality(scores),
        "arithmetic_mean_quality": mean_score(scores),
        "q20_bases": q20,
        "q30_bases": q30,
        "q20_share": share(q20, bases),
        "q30_share": share(q30, bases),
    }


def _of_letters(records: Records) -> dict[str, Any]:
    counts = record(records, "bases_by_cycle", Counts)
    if counts is None:
        return {}
    number = dict(zip((*LETTERS, "other"), counts.values.sum(axis=0).tolist(), strict=True))
    gc = number["G"] + number["C"]
    return {
        "gc_bases": gc,
        "n_bases": number["N"],
        "gc_share": share(gc, gc + number["A"] + number["T"]),
        "n_share": share(number["N"], sum(number.values())),
    }
