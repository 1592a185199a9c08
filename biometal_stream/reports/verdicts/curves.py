"""What FastQC draws by cycle, computed as it does: figures of groups of cycles.

Bins of one cycle, which is all up to cycle 999, give FastQC's figures to the last bit. Further on a
bin counts as so many equal cycles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.reports.quality.base_groups import BaseGroup, base_groups
from biometal_stream.reports.verdicts.rows import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.result import Quality

_ENOUGH = 100
"""Percentiles leave out cycles that no more reads than this reach, as in FastQC."""

PERCENTILES = (10, 25, 50, 75, 90)


@dataclass(frozen=True, eq=False)
class Grouped:
    """Bins of cycles, and the groups of cycles that they are in.

    Attributes:
        groups: The groups.
        first: ``int64``, (bins,): the first cycle of each bin.
        width: ``int64``, (bins,): its cycles, but for those that no read reaches.
    """

    groups: tuple[BaseGroup, ...]
    first: NDArray[np.int64]
    width: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Rows, longest: int) -> Grouped:
        """Groups the bins of a table for reads with at most ``longest`` cycles."""
        first, last = rows.whole("first_cycle"), rows.whole("last_cycle")
        groups = base_groups(longest) if len(rows) else ()
        return cls(groups, first, np.minimum(last, longest) - first + 1)

    @property
    def group(self) -> NDArray[np.int64]:
        """The group of each bin."""
        starts = np.array([group.first for group in self.groups], np.int64)
        return np.searchsorted(starts, self.first, side="right") - 1

    def summed(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Adds up counts of bins: ``int64``, (groups,)."""
        total = np.zeros(len(self.groups), np.int64)
        np.add.at(total, self.group, values)
        return total

    def averaged(
        self, values: NDArray[np.float64], known: NDArray[np.bool_], missing: float
    ) -> NDArray[np.float64]:
        """Averages figures of cycles, in their order: ``float64``, (groups,).

        Args:
            values: ``float64``, (bins,)
            known: ``bool``, (bins,): which bins have a figure.
            missing: The average of a group in which no bin has one.
        """
        group, width = self.group[known], self.width[known]
        total, cycles = np.zeros((2, len(self.groups)))
        np.add.at(total, group, values[known] * width)
        np.add.at(cycles, group, width)
        average = np.full(len(total), missing)
        np.divide(total, cycles, out=average, where=cycles > 0)
        return average


@dataclass(frozen=True, eq=False)
class Qualities:
    """Quality by cycle.

    Attributes:
        groups: The groups of cycles.
        reached: ``int64``, (groups,): reads that reach the first cycle of a group.
        means: ``float64``, (groups,)
        percentiles: ``float64``, (groups,), by percent, such as 25 for the lower quartile. NaN
            where at most 100 reads reach a group.
    """

    groups: tuple[BaseGroup, ...]
    reached: NDArray[np.int64]
    means: NDArray[np.float64]
    percentiles: dict[int, NDArray[np.float64]]


def qualities(quality: Quality, group: str) -> Qualities:
    """Quality by cycle, as in FastQC's ``PerBaseQualityScores``."""
    rows = Rows(quality, "qualities_by_cycle", group)
    firsts, places, cells = np.unique(
        rows.whole("first_cycle"), return_index=True, return_inverse=True
    )
    counts = np.zeros((len(firsts), 94), np.int64)
    counts[cells, rows.whole("quality")] = rows.whole("bases")
    longest = Rows(quality, "totals", group).one("max_length") if len(firsts) else 0
    last = np.minimum(rows.whole("last_cycle")[places], longest)
    grouped = Grouped(base_groups(longest), firsts, last - firsts + 1)
    total = counts.sum(axis=1)
    means = (counts @ np.arange(94)) / np.maximum(total, 1)
    enough = total > _ENOUGH * grouped.width
    below = counts.cumsum(axis=1)
    percentiles = {
        percent: grouped.averaged(
            (below >= (total * percent // 100)[:, np.newaxis]).argmax(axis=1).astype(np.float64),
            enough,
            np.nan,
        )
        for percent in PERCENTILES
    }
    known = np.ones(len(firsts), np.bool_)
    reached = (total // grouped.width)[_starts(grouped)]
    return Qualities(grouped.groups, reached, grouped.averaged(means, known, 0.0), percentiles)


@dataclass(frozen=True, eq=False)
class Content:
    """Bases by cycle.

    Attributes:
        groups: The groups of cycles.
        reached: ``int64``, (groups,): reads that reach the first cycle of a group.
        percent: ``float64``, (groups,), by letter: of all A, C, G and T. NaN where there are none.
        n_percent: ``float64``, (groups,): N, of all letters.
        acgt: ``int64``, (groups,): all A, C, G and T.
    """

    groups: tuple[BaseGroup, ...]
    reached: NDArray[np.int64]
    percent: dict[str, NDArray[np.float64]]
    n_percent: NDArray[np.float64]
    acgt: NDArray[np.int64]


def content(quality: Quality, group: str) -> Content:
    """Bases by cycle, as in FastQC's ``PerBaseSequenceContent`` and ``NContent``."""
    rows = Rows(quality, "per_cycle", group)
    grouped = Grouped.of(rows, Rows(quality, "totals", group).one("max_length"))
    counts = {letter: grouped.summed(rows.whole(letter)) for letter in "acgtn"}
    acgt = counts["a"] + counts["c"] + counts["g"] + counts["t"]
    bases = rows.whole("bases")
    with np.errstate(invalid="ignore"):  # no letters at all give NaN
        percent = {letter: counts[letter] / acgt * 100 for letter in "acgt"}
        n_percent = 100 * (counts["n"] / grouped.summed(bases))
    reached = (bases // np.maximum(grouped.width, 1))[_starts(grouped)]
    return Content(grouped.groups, reached, percent, n_percent, acgt)


def _starts(grouped: Grouped) -> NDArray[np.int64]:
    """The first bin of each group."""
    return np.searchsorted(grouped.group, np.arange(len(grouped.groups)))


@dataclass(frozen=True, eq=False)
class Adapters:
    """Reads in which an adapter has begun, by cycle.

    Attributes:
        groups: The groups of cycles.
        percent: ``float64``, (groups,), by the adapter's name.
    """

    groups: tuple[BaseGroup, ...]
    percent: dict[str, NDArray[np.float64]]


def adapters(quality: Quality, group: str) -> Adapters:
    """Adapters by cycle, as in FastQC's ``AdapterContent``.

    Its words have 12 bases, so its last cycle is the twelfth from the end of the longest read.
    """
    rows = Rows(quality, "adapters", group)
    names, last = np.array(rows.texts("adapter"), object), rows.whole("last_cycle")
    first, shown = rows.whole("first_cycle"), rows.real("percent")
    groups = base_groups(int(last.max(initial=0)))
    percent = {}
    for name in dict.fromkeys(names):
        mine = names == name
        grouped = Grouped(groups, first[mine], (last - first)[mine] + 1)
        percent[name] = grouped.averaged(shown[mine], first[mine] > 0, 0.0)
    return Adapters(groups, percent)


@dataclass(frozen=True, eq=False)
class Tiles:
    """How far the quality of each tile is from the mean of all tiles.

    Attributes:
        groups: The groups of cycles.
        tiles: The tiles, in their order.
        deviation: ``float64``, (tiles, groups)
    """

    groups: tuple[BaseGroup, ...]
    tiles: tuple[str, ...]
    deviation: NDArray[np.float64]


def tiles(quality: Quality, group: str) -> Tiles:
    """Quality by tile and cycle, as in FastQC's ``PerTileQualityScores``.

    Where no read of a tile reaches a cycle, its mean quality counts as 0, as it does there. The
    table has nulls instead.
    """
    rows = Rows(quality, "tiles", group)
    found = tuple(dict.fromkeys(rows.texts("tile")))
    groups = tuple(
        map(BaseGroup, *(rows.whole(f"{end}_cycle").tolist() for end in ("first", "last")))
    )[: len(rows) // max(len(found), 1)]
    means = np.nan_to_num(rows.real("mean_quality")).reshape(len(found), len(groups))
    average = np.zeros(len(groups))
    for each in means:  # one by one, as FastQC adds them: the last digits depend on it
        average += each
    return Tiles(groups, found, means - average / max(len(found), 1))
