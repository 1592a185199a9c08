"""Bins of scores, and which label a score belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.schemas.predictions import label_column, probability_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGEST = float(np.finfo(np.float64).max)


class Subject(NamedTuple):
    """What a column of scores is about.

    Attributes:
        labels: The column of labels; ``None`` if there is none.
        label: The label whose probability it is; ``None`` if it is that of each read's own label.
    """

    labels: str | None
    label: str | None


def subject_of(score: str, label_columns: Iterable[str]) -> Subject:
    """What a column of scores is about, by its name, as `Predict` names columns.

    ``host_probability`` goes with the labels in ``host_label``, and so does ``host_score``;
    ``host_probability_human`` is the probability of the label ``human``. A column of labels may
    also be named ``host``.

    Args:
        score: The name of the column of scores.
        label_columns: The names of all columns of labels.
    """
    stems = {name: name.removesuffix(label_column("")) for name in label_columns}
    fitting = [name for name, stem in stems.items() if score.startswith(f"{stem}_")]
    if not fitting:
        return Subject(None, None)
    best = max(fitting, key=lambda name: (len(stems[name]), name))
    of_label = f"{probability_column(stems[best])}_"
    label = score.removeprefix(of_label) if score.startswith(of_label) else ""
    return Subject(best, label or None)


def bins_of_scores(scores: NDArray[np.floating]) -> NDArray[np.int64]:
    """The bin of each score; no score is NaN.

    From -1 to 1 a bin is 0.01 wide, and that below 1 includes it. Beyond, bins have two significant
    digits up to 10,000, and one above; the last includes the largest number.
    """
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite
        starts = _starts().astype(scores.dtype)
    ends = starts[_one() :]
    ends[0] = np.nextafter(scores.dtype.type(1), scores.dtype.type(2))
    places: NDArray[np.int64] = np.searchsorted(starts, scores, side="right") - 1
    return np.maximum(places, 0)


def bounds_of_bins(bins: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where bins start and where they end, ``float64``, (bins,)."""
    starts = np.append(_starts(), _LARGEST)
    starts[0] = -_LARGEST
    return starts[bins], starts[bins + 1]


@cache
def _starts() -> NDArray[np.float64]:
    """Where each bin starts: -infinity, then decimal numbers with few digits."""
    unit = [float(f"{step}e-2") for step in range(100)]
    tens = [float(f"{step}e{power}") for power in range(-1, 3) for step in range(10, 100)]
    more = [float(f"{step}e{power}") for power in range(4, 308) for step in range(1, 10)]
    above = [*unit[1:], *tens, *more]
    starts = np.array([-np.inf, *[-each for each in reversed(above)], 0.0, *above])
    starts.flags.writeable = False
    return starts


@cache
def _one() -> int:
    return int(np.searchsorted(_starts(), 1.0))
