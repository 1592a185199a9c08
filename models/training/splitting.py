"""Splits reads into training, validation and test sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRAIN, VALIDATION = 0.70, 0.15


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of reads, each ``int64`` and ascending.

    Attributes:
        train: 70 % of each stratum.
        validation: 15 %.
        test: The rest.
    """

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def split_rows(strata: NDArray[np.int64], seed: int) -> Split:
    """Splits rows at random so that each set has its share of each stratum.

    Args:
        strata: (n,): the stratum of each row, such as its file and its label.
        seed: The random seed.
    """
    draw = np.random.default_rng([seed, 0x5917])
    parts: tuple[list[NDArray[np.int64]], ...] = ([], [], [])
    for stratum in np.unique(strata):
        rows = draw.permutation(np.flatnonzero(strata == stratum))
        first = round(TRAIN * len(rows))
        second = round((TRAIN + VALIDATION) * len(rows))
        for part, fragment in zip(parts, np.split(rows, [first, second]), strict=True):
            part.append(fragment)
    return Split(*(np.sort(np.concatenate(part)) for part in parts))
