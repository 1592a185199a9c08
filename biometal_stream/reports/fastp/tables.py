"""Single numbers of the tables of quality control."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biometal_stream.reports.quality.result import Quality

Columns = dict[str, list[Any]]
"""The columns of a table by name, without ``group``."""


def columns_of(quality: Quality, table: str, group: str) -> Columns:
    """The rows of a group; no columns if there is no such table."""
    found = quality.tables.get(table)
    if found is None:
        return {}
    plain: Columns = found.to_pydict()
    groups = plain.pop("group")
    rows = [row for row, each in enumerate(groups) if each == group]
    return {name: [values[row] for row in rows] for name, values in plain.items()}


def totals_of(quality: Quality, group: str) -> dict[str, Any]:
    """The totals of a group, by column; empty if it has none."""
    columns = columns_of(quality, "totals", group)
    return {name: values[0] for name, values in columns.items() if values}


def significant(value: float) -> float:
    """Rounds to six significant digits, with which fastp prints numbers."""
    return float(f"{value:.6g}")
