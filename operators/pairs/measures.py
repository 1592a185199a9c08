"""Measures of pairs, by the overlap of their mates; both mates have the same value.

A read without its mate has no value, which is NaN. `biometal_stream.measured.PAIR_MEASURES` lists
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.operators.pairs.checks import pairs_of
from biometal_stream.operators.pairs.overlap import find_overlaps
from biometal_stream.operators.pairs.rules import DEFAULTS, POSTERIOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from biometal_stream.operators.pairs.overlap import Overlaps
    from biometal_stream.view import BatchView


def insert_size(view: BatchView) -> NDArray[np.float64]:
    """The bases of the insert of each pair, (num_rows,); of a merged read all of its bases."""
    values = _measured(view, lambda found: np.where(found.inserts < 0, np.nan, found.inserts))
    if view.merged is not None:
        values[view.merged] = view.text("sequence").lengths[view.merged]
    return values


def overlap(view: BatchView) -> NDArray[np.float64]:
    """The bases that both mates have read, (num_rows,)."""
    return _measured(view, lambda found: found.overlaps.astype(np.float64))


def overlap_mismatches(view: BatchView) -> NDArray[np.float64]:
    """Those of them in which mates differ, (num_rows,)."""
    return _measured(view, lambda found: np.where(found.inserts < 0, np.nan, found.mismatches))


def _measured(
    view: BatchView, measure: Callable[[Overlaps], NDArray[np.float64]]
) -> NDArray[np.float64]:
    values = np.full(view.num_rows, np.nan)
    pairs, rows = pairs_of(view, "a measure of pairs")
    values[rows] = np.repeat(measure(find_overlaps(pairs, DEFAULTS[POSTERIOR])), 2)
    return values
