"""All modules of quality control, in the order of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.reports.quality.modules.adapters import Adapters
from biometal_stream.reports.quality.modules.calibration import Calibration
from biometal_stream.reports.quality.modules.columns import Columns
from biometal_stream.reports.quality.modules.duplication import Duplication
from biometal_stream.reports.quality.modules.inserts import Inserts
from biometal_stream.reports.quality.modules.kmers import Kmers
from biometal_stream.reports.quality.modules.lengths import Lengths
from biometal_stream.reports.quality.modules.long_reads import LongReads
from biometal_stream.reports.quality.modules.overrepresented import Overrepresented
from biometal_stream.reports.quality.modules.per_cycle import PerCycle
from biometal_stream.reports.quality.modules.per_read import PerRead
from biometal_stream.reports.quality.modules.tiles import Tiles
from biometal_stream.reports.quality.modules.totals import Totals

if TYPE_CHECKING:
    from biometal_stream.reports.quality.module import Module

ALWAYS: tuple[Module, ...] = (
    Totals(),
    PerCycle(),
    PerRead(),
    Lengths(),
    Duplication(),
    Overrepresented(),
    Adapters(),
    Tiles(),
    LongReads(),
    Columns(),
)
"""The modules that count in every run."""

MODULES: tuple[Module, ...] = (*ALWAYS, Kmers(), Inserts(), Calibration())
"""All modules, which make the tables."""


def modules(*, kmers: bool = False, truth: str | None = None) -> tuple[Module, ...]:
    """The modules that count in a run.

    Args:
        kmers: Whether to count k-mers.
        truth: The column of true labels, for calibration.
    """
    further = (*([Kmers()] if kmers else ()), *([Calibration(truth)] if truth is not None else ()))
    return (*ALWAYS, *further)
