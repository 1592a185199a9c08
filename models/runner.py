"""Feeds reads to a model: cut into windows, encoded, run in batches, pooled."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import PredictionError
from biometal_stream.models.encodings import cut_windows
from biometal_stream.models.predictor import call_sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.models.card import Card
    from biometal_stream.models.encodings import Windows
    from biometal_stream.models.predictor import Calls, Predictor

    Buffers = tuple[NDArray[Any], NDArray[np.float32]]


class Runner:
    """A model that takes reads. Safe to share between threads.

    Whatever the number of reads, a call of the model gets as many rows of features as suit it.
    They are encoded into a buffer that is reused and fits a core's cache; there are as many
    buffers as there were concurrent calls.

    Args:
        card: How reads are encoded and windows pooled.
        predictor: What runs the model.
    """

    def __init__(self, card: Card, predictor: Predictor) -> None:
        self._card = card
        self._predictor = predictor
        self._sizes = (predictor.rows,) if predictor.fixed else call_sizes(predictor.rows)
        self._kept: deque[Buffers] = deque()
        self._lock = threading.Lock()
        self._windows = self._calls = 0

    @property
    def windows(self) -> int:
        """The number of windows that the model has seen."""
        return self._windows

    @property
    def calls(self) -> int:
        """The number of calls of the model."""
        return self._calls

    def outputs(
        self,
        sequence: StringColumn | None,
        quality: StringColumn | None,
        lengths: NDArray[np.int64],
        rows: NDArray[np.int64] | None = None,
        calls: Calls | None = None,
    ) -> NDArray[np.float32]:
        """Runs the model on reads.

        Args:
            sequence: The bases; ``None`` if the encoding does not read them.
            quality: The qualities, likewise.
            lengths: ``int64``, (num_rows,): the number of bases of each read.
            rows: ``int64``, (n,): the reads for the model; by default all.
            calls: The group that the calls of the model belong to, which can be ended.

        Returns:
            ``float32``, (n, outputs of the model): the model's output for each of the reads,
            pooled over its windows.

        Raises:
            DataError: A quality is outside ``!`` to ``~``.
            PredictionError: The runtime failed, returned NaN or infinity, or was ended.
        """
        card = self._card
        windows = cut_windows(lengths, card.encoding.length, card.windows, card.stride, rows)
        raw = self._run(sequence, quality, windows, calls)
        if not np.isfinite(raw).all():
            window = int(np.argmin(np.isfinite(raw).all(axis=1)))
            raise PredictionError(
                f"model '{card.name}' gave {raw[window][~np.isfinite(raw[window])][0]} for row"
                f" {windows.rows[window]} of the batch; is it the right model, and whole?"
            )
        reads = len(lengths) if rows is None else len(rows)
        if len(windows) == reads:
            return raw
        return _POOLINGS[card.pooling](raw, windows)

    def _run(
        self,
        sequence: StringColumn | None,
        quality: StringColumn | None,
        windows: Windows,
        calls: Calls | None,
    ) -> NDArray[np.float32]:
        predictor, encoding = self._predictor, self._card.encoding
        number, most = len(windows), predictor.rows
        raw = np.empty((number, predictor.outputs), np.float32)
        buffers = features, padded = self._buffers()
        placed = encoding.place(sequence, quality, windows)
        for first in range(0, number, most):
            rows = min(most, number - first)
            placed.write(slice(first, first + rows), features[:rows])
            size = self._sizes[bisect_left(self._sizes, rows)]
            if rows < size:
                features[rows:size] = 0
                predictor.predict(features[:size], padded[:size], calls)
                raw[first:] = padded[:rows]
            else:
                predictor.predict(features[:rows], raw[first : first + rows], calls)
        self._kept.append(buffers)
        with self._lock:
            self._windows += number
            self._calls += -(-number // most)
        return raw

    def _buffers(self) -> Buffers:
        """Features and outputs for one call; other calls do not use them at the same time."""
        with suppress(IndexError):
            return self._kept.pop()
        encoding, rows = self._card.encoding, self._predictor.rows
        return (
            np.zeros((rows, *encoding.shape), encoding.dtype),
            np.zeros((rows, self._predictor.outputs), np.float32),
        )


def pool_mean(raw: NDArray[np.float32], windows: Windows) -> NDArray[np.float32]:
    """The mean over each read's windows, weighted by their bases.

    Args:
        raw: ``float32``, (windows, outputs).
        windows: The windows; those of a read are adjacent, and a read has at least one.

    Returns:
        ``float32``, (reads, outputs).
    """
    firsts = _firsts(windows)
    # A read without bases has one window, with weight 1.
    weights = np.maximum(windows.stops - windows.starts, 1).astype(np.float64)[:, None]
    sums = np.add.reduceat(raw * weights, firsts)
    return (sums / np.add.reduceat(weights, firsts)).astype(np.float32)


def pool_max(raw: NDArray[np.float32], windows: Windows) -> NDArray[np.float32]:
    """The maximum of each output over each read's windows; shapes as for `pool_mean`."""
    return np.maximum.reduceat(raw, _firsts(windows))


_POOLINGS = {"mean": pool_mean, "max": pool_max}


def _firsts(windows: Windows) -> NDArray[np.intp]:
    """The first window of each read, (reads,)."""
    return np.flatnonzero(np.diff(windows.rows, prepend=-1))
