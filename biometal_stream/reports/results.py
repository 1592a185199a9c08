"""Tables of the results of observers of any kind, so that every report can show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Table: TypeAlias = tuple[Sequence[str], Sequence[Sequence[Any]]]
"""A table as its headings and its rows."""


def tables_of(result: object) -> dict[str, Table]:
    """The tables of a result, by title; empty if it has none.

    A result has them in ``tables``, a mapping of titles to tables, or in ``table``, one table
    whose title is empty; or it is a table. A table is an Arrow table or record batch, or a pair of
    headings and rows. Anything else is not shown as a table.
    """
    if isinstance(result, type):
        return {}
    if is_arrow(result):
        return {"": _table(result)}
    tables = getattr(result, "tables", None)
    if isinstance(tables, Mapping) and all(map(is_table, tables.values())):
        return {str(title): _table(each) for title, each in tables.items()}
    table = getattr(result, "table", None)
    return {"": _table(table)} if is_table(table) else {}


def columns_of(table: Table) -> dict[str, list[Any]]:
    """A table as its columns by heading; a heading that occurs again gets a number."""
    headings, rows = table
    columns: dict[str, list[Any]] = {}
    for place, heading in enumerate(map(str, headings)):
        name, number = heading, 1
        while name in columns:
            number += 1
            name = f"{heading} {number}"
        columns[name] = [row[place] for row in rows]
    return columns


def is_table(value: object) -> bool:
    """Whether a value is an Arrow table or record batch, or a pair of headings and rows."""
    if is_arrow(value):
        return True
    if not isinstance(value, tuple | list) or len(value) != 2:
        return False
    headings, rows = value
    lists = isinstance(headings, tuple | list) and isinstance(rows, tuple | list)
    return lists and all(
        isinstance(row, tuple | list) and len(row) == len(headings) for row in rows
    )


def is_arrow(value: object) -> bool:
    """Whether a value is an Arrow table or record batch. It does not import pyarrow."""
    return type(value).__module__.partition(".")[0] == "pyarrow" and hasattr(value, "to_pydict")


def _table(value: Any) -> Table:
    if not is_arrow(value):
        headings, rows = value
        return headings, rows
    columns = [column.to_pylist() for column in value.columns]
    return value.schema.names, list(zip(*columns, strict=True))
