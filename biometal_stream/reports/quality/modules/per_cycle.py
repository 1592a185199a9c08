"""Bases and scores by cycle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.errors import DataError
from biometal_stream.reports.quality.arrow import array
from biometal_stream.reports.quality.cycle_counts import (
    LETTERS,
    bases_by_cycle,
    scores_of,
)
from biometal_stream.reports.quality.cycles import first_cycles
from biometal_stream.reports.quality.read_counts import highest_score
from biometal_stream.reports.quality.tabulate import by_group, record
from biometal_stream.reports.records.counts import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
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
        C, G and T, with the sum of their scores and the number of bases that have one.

        Raises:
            DataError: A quality holds a byte that is not Phred+33, or a read has different numbers
                of bases and qualities.
        """
        found: dict[str, Record] = {}
        sequences, qualities = reads.text("sequence"), reads.text("quality")
        if qualities is not None:
            found["scores_by_cycle"] = Counts(scores_of(reads, qualities))
        if sequences is not None:
            counts, scores = _bases(reads, sequences, qualities)
            found["bases_by_cycle"] = counts
            if scores is not None:
                found["scores_by_base"] = scores
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


def _bases(
    reads: Reads, sequences: StringColumn, qualities: StringColumn | None
) -> tuple[Counts, Counts | None]:
    """Counts the bases of reads. Some reads may have no qualities."""
    if qualities is None:
        return Counts(bases_by_cycle(sequences, None)[0]), None
    nulls = [each for each in map(reads.nulls, ("sequence", "quality")) if each is not None]
    highest = highest_score(reads, qualities)
    if not nulls:
        _require_equal_lengths(sequences, qualities)
        counts, scores = bases_by_cycle(sequences, qualities, highest)
        return Counts(counts), None if scores is None else Counts(scores)
    without = np.logical_or.reduce(nulls)
    some = np.flatnonzero(~without)
    scored, own = sequences.take(some), qualities.take(some)
    _require_equal_lengths(scored, own)
    counts, scores = bases_by_cycle(scored, own, highest)
    rest, _ = bases_by_cycle(sequences.take(np.flatnonzero(without)), None)
    return Counts(counts) + Counts(rest), None if scores is None else Counts(scores)


def _require_equal_lengths(sequences: StringColumn, qualities: StringColumn) -> None:
    """Checks these reads only: others of the view may have no qualities."""
    differs = sequences.lengths != qualities.lengths
    if differs.any():
        row = int(np.argmax(differs))
        row = row if sequences.rows is None else int(sequences.rows[row])
        raise DataError(
            f"columns 'sequence' and 'quality' differ in length in row {row} of the batch"
        )


def _per_cycle(records: Records) -> Mapping[str, Any] | None:
    letters = record(records, "bases_by_cycle", Counts)
    scores = record(records, "scores_by_cycle", Counts)
    bins = max((len(each.values) for each in (letters, scores) if each is not None), default=None)
    if bins is None:
        return None
    edges = first_cycles(bins)
    columns: dict[str, Any] = {"first_cycle": edges[:-1], "last_cycle": edges[1:] - 1}
    columns |= dict.fromkeys((*_LETTERS, "mean_quality", *_PERCENTILES, *_BY_BASE), pa.nulls(bins))
    if scores is not None:
        counts = _padded(scores.values, bins)
        columns |= {"bases": counts.sum(axis=1), **figures_of(counts)}
    if letters is not None:
        counts = _padded(letters.values, bins)
        columns |= {"bases": counts.sum(axis=1), **dict(zip(_LETTERS, counts.T, strict=True))}
    sums = record(records, "scores_by_base", Counts)
    if sums is not None:
        by_base = _padded(sums.values, bins).swapaxes(0, 1)
        columns |= zip(_BY_BASE, (_quotients(*each.T) for each in by_base), strict=True)
    return columns


def _padded(counts: NDArray[np.int64], bins: int) -> NDArray[np.int64]:
    """Counts of more bins: reads without qualities may be longer than those with."""
    return np.pad(counts, [(0, bins - len(counts)), *[(0, 0)] * (counts.ndim - 1)])


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
        figures[name] = array(place, pa.int64(), bases == 0)
    return figures


def _quotients(sums: NDArray[np.int64], counts: NDArray[np.int64]) -> pa.Array:
    return array(sums / np.maximum(counts, 1), pa.float64(), counts == 0)


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
