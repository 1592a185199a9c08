"""The tables of quality control as a document shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Columns: TypeAlias = Mapping[str, Sequence[Any]]


def shown(tables: Mapping[str, Columns]) -> dict[str, dict[str, Sequence[Any]]]:
    """The tables without rows that say nothing new.

    Args:
        tables: Their columns by name.
    """
    found = {name: dict(columns) for name, columns in tables.items()}
    if "adapters" in found:
        found["adapters"] = _turns(found["adapters"])
    return found


def _turns(adapters: Columns) -> dict[str, Sequence[Any]]:
    """The rows of growing counts that curves need: where one begins, ends or turns."""
    names, reads = (adapters[name] for name in ("adapter", "reads"))
    cells = [None, *zip(adapters["group"], names, reads, strict=True), None]
    rows = [row for row in range(len(names)) if not cells[row] == cells[row + 1] == cells[row + 2]]
    return {name: [column[row] for row in rows] for name, column in adapters.items()}
