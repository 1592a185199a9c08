"""From reads to the arrays that a network takes, without a Python object per read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.models.encodings import cut_windows
from biometal_stream.models.training.labelled import whole_reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from biometal_stream.models.card import WindowRule
    from biometal_stream.models.encodings import Encoding
    from biometal_stream.models.training.labelled import Fragments, LabelledReads

WINDOWS: WindowRule = "even"
"""How long reads are cut: windows cover the read and have similar lengths."""

_WINDOWS_AT_ONCE = 8192


@dataclass(frozen=True, eq=False)
class Batch:
    """The input of a network, and the answer it should give.

    Attributes:
        features: (windows, *shape of the encoding), of its type.
        reads: ``int64``, (windows,): the index of a window's read in the batch.
        weights: ``float32``, (windows,): the share of its read's bases; they add up to 1.
        labels: ``float32``, (reads,): 1 if a read has the second label.
    """

    features: NDArray[np.generic]
    reads: NDArray[np.int64]
    weights: NDArray[np.float32]
    labels: NDArray[np.float32]


def encode(fragments: Fragments, encoding: Encoding) -> Batch:
    """Encodes all windows of some reads."""
    windows = cut_windows(fragments.lengths, encoding.length, WINDOWS)
    features = np.empty((len(windows.rows), *encoding.shape), encoding.dtype)
    encoding.encode(fragments.sequence, fragments.quality, windows, features)
    bases = np.maximum(windows.stops - windows.starts, 1)  # an empty read has an empty window
    in_all = np.maximum(fragments.lengths, 1)
    return Batch(
        features,
        windows.rows,
        (bases / in_all[windows.rows]).astype(np.float32),
        fragments.labels.astype(np.float32),
    )


def batches_in_order(
    reads: LabelledReads, rows: NDArray[np.int64], encoding: Encoding
) -> Iterator[Batch]:
    """Encodes reads in order, some thousand windows at a time, and always whole reads."""
    windows = np.maximum(-(-reads.lengths[rows] // encoding.length), 1)
    groups = (np.cumsum(windows) - 1) // _WINDOWS_AT_ONCE
    for part in np.split(rows, np.flatnonzero(np.diff(groups)) + 1):
        if len(part):
            yield encode(whole_reads(reads, part), encoding)


def logits_of(
    predict: Callable[[NDArray[np.generic]], NDArray[np.float32]],
    reads: LabelledReads,
    rows: NDArray[np.int64],
    encoding: Encoding,
) -> NDArray[np.float64]:
    """Runs a model over reads.

    Args:
        predict: Takes features, (windows, *shape), and returns logits, (windows,) or
            (windows, 1).
        reads: All reads.
        rows: The reads to predict.
        encoding: How reads become numbers.

    Returns:
        The logit of each read, (rows,): the mean over its windows, weighted by their bases.
    """
    logits = [
        np.bincount(
            batch.reads,
            predict(batch.features).reshape(-1) * batch.weights.astype(np.float64),
            minlength=len(batch.labels),
        )
        for batch in batches_in_order(reads, rows, encoding)
    ]
    return np.concatenate(logits) if logits else np.empty(0)
