"""Counts of the reads of a batch by their mean score and by their GC content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import DataError
from biometal_stream.reports.kernels.reads import count_gc, count_means, gc_of_reads
from biometal_stream.reports.quality.gc_model import EXACT, FIRST_KEYS, cut_lengths, keys_of
from biometal_stream.reports.records.spread import Spread
from biometal_stream.scratch import KeptScratch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.reports.quality.reads import Reads

HIGHEST = 93
"""The highest score that Phred+33 has."""

CUT = cut_lengths(np.arange(EXACT + 1))
"""The bases that count in reads of each length up to 1,000, ``int64``, (1001,)."""
CUT.flags.writeable = False

_KEPT = KeptScratch()


def reads_by_mean(reads: Reads, qualities: StringColumn) -> NDArray[np.int64]:
    """Counts reads by the mean of their scores, rounded down: ``int64``, (highest mean + 1,).

    Reads without bases are left out.

    Raises:
        DataError: A quality holds a byte that is not Phred+33.
    """
    return _means(reads, qualities)[0]


def highest_score(reads: Reads, qualities: StringColumn) -> int:
    """The highest score of all bases; so they are known to be Phred+33, as kernels count on.

    Raises:
        DataError: A quality holds a byte that is not Phred+33.
    """
    return _means(reads, qualities)[1]


def _means(reads: Reads, qualities: StringColumn) -> tuple[NDArray[np.int64], int]:
    return reads.once("reads by mean", lambda: _counted(qualities))


def _counted(qualities: StringColumn) -> tuple[NDArray[np.int64], int]:
    counts = np.zeros(256, np.int64)
    highest = int(count_means(qualities.starts, qualities.stops, qualities.data, counts))
    if highest > HIGHEST:
        raise DataError("the 'quality' column holds bytes outside '!' to '~'; it is not Phred+33")
    return counts[: int(np.flatnonzero(counts).max(initial=-1)) + 1].copy(), highest


def reads_by_gc(sequences: StringColumn) -> Spread:
    """Counts reads by their keys of `gc_model`. Reads without bases are left out."""
    longest = sequences.longest
    if longest <= EXACT:
        counts = _KEPT.numbers("counts", int(FIRST_KEYS[longest]) + longest + 1)
        counts.fill(0)
        texts = sequences.starts, sequences.stops, sequences.data
        return Spread(counts[: count_gc(*texts, CUT, FIRST_KEYS, counts)].copy())
    cut = cut_lengths(sequences.lengths)
    stops = (sequences.starts + cut).astype(sequences.starts.dtype)
    stops.flags.writeable = False
    gc = np.empty(len(cut), np.int64)
    gc_of_reads(sequences.starts, stops, sequences.data, gc)
    some = cut > 0
    return Spread.of(keys_of(cut[some], gc[some]))
