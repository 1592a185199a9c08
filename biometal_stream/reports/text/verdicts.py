"""The verdicts of a report, and the reasons of those that are not a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.reports.quality.columns import columns_of
from biometal_stream.reports.safe import shown
from biometal_stream.reports.text.aligned import plain_table

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

_UNCHANGED = "pass"


def verdict_lines(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """A line for each module, then a line for each reason."""
    from biometal_stream.reports.verdicts.judge import verdicts

    columns = columns_of(document.quality)
    found = {
        id(quality): verdicts(quality, document.assay) for quality in document.quality.values()
    }
    table: dict[str, list[str]] = {}
    reasons = []
    for place, column in enumerate(columns):
        for verdict in found[id(column.quality)]:
            if verdict.group != column.group:
                continue
            cells = table.setdefault(verdict.module, ["-"] * len(columns))
            cells[place] = verdict.level
            if verdict.level != _UNCHANGED:
                reasons.append(f"{verdict.level}  {column.title}: {shown(verdict.reason)}\n")
    if not table:
        return ""
    heading = f"Verdicts ({document.assay})"
    rows = [(module, *cells) for module, cells in table.items()]
    titles = (heading, *(column.title for column in columns))
    return plain_table("", titles, rows, text=range(len(titles))) + "".join(reasons)
