"""Counts by cycle of the reads of a batch: of bases, of scores, and of scores by base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.reports.kernels.cycles import (
    ROOM,
    STRIDE,
    VALUES,
    count_bases,
    count_scores,
    count_values,
)
from biometal_stream.reports.kernels.summaries import count_bytes
from biometal_stream.reports.quality.cycles import SINGLE, edges_of, num_bins
from biometal_stream.reports.quality.read_counts import HIGHEST, highest_score
from biometal_stream.scratch import KeptScratch
from biometal_stream.simd.counts import COUNTABLE
from biometal_stream.simd.words import WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.reports.quality.reads import Reads

LETTERS = "ACGTN"
"""The letters counted, in upper and lower case; U counts as T. All else counts as ``other``."""

_BASES = 4
_OFFSET = FIRST = 33
LAST = 126
_FEW = 16
_SAMPLES = 4
_SAMPLED = 2048
_KEPT = KeptScratch()


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
    counts = np.zeros((len(LETTERS) + 1, len(edges) - 1), np.int64)
    scores = np.zeros((_BASES, len(edges) - 1), np.int64)
    other = sequences if qualities is None else qualities
    count_bases(
        sequences.starts,
        sequences.stops,
        sequences.data,
        other.starts.astype(sequences.starts.dtype, copy=False),
        other.data,
        edges,
        np.uint64(COUNTABLE // max(1, highest)),
        np.empty(len(counts) * WIDTH, np.uint8),
        np.empty(len(scores) * WIDTH, np.uint16),
        counts,
        scores,
    )
    counts[-1] -= counts[:-1].sum(axis=0)
    by_letter = np.ascontiguousarray(counts.T)
    if qualities is None:
        return by_letter, None
    by_base = np.empty((len(by_letter), _BASES, 2), np.int64)
    by_base[..., 0], by_base[..., 1] = scores.T, by_letter[:, :_BASES]
    return by_letter, by_base


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
    counts = _KEPT.numbers("counts", bins * STRIDE + ROOM)
    counts.fill(0)
    scores = counts[_OFFSET : _OFFSET + bins * STRIDE].reshape(bins, STRIDE)
    values = few_values(_sample(qualities))
    texts = (qualities.starts, qualities.stops, qualities.data)
    if values is None:
        table = np.zeros(min(bins, SINGLE) * STRIDE + ROOM, np.uint16)
        count_scores(*texts, edges, table, counts)
    else:
        known = np.zeros(256, np.bool_)
        known[values] = True
        known.flags.writeable = False
        tallies = np.empty(len(values) * WIDTH, np.uint8)
        counted = np.zeros((len(values), bins), np.int64)
        count_values(*texts, values, known, edges, tallies, counted, counts)
        scores[:, values.astype(np.int64) - _OFFSET] = counted.T
    return scores[:, : highest + 1 if bins else 0].copy()


def few_values(sample: NDArray[np.int64]) -> NDArray[np.uint8] | None:
    """Chooses the values to count first, if that takes less time than to count any.

    Four values take a sixth of the time that any take. Where one of 255 reads has another value in
    a cycle, all are looked at again, in 1.4 times that time; `benches` has the loops.

    Args:
        sample: How often each character occurs in a sample: (256,).

    Returns:
        ``uint8``, 4, 8, 12 or 16 characters; ``None`` if any are to be counted.
    """
    occur = np.flatnonzero(sample[FIRST : LAST + 1]) + FIRST
    if len(occur) == VALUES:  # as on newer instruments; the same as below
        return _fixed(occur[np.argsort(-sample[occur], kind="stable")])
    order = np.argsort(-sample[FIRST : LAST + 1], kind="stable") + FIRST
    covered = np.cumsum(sample[order])[VALUES - 1 : _FEW : VALUES] / max(1, sample.sum())
    costs = np.arange(1, len(covered) + 1) / 6 + 1.4 * (1 - covered**COUNTABLE) + 32 * (1 - covered)
    best = int(np.argmin(costs))
    if costs[best] >= 0.9:  # the sample may be better than the rest
        return None
    return _fixed(order[: (best + 1) * VALUES])


def _fixed(values: NDArray[np.int64]) -> NDArray[np.uint8]:
    fixed = values.astype(np.uint8)
    fixed.flags.writeable = False
    return fixed


def _sample(column: StringColumn) -> NDArray[np.int64]:
    """How often each character occurs in some of the bytes: (256,)."""
    counts = np.zeros((4, 256), np.int64)
    if column.num_rows:
        starts = column.starts[np.arange(_SAMPLES) * column.num_rows // _SAMPLES]
        stops = np.minimum(
            starts + starts.dtype.type(_SAMPLED), starts.dtype.type(len(column.data))
        )
        count_bytes(starts, stops, column.data, counts)
    total: NDArray[np.int64] = counts.sum(axis=0)
    return total


def _edges(column: StringColumn) -> NDArray[np.int64]:
    return edges_of(num_bins(column.longest))
