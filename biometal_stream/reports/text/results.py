"""What steps other than quality control have found: their numbers, and their tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.safe import number, shown
from biometal_stream.reports.showing import share, shown_table, wholes_of, words_of
from biometal_stream.reports.text.aligned import plain_table

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

_ROWS = 10
"""The rows of a table that are shown."""

_LONGEST = 60


def results_section(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The numbers of each result, then its tables."""
    parts = []
    for name, result in document.results.items():
        if not isinstance(result, Mapping):
            continue
        rows = _numbers(result)
        if rows:
            parts.append(plain_table(shown(name), ("", "", ""), rows))
        tables = result.get("tables")
        if isinstance(tables, Mapping):
            parts += [
                _table(f"{name} {title}".strip(), each, result)
                for title, each in tables.items()
                if _is_columns(each)
            ]
    return "\n".join(parts)


def _numbers(result: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The numbers and short texts of a result, with the shares of those that are counts."""
    words, wholes = words_of(result), wholes_of(result)
    names = words or {key: key for key, value in result.items() if _is_one(value)}
    return [
        (
            shown(label, _LONGEST),
            _cell(result[name]),
            share(result[name], result[wholes[name]]) if name in wholes else "",
        )
        for name, label in names.items()
    ]


def _is_one(value: object) -> bool:
    """Whether a value is a number or a short text that stands alone."""
    return isinstance(value, int | float | str) and value != ""


def _is_columns(value: object) -> bool:
    """Whether it is a table by columns. A result may have anything else by the name of tables."""
    if not isinstance(value, Mapping) or not all(isinstance(each, list) for each in value.values()):
        return False
    return len(set(map(len, value.values()))) == 1


def _table(title: str, columns: Mapping[str, list[Any]], result: Mapping[str, Any]) -> str:
    headings, rows = shown_table(columns, result, _cell, _ROWS)
    headings = [shown(heading, _LONGEST) for heading in headings]
    left_out = max(map(len, columns.values()), default=0) - _ROWS
    more = f"and {left_out:,} more rows\n" if left_out > 0 else ""
    return plain_table(shown(title), headings, rows) + more


def _cell(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "-" if value is None else shown(str(value), _LONGEST)
    return number(value, 0 if isinstance(value, int) else 2)
