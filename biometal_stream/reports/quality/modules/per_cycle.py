"""Bases and scores by cycle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.quality.cycle_counts import (
    LETTERS,
    bases_by_cycle,
    scores_by_cycle,
)
from biometal_stream.reports.quality.cycles import first_cycles
from biometal_stream.reports.quality.read_counts import require_phred33
from biometal_stream.reports.quality.tabulate import by_group, record
from biometal_stream.reports.records.counts import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Record, Records, State

_LETTERS = (*LETTERS.lower(), "other")
_PERCENTILES = {
    "percentile_10": 10,
    "lower_quartile": 25,
    "median": 50,
    "upper_quartile": 75,
    "percentile_90": 90,
}
_BY_BASE = tuple(f"quality_{letter}" for letter in LETTERS[:4].lower())
_CYCLES = {"first_cycle": pa.int64(), "last_cycle": pa.int64()}


class PerCycle:
    """Counts letters and scores by cycle, and adds up the scores of each letter."""

    needs: ClassVar[tuple[str, ...]] = ("sequence", "quality")

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``bases_by_cycle``, ``scores_by_cycle`` and ``scores_by_base``.

        They are arrays of bins of cycles by A, C, G, T, N and other letters; by score; and by A,
        C, G and T, with the sums of their scores.

        Raises:
            DataError: A quality holds a byte that is not Phred+33, or a read has different numbers
                of bases and qualities.
        """
        found: dict[str, Record] = {}
        sequences, qualities = reads.text("sequence"), reads.text("quality")
        if qualities is not None:
            require_phred33(reads, qualities)
            found["scores_by_cycle"] = Counts(scores_by_cycle(qualities))
        if sequences is not None:
            if qualities is not None:
                reads.view.require_equal_lengths()
            counts, scores = bases_by_cycle(sequences, qualities)
            found["bases_by_cycle"] = Counts(counts)
            if scores is not None:
                found["scores_by_base"] = Counts(scores)
        return found

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The tables ``per_cycle`` and ``qualities_by_cycle``."""
        per_cycle = {
            **_CYCLES,
            **dict.fromkeys(("bases", *_LETTERS), pa.int64()),
            "mean_quality": pa.float64(),
            **dict.fromkeys(_PERCENTILES, pa.int64()),
            **dict.fromkeys(_BY_BASE, pa.float64()),
        }
        qualities = {**_CYCLES, "quality": pa.int64(), "bases": pa.int64()}
        return {
            "per_cycle": by_group(state, per_cycle, _per_cycle),
            "qualities_by_cycle": by_group(state, qualities, _qualities_by_cycle),
        }


def _per_cycle(records: Records) -> Mapping[str, Any] | None:
    letters = record(records, "bases_by_cycle", Counts)
    scores = record(records, "scores_by_cycle", Counts)
    counted = letters or scores
    if counted is None:
        return None
    bins = len(counted.values)
    missing = pa.nulls(bins)
    edges = first_cycles(bins)
    columns: dict[str, Any] = {
        "first_cycle": edges[:-1],
        "last_cycle": edges[1:] - 1,
        "bases": counted.values.sum(axis=1),
        **dict.fromkeys((*_LETTERS, "mean_quality", *_PERCENTILES, *_BY_BASE), missing),
    }
    if letters is not None:
        columns |= zip(_LETTERS, letters.values.T, strict=True)
    if scores is not None:
        columns |= figures_of(scores.values)
    sums = record(records, "scores_by_base", Counts)
    if letters is not None and sums is not None:
        for place, name in enumerate(_BY_BASE):
            columns[name] = _quotients(sums.values[:, place], letters.values[:, place])
    return columns


def figures_of(counts: NDArray[np.int64]) -> dict[str, Any]:
    """The mean and the percentiles of scores, from bases by bin and score.

    A percentile is the least score such that this part of the bases, rounded down to whole bases
    but at least one, have it or less: FastQC's, for 10 bases or more.
    """
    held = np.cumsum(counts, axis=1)
    bases = counts.sum(axis=1)
    figures: dict[str, Any] = {
        "mean_quality": _quotients(counts @ np.arange(counts.shape[1]), bases)
    }
    for name, percent in _PERCENTILES.items():
        least = np.maximum(1, bases * percent // 100)
        place = np.argmax(held >= least[:, None], axis=1) if held.size else bases
        figures[name] = pa.array(place, pa.int64(), mask=bases == 0)
    return figures


def _quotients(sums: NDArray[np.int64], counts: NDArray[np.int64]) -> pa.Array:
    return pa.array(sums / np.maximum(counts, 1), pa.float64(), mask=counts == 0)


def _qualities_by_cycle(records: Records) -> Mapping[str, Any] | None:
    scores = record(records, "scores_by_cycle", Counts)
    if scores is None:
        return None
    edges = first_cycles(len(scores.values))
    bins, quality = np.nonzero(scores.values)
    return {
        "first_cycle": edges[bins],
        "last_cycle": edges[bins + 1] - 1,
        "quality": quality,
        "bases": scores.values[bins, quality],
    }
