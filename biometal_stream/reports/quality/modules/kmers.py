"""Short sequences that are frequent at some places of reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.kernels.kmers import LENGTH, count_kmers
from biometal_stream.reports.quality.base_groups import base_groups
from biometal_stream.reports.quality.binomial import upper_tail
from biometal_stream.reports.quality.tabulate import by_group, record
from biometal_stream.reports.records.counts import Counts
from biometal_stream.reports.records.spread import Spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Records, State

CYCLES = 500
"""The first bases of a read that count, as in FastQC."""

MOST_ROWS = 20
"""The most k-mers in the table, as in FastQC."""

_STARTS = CYCLES - LENGTH + 1
_FIRSTS = np.array([*range(1, 140), *range(140, 340, 5), *range(340, _STARTS + 1, 10)])
"""The first cycle of each bin. All groups that FastQC makes of up to 500 cycles consist of whole
bins: it has two cycles to a group up to 139 cycles, five up to 334, and ten beyond."""

_BINS = np.searchsorted(_FIRSTS, np.arange(1, _STARTS + 1), side="right") - 1
_BINS.flags.writeable = False

_LEAST_RATIO, _MOST_P = 5, 0.01
"""FastQC's limits for a k-mer to be shown."""


class Kmers:
    """Counts k-mers of 7 bases by cycle, in all reads. FastQC looks at every 50th.

    It is off by default, as in FastQC: it takes longer than all other modules together, up to 27
    MB for each batch on its way, and says little that other modules do not.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    def observe(self, reads: Reads, /) -> Records:
        """Counts ``kmers_by_cycle``: (bins of cycles, 4 ** 7)."""
        sequences = reads.text("sequence")
        if sequences is None:
            return {}
        starts = min(int(sequences.lengths.max(initial=0)) - LENGTH + 1, _STARTS)
        bins = _BINS[: max(starts, 0)]
        counts = np.zeros((int(bins.max(initial=-1)) + 1, 4**LENGTH), np.int64)
        count_kmers(sequences.starts, sequences.stops, sequences.data, bins, counts)
        return {"kmers_by_cycle": Counts(counts)}

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The table ``kmers``: the 20 that deviate most, by FastQC 0.12.1's test.

        ``reads`` is how often a k-mer was seen, ``max_obs_exp`` how many times as often as
        expected at the cycles from ``max_cycle`` to ``max_last_cycle``, where that is most.
        """
        columns = {
            "kmer": pa.string(),
            "reads": pa.int64(),
            "p_value": pa.float64(),
            "max_obs_exp": pa.float64(),
            "max_cycle": pa.int64(),
            "max_last_cycle": pa.int64(),
        }
        return {"kmers": by_group(state, columns, _rows)}


def _rows(records: Records) -> Mapping[str, Any] | None:
    counts, lengths = record(records, "kmers_by_cycle", Counts), record(records, "lengths", Spread)
    if counts is None or lengths is None or not counts.values.any():
        return None
    longest = min(int(lengths.sorted()[0].max(initial=0)), CYCLES)
    groups = base_groups(longest - LENGTH + 1)
    bins = [int(_BINS[group.first - 1]) for group in groups]
    hits = np.add.reduceat(counts.values, bins)
    seen = hits.sum(0)
    kmers = np.flatnonzero(seen)
    ratios, lowest = _tested(hits[:, kmers], seen[kmers])
    shown = np.flatnonzero(lowest < np.float32(_MOST_P))
    best = ratios[:, shown].max(0, initial=0)
    order = shown[np.lexsort((kmers[shown], -best))][:MOST_ROWS]
    where = ratios[:, order].argmax(0) if len(order) else order
    return {
        "kmer": [_text(kmer) for kmer in kmers[order].tolist()],
        "reads": seen[kmers[order]],
        "p_value": lowest[order],
        "max_obs_exp": ratios[:, order].max(0, initial=0),
        "max_cycle": [groups[place].first for place in where.tolist()],
        "max_last_cycle": [groups[place].last for place in where.tolist()],
    }


def _tested(
    hits: NDArray[np.int64], seen: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Tests whether k-mers are more frequent in a group of cycles than in all.

    FastQC computes with 32-bit numbers, and so does this. P-values are multiplied by the number
    of k-mers, and 1 unless the ratio is above 5.

    Args:
        hits: ``int64``, (groups, k-mers)
        seen: ``int64``, (k-mers,): their sums.

    Returns:
        The ratio of observed to expected, (groups, k-mers), and the lowest p-value, (k-mers,).
    """
    trials = hits.sum(1)
    share = seen.astype(np.float32) / np.float32(seen.sum())
    expected = share * trials.astype(np.float32)[:, None]
    with np.errstate(invalid="ignore"):  # a group without any
        ratios = np.nan_to_num(hits.astype(np.float32) / expected, nan=0, posinf=0)
    group, kmer = np.nonzero(ratios > _LEAST_RATIO)
    tail = upper_tail(hits[group, kmer], trials[group], share[kmer].astype(np.float64))
    found = ((1 - (1 - tail)) * 4**LENGTH).astype(np.float32)
    lowest = np.ones(len(seen), np.float32)
    np.minimum.at(lowest, kmer, found)
    return ratios, lowest


def _text(kmer: int) -> str:
    return "".join("ACTG"[kmer >> 2 * place & 3] for place in range(LENGTH - 1, -1, -1))
