"""Fragments of reads: cut out, and with their qualities shifted, so that hard reads are many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from biometal_stream.columns import StringColumn, array_of
from biometal_stream.models.training.labels import LENGTH, MEAN_QUALITY, label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.models.training.reads import LabelledReads

LONGEST = 3000
"""The most bases of a fragment, so that a few long reads do not make up a batch."""

_WHOLE = 0.3  # the share of reads that are taken as they are
_NEAR_LENGTH = 0.25  # of the others: cut to about the least length,
_ANY_LENGTH = 0.35  # or to any
_SHIFTED = 0.75  # of the others: shifted to about the least quality
_TAIL = 0.2  # of the others: with a tail of Phred 2, as Illumina's have
_LOWEST, _HIGHEST = 0, 93
_TAIL_PHRED = 2


@dataclass(frozen=True, eq=False)
class Fragments:
    """Reads or fragments of reads, with labels of their own.

    Attributes:
        quality: The qualities.
        sequence: The bases; ``None`` where the encoding does not read them.
        labels: ``bool``, (n,).
    """

    quality: StringColumn
    sequence: StringColumn | None
    labels: NDArray[np.bool_]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The bases of each, (n,)."""
        return self.quality.lengths


def whole_reads(reads: LabelledReads, rows: NDArray[np.int64]) -> Fragments:
    """Takes some reads as they are."""
    starts = np.zeros(len(rows), np.int64)
    stops = reads.lengths[rows]
    return Fragments(
        cut(reads.quality, rows, starts, stops),
        None if reads.sequence is None else cut(reads.sequence, rows, starts, stops),
        reads.labels[rows],
    )


def varied_fragments(
    reads: LabelledReads, rows: NDArray[np.int64], draw: np.random.Generator
) -> Fragments:
    """Takes some reads, most of them cut to another length or shifted to about the threshold.

    Three in ten stay whole. Of the others a quarter is cut to between 35 and 65 bases and a
    third to any length; three quarters have their Phred scores shifted, so that the mean falls
    near 20, and a fifth got a tail of Phred 2 before that. Labels are those of what comes out,
    by the exact rule.

    Args:
        reads: All reads.
        rows: Which to take; a row may come several times.
        draw: What is drawn by.
    """
    lengths = reads.lengths[rows]
    varied = draw.random(len(rows)) >= _WHOLE
    stops = np.minimum(lengths, LONGEST)
    kind = np.where(varied, draw.random(len(rows)), 1.0)
    near = draw.integers(LENGTH - 15, LENGTH + 16, len(rows))
    anywhere = (draw.random(len(rows)) * (stops + 1)).astype(np.int64)
    bases = np.where(kind < _NEAR_LENGTH + _ANY_LENGTH, anywhere, stops)
    bases = np.minimum(np.where(kind < _NEAR_LENGTH, near, bases), stops)
    starts = (draw.random(len(rows)) * (lengths - bases + 1)).astype(np.int64)
    quality = cut(reads.quality, rows, starts, starts + bases)
    sequence = reads.sequence
    if sequence is not None:
        sequence = cut(sequence, rows, starts, starts + bases)
    quality = _shifted(quality, varied, draw)
    return Fragments(quality, sequence, labels_of(quality))


def labels_of(quality: StringColumn) -> NDArray[np.bool_]:
    """Labels qualities by the exact rule, (n,)."""
    offsets = quality.offsets.astype(np.int64)
    column = array_of(pa.large_string(), offsets, pa.py_buffer(quality.data))
    _, passes = label(pa.record_batch([column], names=["quality"]))
    return passes


def cut(
    column: StringColumn,
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
) -> StringColumn:
    """Cuts a fragment out of each of some rows.

    Args:
        column: The text.
        rows: ``int64``, (n,).
        starts: ``int64``, (n,): the first byte of each fragment, counted in its row.
        stops: ``int64``, (n,): the byte after its last.
    """
    offsets: Any = _offsets(stops - starts)
    first = column.starts[rows].astype(np.int64) + starts - offsets[:-1]
    index = np.repeat(first, stops - starts)
    index += np.arange(len(index), dtype=np.int64)
    return StringColumn.of(column.name, offsets, column.data[index])


def _shifted(
    quality: StringColumn, varied: NDArray[np.bool_], draw: np.random.Generator
) -> StringColumn:
    """Gives some qualities a tail, and moves the means of some near the threshold."""
    bases = quality.lengths
    phred = quality.data.astype(np.int64) - ord("!")
    places = np.arange(len(phred)) - np.repeat(quality.offsets[:-1], bases)
    keep = np.where(varied & (draw.random(len(bases)) < _TAIL), draw.random(len(bases)), 1.0)
    phred[places >= np.repeat(keep * bases, bases)] = _TAIL_PHRED
    sums = np.diff(np.concatenate([[0], np.cumsum(phred)])[quality.offsets])
    targets = MEAN_QUALITY + draw.standard_normal(len(bases)) * draw.choice([0.3, 1, 4], len(bases))
    shifts = targets - sums / np.maximum(bases, 1)
    shifts[~(varied & (draw.random(len(bases)) < _SHIFTED))] = 0
    moved = np.repeat(shifts, bases)
    # A fraction is a higher score at so many of the bases, drawn anew for each.
    rounded = np.where(moved == 0, 0, np.floor(moved + draw.random(len(phred))))
    phred = np.clip(phred + rounded.astype(np.int64), _LOWEST, _HIGHEST)
    return StringColumn.of(quality.name, quality.offsets, (phred + ord("!")).astype(np.uint8))


def _offsets(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)])
