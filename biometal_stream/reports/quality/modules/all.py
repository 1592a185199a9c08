"""All modules of quality control, in the order of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.reports.quality.modules.bases import Bases

if TYPE_CHECKING:
    from biometal_stream.reports.quality.module import Module

MODULES: tuple[Module, ...] = (Bases(),)
