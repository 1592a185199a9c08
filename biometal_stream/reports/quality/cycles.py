"""Cycles in bins: one each up to 999, then 900 bins for each further factor of ten.

So reads of any length need few bins, and a bin is never wider than a percent of its place. All
groups of cycles that FastQC makes are made of whole bins, for reads of any length. Cycles are
counted from 1 here, and bins from 0.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SINGLE = 999
"""The cycles that have a bin of their own."""

PER_DECADE = 900


def first_cycles(bins: int) -> NDArray[np.int64]:
    """The first cycle of each bin, and the one after the last bin: (bins + 1,)."""
    places = np.arange(bins + 1)
    decade = np.maximum(0, (places - SINGLE) // PER_DECADE)
    width = np.where(places < SINGLE, 1, 10 ** (decade + 1))
    start = np.where(places < SINGLE, 1, 10 ** (decade + 3))
    rest = np.where(places < SINGLE, places, (places - SINGLE) % PER_DECADE)
    firsts: NDArray[np.int64] = start + rest * width
    return firsts


@lru_cache(maxsize=64)
def edges_of(bins: int) -> NDArray[np.int64]:
    """The same, read-only and cached."""
    edges = first_cycles(bins)
    edges.flags.writeable = False
    return edges


def num_bins(longest: int) -> int:
    """The bins that reads of a length need."""
    if longest <= SINGLE:
        return longest
    decade = len(str(longest)) - 4
    width: int = 10 ** (decade + 1)
    return SINGLE + PER_DECADE * decade + longest // width - 99


def bins_of(cycles: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bin of each cycle."""
    most = int(cycles.max(initial=1))
    if most <= SINGLE:
        return cycles - 1
    decades = len(str(most)) - 3
    edges = first_cycles(SINGLE + PER_DECADE * decades)
    places: NDArray[np.int64] = np.searchsorted(edges, cycles, side="right") - 1
    return places
