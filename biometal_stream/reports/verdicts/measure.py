"""What a figure is, what it is computed from, and when it is worse than a limit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.reports.quality.base_groups import BaseGroup
from biometal_stream.reports.verdicts.rows import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.result import Quality


@dataclass(frozen=True)
class Found:
    """A figure.

    Attributes:
        value: Its value.
        where: What it was found in: bases, a tile, an adapter, or a sequence.
        cycles: The cycles that it was found in.
    """

    value: float
    where: str = ""
    cycles: BaseGroup | None = None


@dataclass(frozen=True)
class Asked:
    """What a figure is computed from.

    Attributes:
        quality: The result of quality control.
        group: The group of reads.
        reached: Cycles that fewer than this many percent of the reads reach do not count. With 0,
            all is judged, as in FastQC, even what may be chance.
        parameter: As in `Limit`.
    """

    quality: Quality
    group: str
    reached: float
    parameter: int

    def rows(self, table: str) -> Rows:
        """The rows of a table."""
        return Rows(self.quality, table, self.group)

    @property
    def reads(self) -> int:
        """The number of reads."""
        reads: int = self.rows("totals").one("reads")
        return reads

    def least(self, number: int) -> int:
        """The reads or bases that a figure needs, since fewer differ by chance; 0 for FastQC's."""
        return number if self.reached else 0

    def enough(self, reached: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which cycles are reached by enough reads."""
        return reached * 100 >= self.reached * self.reads

    def late(self, groups: tuple[BaseGroup, ...]) -> NDArray[np.bool_]:
        """Which groups of cycles begin after the cycles that are left out."""
        return np.array([group.first > self.parameter for group in groups], np.bool_)


@dataclass(frozen=True)
class Measure:
    """A figure that is judged.

    Attributes:
        module: The module that it belongs to.
        title: What it is, as words for a table.
        sentence: A sentence with ``{value}``, ``{where}``, ``{cycles}`` and ``{parameter}``. It
            has ``{averaged}`` where FastQC averages the figures of several cycles.
        worse: Which values are worse than a limit: ``below`` it, ``above`` it, or ``at most`` it.
        find: Computes it; ``None`` if there is nothing to judge.
        by_cycle: Whether a limit's parameter leaves out cycles at the start.
        none: What is said if the value is 0, instead of the sentence.
    """

    module: str
    title: str
    sentence: str
    worse: str
    find: Callable[[Asked], Found | None]
    by_cycle: bool = False
    none: str = ""

    def is_worse(self, value: float, limit: float | None) -> bool:
        """Whether a value is worse than a limit."""
        if limit is None or math.isnan(value):
            return False
        if self.worse == "below":
            return value < limit
        return value > limit if self.worse == "above" else value <= limit
