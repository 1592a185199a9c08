"""Counts by cycle of the reads of a batch: of bases, of scores, and of scores by base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.reports.kernels.cycles import (
    ROOM,
    STRIDE,
    count_bases,
    count_scores,
    count_values,
)
from biometal_stream.reports.kernels.values import MOST_VALUES, choose_values
from biometal_stream.reports.kernels.values import ROOM as SAMPLE_ROOM
from biometal_stream.reports.quality.cycles import SINGLE, edges_of, num_bins
from biometal_stream.reports.quality.read_counts import HIGHEST, highest_score
from biometal_stream.simd.counts import COUNTABLE
from biometal_stream.simd.words import WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.reports.quality.reads import Reads

LETTERS = "ACGTN"
"""The letters counted, in upper and lower case; U counts as T. All else counts as ``other``."""

_BASES = 4


def bases_by_cycle(
    sequences: StringColumn, qualities: StringColumn | None, highest: int = HIGHEST
) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
    """Counts letters by cycle, and adds up the scores of A, C, G and T.

    Args:
        sequences: Bases.
        qualities: Phred+33, as long as the sequences; ``None`` if there are none.
        highest: No score is higher; the lower it is, the faster are scores added up.

    Returns:
        Counts of A, C, G, T, N and other letters, ``int64``, (bins, 6); and of A, C, G and T the
        sum of their scores and how many have one, (bins, 4, 2).
    """
    edges = _edges(sequences)
    bins = len(edges) - 1
    counts = np.empty((bins, len(LETTERS) + 1), np.int64)
    by_base = np.empty((bins, _BASES, 2), np.int64)
    other = sequences if qualities is None else qualities
    count_bases(
        sequences.starts,
        sequences.stops,
        sequences.data,
        other.starts.astype(sequences.starts.dtype, copy=False),
        other.data,
        edges,
        np.uint64(COUNTABLE // max(1, highest)),
        np.empty((len(LETTERS) + 1) * WIDTH, np.uint8),
        np.empty(_BASES * WIDTH, np.uint16),
        np.empty(counts.shape[::-1], np.int64),
        np.empty((_BASES, bins), np.int64),
        counts,
        by_base.reshape(bins, 2 * _BASES),
    )
    return counts, None if qualities is None else by_base


def scores_of(reads: Reads, qualities: StringColumn) -> NDArray[np.int64]:
    """Counts scores by cycle once for all modules: see `scores_by_cycle`.

    Raises:
        DataError: A quality holds a byte that is not Phred+33.
    """
    highest = highest_score(reads, qualities)
    return reads.once("scores by cycle", lambda: scores_by_cycle(qualities, highest))


def scores_by_cycle(qualities: StringColumn, highest: int) -> NDArray[np.int64]:
    """Counts scores by cycle: ``int64``, (bins, highest score + 1); (0, 0) without bases.

    Args:
        qualities: Phred+33, without other bytes.
        highest: Their highest score.
    """
    edges = _edges(qualities)
    bins = len(edges) - 1
    scores = np.zeros((bins, highest + 1 if bins else 0), np.int64)
    values = few_values(qualities)
    texts = (qualities.starts, qualities.stops, qualities.data)
    if values is None:
        table = np.zeros(min(bins, SINGLE) * STRIDE + ROOM, np.uint16)
        count_scores(*texts, edges, table, scores)
    else:
        known = np.zeros(256, np.bool_)
        known[values] = True
        known.flags.writeable = False
        tallies = np.empty(len(values) * WIDTH, np.uint8)
        counted = np.empty((len(values), bins), np.int64)
        count_values(*texts, values, known, edges, tallies, counted, scores)
    return scores


def few_values(qualities: StringColumn) -> NDArray[np.uint8] | None:
    """Chooses the values to count first, by a sample, if that takes less time than to count any.

    Args:
        qualities: Phred+33, without other bytes.

    Returns:
        ``uint8``, 4, 8, 12 or 16 characters; ``None`` if any are to be counted.
    """
    values = np.empty(MOST_VALUES, np.uint8)
    counts = np.empty(SAMPLE_ROOM, np.int64)
    count = choose_values(qualities.starts, qualities.data, counts, values)
    values.flags.writeable = False
    return values[:count] if count else None


def _edges(column: StringColumn) -> NDArray[np.int64]:
    return edges_of(num_bins(column.longest))
