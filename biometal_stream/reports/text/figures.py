"""The figures of a report, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.reports.quality.figures import figures
from biometal_stream.reports.text.aligned import plain_table

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document


def figures_section(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The figures of all reads, side by side."""
    columns, rows = figures(document.quality)
    return plain_table("", ("Reads", *columns[1:]), rows) if rows else ""
