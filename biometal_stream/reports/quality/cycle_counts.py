"""Counts by cycle of the reads of a batch: of bases, of scores, and of scores by base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import DataError
from biometal_stream.reports.kernels.cycles import count_by_cycle, sum_scores_by_base
from biometal_stream.reports.quality.cycles import first_cycles, num_bins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn

LETTERS = "ACGTN"
"""The letters counted, in upper and lower case; U counts as T. All else counts as ``other``."""

_OTHER = len(LETTERS)
_OFFSET = 33
SCORES = 94
"""Phred+33 has scores from 0 to 93."""


def _classes() -> NDArray[np.uint8]:
    classes = np.full(256, _OTHER, np.uint8)
    for place, letter in enumerate(LETTERS):
        classes[[ord(letter), ord(letter.lower())]] = place
    classes[[ord("U"), ord("u")]] = LETTERS.index("T")
    classes.flags.writeable = False
    return classes


_LETTER_OF = _classes()
_SCORE_OF = np.minimum(np.arange(256) - _OFFSET, SCORES).astype(np.uint8)
_SCORE_OF[:_OFFSET] = SCORES
_SCORE_OF.flags.writeable = False


def bases_by_cycle(sequences: StringColumn) -> NDArray[np.int64]:
    """Counts A, C, G, T, N and other letters by cycle: ``int64``, (bins, 6)."""
    return _counted(sequences, _LETTER_OF, _OTHER + 1)


def scores_by_cycle(qualities: StringColumn) -> NDArray[np.int64]:
    """Counts scores by cycle: ``int64``, (bins, highest score + 1).

    Raises:
        DataError: A quality holds a byte that is not Phred+33.
    """
    counts = _counted(qualities, _SCORE_OF, SCORES + 1)
    if counts[:, SCORES].any():
        raise DataError("the 'quality' column holds bytes outside '!' to '~'; it is not Phred+33")
    highest = int(np.flatnonzero(counts.any(axis=0)).max(initial=-1))
    return np.ascontiguousarray(counts[:, : highest + 1])


def scores_by_base(sequences: StringColumn, qualities: StringColumn) -> NDArray[np.int64]:
    """Sums the scores of A, C, G and T by cycle: ``int64``, (bins, 4)."""
    edges = _edges(sequences)
    sums = np.zeros((_OTHER + 1, len(edges) - 1), np.int64)
    sum_scores_by_base(
        sequences.starts,
        sequences.stops,
        sequences.data,
        qualities.starts,
        qualities.data,
        _LETTER_OF,
        edges,
        sums,
    )
    return np.ascontiguousarray(sums[:4].T)


def _counted(column: StringColumn, classes: NDArray[np.uint8], number: int) -> NDArray[np.int64]:
    edges = _edges(column)
    counts = np.zeros((number, len(edges) - 1), np.int64)
    count_by_cycle(column.starts, column.stops, column.data, classes, edges, counts)
    return np.ascontiguousarray(counts.T)


def _edges(column: StringColumn) -> NDArray[np.int64]:
    edges = first_cycles(num_bins(int(column.lengths.max(initial=0))))
    edges.flags.writeable = False
    return edges
