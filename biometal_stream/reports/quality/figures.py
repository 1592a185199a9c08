"""The figures of all reads side by side: before and after, mate 1 and mate 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from biometal_stream.reports.quality.columns import columns_of
from biometal_stream.reports.safe import number

if TYPE_CHECKING:
    from biometal_stream.reports.quality.columns import Column, Counted

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


def figures(places: Mapping[str, Counted]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headings and the rows; no rows if nothing was counted.

    Args:
        places: What was counted, by place.
    """
    columns = columns_of(places)
    rows = []
    for words, table, name, factor, digits, unit in _FIGURES:
        values = [column.row(table).get(name) for column in columns]
        if any(value is not None for value in values):
            cells = [number(None if v is None else v * factor, digits, unit) for v in values]
            rows.append((words, *cells))
    rows += _of_pairs(places, columns)
    return ("", *(column.title for column in columns)), rows


def _of_pairs(places: Mapping[str, Counted], columns: list[Column]) -> list[tuple[str, ...]]:
    """The most frequent insert size, in the column of each place's mates 1."""
    pairs = columns_of(places, ("pairs",))
    modes = {id(each.quality): each.row("insert_totals").get("mode") for each in pairs}
    found = [modes.get(id(each.quality)) if each.group == "mate 1" else None for each in columns]
    if all(mode is None for mode in found):
        return []
    return [("most frequent insert size", *(number(mode) for mode in found))]
