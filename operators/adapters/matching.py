"""Matches adapters with reads by rules: the kernel's arguments from a view, and its results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.operators.adapters.finding import upper
from biometal_stream.operators.kernels import rules
from biometal_stream.operators.kernels.alignment import ALIGNED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.adapters.tables import Tables


@dataclass(frozen=True)
class Matches:
    """The adapters in some reads.

    Attributes:
        results: ``int64``, (rows, FOUND): see `biometal_stream.operators.kernels.rules`.
    """

    results: NDArray[np.int64]

    @property
    def which(self) -> NDArray[np.int64]:
        """The number of the last adapter of each read, -1 for none: (rows,)."""
        return self.results[:, rules.WHICH]

    @property
    def found(self) -> NDArray[np.bool_]:
        """Which reads have an adapter: (rows,)."""
        return self.which >= 0

    @property
    def scores(self) -> NDArray[np.int64]:
        """The sum of the scores of each read's adapters: (rows,)."""
        return self.results[:, rules.TOTAL]

    def part(self, kept: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The start and the stop of what stays of each read, both (rows,).

        Args:
            kept: ``trim`` for what is left without adapters, ``retain`` for that and the last
                adapter, ``crop`` for that adapter alone.
        """
        first = {"trim": rules.START, "retain": rules.KEPT_START, "crop": rules.CROP_START}[kept]
        return self.results[:, first].copy(), self.results[:, first + 1].copy()


def match(
    bases: StringColumn,
    tables: Tables,
    *,
    times: int = 1,
    units: tuple[int, int] | None = None,
) -> Matches:
    """Finds adapters in reads.

    Args:
        bases: The reads.
        tables: The adapters.
        times: How many of them are removed from a read at most, one after another.
        units: The first of the tables' units to look for, and the one after the last; all by
            default.
    """
    first, last = units or (0, tables.num_units)
    bases = upper(bases)
    results = np.empty((bases.num_rows, rules.FOUND), np.int64)
    room = int(bases.lengths.max(initial=0)) + rules.PADDING
    rules.match_adapters(
        bases.starts,
        bases.stops,
        bases.data,
        *tables[:-1],
        tables.units,
        first,
        last,
        times,
        np.zeros(3 * room, np.uint8),
        np.empty(3 * (tables.longest + 1), np.int64),
        np.empty(ALIGNED, np.int64),
        np.empty(rules.FOUND + 1, np.int64),
        results.reshape(-1),
    )
    return Matches(results)
