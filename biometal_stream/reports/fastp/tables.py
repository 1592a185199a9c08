"""Single numbers of the tables of quality control."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biometal_stream.reports.quality.result import Quality

Columns = dict[str, list[Any]]
"""The columns of a table by name, without ``group``."""


def columns_of(quality: Quality, table: str, group: str) -> Columns:
    """The rows of a group; no columns if there is no such table."""
    rows = quality.rows(table, group)
    columns = quality.columns.get(table, {})
    return {name: list(cells[rows]) for name, cells in columns.items() if name != "group"}


def totals_of(quality: Quality, group: str) -> dict[str, Any]:
    """The totals of a group, by column; empty if it has none."""
    columns = columns_of(quality, "totals", group)
    return {name: values[0] for name, values in columns.items() if values}


def significant(value: float) -> float:
    """Rounds to six significant digits, with which fastp prints numbers."""
    return float(f"{value:.6g}")
