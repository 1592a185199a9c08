"""What steps other than quality control have found: their numbers, and their tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.safe import number, shown
from biometal_stream.reports.text.aligned import plain_table

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

_ROWS = 10
"""The rows of a table that are shown."""

_LONGEST = 40


def results_section(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The numbers of each result, then its tables."""
    parts = []
    for name, result in document.results.items():
        if not isinstance(result, Mapping):
            continue
        rows = [
            (shown(key, _LONGEST), _cell(value)) for key, value in result.items() if _is_one(value)
        ]
        if rows:
            parts.append(plain_table(shown(name), ("", ""), rows))
        tables = result.get("tables")
        if isinstance(tables, Mapping):
            parts += [
                _table(f"{name} {title}".strip(), each)
                for title, each in tables.items()
                if _is_columns(each)
            ]
    return "\n".join(parts)


def _is_one(value: object) -> bool:
    """Whether a value is a number or a short text that stands alone."""
    return isinstance(value, int | float | str) and value != ""


def _is_columns(value: object) -> bool:
    """Whether it is a table by columns. A result may have anything else by the name of tables."""
    if not isinstance(value, Mapping) or not all(isinstance(each, list) for each in value.values()):
        return False
    return len(set(map(len, value.values()))) == 1


def _table(title: str, columns: Mapping[str, list[Any]]) -> str:
    cells = [[_cell(value) for value in column[:_ROWS]] for column in columns.values()]
    rows = list(zip(*cells, strict=True))
    headings = [shown(name, _LONGEST) for name in columns]
    left_out = max(map(len, columns.values()), default=0) - _ROWS
    more = f"and {left_out:,} more rows\n" if left_out > 0 else ""
    return plain_table(shown(title), headings, rows) + more


def _cell(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "-" if value is None else shown(str(value), _LONGEST)
    return number(value, 0 if isinstance(value, int) else 2)
