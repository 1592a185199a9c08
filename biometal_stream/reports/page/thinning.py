"""Shortens large tables, so that the page stays below a megabyte."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Columns: TypeAlias = Mapping[str, Sequence[Any]]

BUDGET = 330_000
"""Bytes that the numbers of all charts may take."""

_LEAST = 16
_DIGITS = 6

_KEYS = {
    "per_cycle": ("first_cycle",),
    "qualities_by_cycle": ("first_cycle",),
    "adapters": ("first_cycle",),
    "per_read_gc": ("gc_percent",),
    "tiles": ("first_cycle", "tile"),
    "length_quality": ("first_length",),
    "channels": ("channel",),
    "hours": ("hour",),
}
"""Of these tables, evenly spaced keys are shown, and all rows of each."""

_SUMMED = {"lengths": "length", "inserts": "insert_size"}
"""Of these tables, the rows of neighbouring keys are added up: column ``last_...`` ends them."""


@dataclass(frozen=True)
class Thinned:
    """The tables of one place.

    Attributes:
        tables: The tables by name.
        shown: Rows that are shown, of how many, by table; only tables that were shortened.
    """

    tables: Mapping[str, Columns]
    shown: Mapping[str, tuple[int, int]]


def thinned(places: Mapping[str, Mapping[str, Columns]]) -> dict[str, Thinned]:
    """Shortens the largest tables, and always the same way, until all fit into the budget.

    Numbers have six digits: that is more than any chart shows.
    """
    sources = {
        (place, name): {column: _rounded(cells) for column, cells in columns.items()}
        for place, tables in places.items()
        for name, columns in tables.items()
    }
    made = {key: (columns, _bytes(columns)) for key, columns in sources.items()}
    limits: dict[str, int] = {}
    while sum(size for _, size in made.values()) > BUDGET:
        sizes: dict[str, int] = {}
        for (_, name), (_, size) in made.items():
            if limits.get(name, _LEAST + 1) > _LEAST:
                sizes[name] = sizes.get(name, 0) + size
        if not sizes:
            break
        largest = max(sizes, key=lambda name: (sizes[name], name))
        limits[largest] = max(_LEAST, limits.get(largest, 4096) // 2)
        for key, columns in sources.items():
            if key[1] == largest:
                short = shortened(largest, columns, limits[largest])
                made[key] = (short, _bytes(short))
    return {
        place: Thinned(
            {name: made[place, name][0] for name in tables},
            {
                name: (_rows(made[place, name][0]), _rows(columns))
                for name, columns in tables.items()
                if _rows(made[place, name][0]) < _rows(columns)
            },
        )
        for place, tables in places.items()
    }


def shortened(name: str, columns: Columns, limit: int) -> Columns:
    """A table of fewer rows: at most so many keys for each group of reads."""
    groups = list(dict.fromkeys(columns["group"]))
    if name in _SUMMED:
        return _summed(columns, _SUMMED[name], groups, limit)
    if name not in _KEYS:
        rows = [row for each in groups for row in _of(columns, each)[:limit]]
        return _taken(columns, sorted(rows))
    rows = []
    keys = _KEYS[name]
    for group in groups:
        kept = _of(columns, group)
        for key in keys:
            cells = columns[key]
            some = set(_spaced(sorted({cells[row] for row in kept}), limit // len(keys)))
            kept = [row for row in kept if cells[row] in some]
        rows += kept
    return _taken(columns, sorted(rows))


def _summed(columns: Columns, key: str, groups: Sequence[str], limit: int) -> Columns:
    counted = next(name for name in columns if name not in {"group", key, "last"})
    found: dict[str, list[Any]] = {"group": [], key: [], "last": [], counted: []}
    for group in groups:
        rows = sorted(_of(columns, group), key=lambda row: columns[key][row])
        for start in _starts(len(rows), limit):
            some = rows[start : start + -(-len(rows) // limit)]
            found["group"].append(group)
            found[key].append(columns[key][some[0]])
            found["last"].append(columns[key][some[-1]])
            found[counted].append(sum(columns[counted][row] for row in some))
    return found


def _starts(rows: int, limit: int) -> range:
    return range(0, rows, max(1, -(-rows // limit)))


def _spaced(keys: Sequence[Any], limit: int) -> Sequence[Any]:
    limit = max(2, limit)
    if len(keys) <= limit:
        return keys
    return [keys[place * (len(keys) - 1) // (limit - 1)] for place in range(limit)]


def _of(columns: Columns, group: str) -> list[int]:
    return [row for row, each in enumerate(columns["group"]) if each == group]


def _taken(columns: Columns, rows: Sequence[int]) -> Columns:
    return {name: [cells[row] for row in rows] for name, cells in columns.items()}


def _rows(columns: Columns) -> int:
    return len(columns["group"])


def _bytes(columns: Columns) -> int:
    return len(json.dumps(columns, separators=(",", ":")))


def _rounded(cells: Sequence[Any]) -> list[Any]:
    return [_number(cell) if isinstance(cell, float) else cell for cell in cells]


def _number(cell: float) -> float | int | None:
    if cell != cell or cell in {float("inf"), float("-inf")}:  # JSON has no such numbers
        return None
    short = float(f"{cell:.{_DIGITS}g}")
    return int(short) if short == int(short) and abs(short) < 2**53 else short
