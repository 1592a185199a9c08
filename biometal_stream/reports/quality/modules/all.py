"""All modules of quality control, in the order of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.reports.quality.modules.adapters import Adapters
from biometal_stream.reports.quality.modules.duplication import Duplication
from biometal_stream.reports.quality.modules.kmers import Kmers
from biometal_stream.reports.quality.modules.lengths import Lengths
from biometal_stream.reports.quality.modules.overrepresented import Overrepresented
from biometal_stream.reports.quality.modules.per_cycle import PerCycle
from biometal_stream.reports.quality.modules.per_read import PerRead
from biometal_stream.reports.quality.modules.tiles import Tiles
from biometal_stream.reports.quality.modules.totals import Totals

if TYPE_CHECKING:
    from biometal_stream.reports.quality.module import Module

MODULES: tuple[Module, ...] = (
    Totals(),
    PerCycle(),
    PerRead(),
    Lengths(),
    Duplication(),
    Overrepresented(),
    Adapters(),
    Tiles(),
    Kmers(),
)


def modules(*, kmers: bool) -> tuple[Module, ...]:
    """The modules that count: all, k-mers only if asked for."""
    return tuple(each for each in MODULES if kmers or not isinstance(each, Kmers))
