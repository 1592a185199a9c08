"""Which reads pass min-arithmetic-mean-quality 20 and min-length 50."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.columns import StringColumn, array_of
from biometal_stream.models.training.labelled import Fragments, cut
from biometal_stream.models.training.task import Task
from biometal_stream.operators import measures
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.models.training.labelled import LabelledReads

MEAN_QUALITY = 20.0
"""The least arithmetic mean of the Phred scores of a good read."""

LENGTH = 50
"""The fewest bases of a good read."""

NEAR = 1.0
"""The greatest distance of a hard read's mean quality from the threshold."""

LONGEST = 3000
"""The most bases of a fragment, so that a few long reads do not fill a batch."""

_WHOLE = 0.3  # the share of reads that are left whole
_NEAR_LENGTH = 0.25  # of the others: cut to about the least length,
_ANY_LENGTH = 0.35  # or to any length
_SHIFTED = 0.75  # of the others: shifted to about the least quality
_TAIL = 0.2  # of the others: with a tail of Phred 2, as on Illumina
_LOWEST, _HIGHEST = 0, 93
_TAIL_PHRED = 2

_PURPOSES = {
    "mlp": "the reference for the format and for the benchmark",
    "linear": "the smallest example of the format",
}


class Quality(Task):
    """Learns an exact rule that is far cheaper than any model, so that models can be checked."""

    labels: ClassVar[tuple[str, str]] = ("FAIL", "PASS")
    rule: ClassVar[Mapping[str, float]] = {
        "arithmetic_mean_quality": MEAN_QUALITY,
        "length": LENGTH,
    }
    hard: ClassVar[str] = f"within {NEAR:g} of Phred {MEAN_QUALITY:g}"
    remedies: ClassVar[tuple[str, str]] = (
        "reads of lower quality, or --synthetic 10000",
        "reads of higher quality",
    )

    def label(self, batch: pa.RecordBatch) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Labels reads by the exact rule, over the whole read; see `Task.label`."""
        view = BatchView(batch)
        means = measures.arithmetic_mean_quality(view)
        passes = (means >= MEAN_QUALITY) & (measures.lengths(view, "quality") >= LENGTH)
        return passes, np.abs(means - MEAN_QUALITY) <= NEAR

    def describe(self, network: str) -> str:
        """See `Task.describe`."""
        return (
            f"Tells whether a read has an arithmetic mean Phred score of at least {MEAN_QUALITY:g}"
            f" and at least {LENGTH} bases. The exact rule (min-arithmetic-mean-quality"
            f" {MEAN_QUALITY:g}, min-length {LENGTH}) is right on every read and far cheaper, as"
            f" metrics.cost shows: use it for real work. This model is {_PURPOSES[network]}."
        )

    def vary(
        self, reads: LabelledReads, rows: NDArray[np.int64], draw: np.random.Generator
    ) -> Fragments:
        """See `Task.vary` and `varied_fragments`."""
        return varied_fragments(reads, rows, draw)


TASK = Quality()


def varied_fragments(
    reads: LabelledReads, rows: NDArray[np.int64], draw: np.random.Generator
) -> Fragments:
    """Takes reads, most of them cut to another length or shifted to near the threshold.

    Three in ten are left whole. Of the others a quarter is cut to between 35 and 65 bases and a
    third to any length; three quarters have their Phred scores shifted, so that the mean is near
    20, and a fifth gets a tail of Phred 2 before that. The exact rule labels the results.

    Args:
        reads: All reads.
        rows: The rows to take; a row may occur several times.
        draw: The random generator.
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
    passes, _ = TASK.label(pa.record_batch([column], names=["quality"]))
    return passes


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
    # A fraction is a higher score at that share of the bases, drawn again for each base.
    rounded = np.where(moved == 0, 0, np.floor(moved + draw.random(len(phred))))
    phred = np.clip(phred + rounded.astype(np.int64), _LOWEST, _HIGHEST)
    return StringColumn.of(quality.name, quality.offsets, (phred + ord("!")).astype(np.uint8))
