"""The figures of a report side by side: before and after, mate 1 and mate 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.reports.text.aligned import plain_table
from biometal_stream.reports.text.columns import columns_of
from biometal_stream.reports.text.safe import number

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document
    from biometal_stream.reports.text.columns import Column

_FIGURES = (
    ("reads", "totals", "reads", 1, 0, ""),
    ("bases", "totals", "bases", 1, 0, ""),
    ("shortest read", "totals", "min_length", 1, 0, ""),
    ("mean length", "totals", "mean_length", 1, 1, ""),
    ("longest read", "totals", "max_length", 1, 0, ""),
    ("N50", "totals", "n50", 1, 0, ""),
    ("mean quality", "totals", "mean_quality", 1, 1, ""),
    ("bases of Q20 or more", "totals", "q20_share", 100, 2, " %"),
    ("bases of Q30 or more", "totals", "q30_share", 100, 2, " %"),
    ("GC", "totals", "gc_share", 100, 2, " %"),
    ("N", "totals", "n_share", 100, 3, " %"),
    ("duplicates", "duplication_totals", "rate", 100, 2, " %"),
)
"""Words, table, column, factor, digits and unit of each figure. The quality is that of the mean
error probability, as everywhere."""


def figures_table(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The figures of all reads, with those of pairs."""
    columns = columns_of(document)
    rows = []
    for words, table, name, factor, digits, unit in _FIGURES:
        values = [column.row(table).get(name) for column in columns]
        if any(value is not None for value in values):
            cells = [number(None if v is None else v * factor, digits, unit) for v in values]
            rows.append((words, *cells))
    rows += _of_pairs(document, columns)
    if not rows:
        return ""
    return plain_table("", ("Reads", *(column.title for column in columns)), rows)


def _of_pairs(document: Document, columns: list[Column]) -> list[tuple[str, ...]]:
    """The most frequent insert size, in the column of each place's mates 1."""
    modes = {
        id(each.quality): each.row("insert_totals") for each in columns_of(document, ("pairs",))
    }
    cells = [
        number(modes.get(id(column.quality), {}).get("mode")) if column.group == "mate 1" else ""
        for column in columns
    ]
    if all(cell in {"", "-"} for cell in cells):
        return []
    return [("most frequent insert size", *cells)]
