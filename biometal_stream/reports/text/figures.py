"""The figures of a report, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from biometal_stream.reports.quality.figures import figures
from biometal_stream.reports.text.aligned import plain_table

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document
    from biometal_stream.reports.quality.columns import Counted


def figures_section(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The figures of all reads, side by side."""
    return figures_table(document.quality)


def figures_table(places: Mapping[str, Counted]) -> str:
    """The figures at some places; empty if there are none.

    Args:
        places: What was counted, by place.
    """
    columns, rows = figures(places)
    return plain_table("", ("Reads", *columns[1:]), rows) if rows else ""
