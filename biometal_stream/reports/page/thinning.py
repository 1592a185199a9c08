"""Shortens large tables, so that the page stays below a megabyte."""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import ne, sub
from typing import Any, TypeAlias

from biometal_stream.reports.page.texts import LONGEST, cut

Columns: TypeAlias = Mapping[str, Sequence[Any]]

Key: TypeAlias = tuple[str, str, str]
"""A place, a table and a group of reads."""

_LEAST = 16
_LONG = 1000
_PER_DECADE = 40

_KEYS = {
    "per_cycle": ("first_cycle",),
    "qualities_by_cycle": ("first_cycle",),
    "adapters": ("first_cycle",),
    "tiles": ("first_cycle", "tile"),
    "length_quality": ("first_length",),
    "channels": ("channel",),
    "hours": ("hour",),
}
"""Of these tables some keys are shown, and all rows of each. Other tables are cut off."""

_SUMMED = {"lengths": "length", "inserts": "insert_size"}
"""Of these tables the rows of neighbouring keys are added up."""

_MOST_ROWS = 20_000
"""Rows of a table of several keys that are rounded and measured. The budget never has room for
more, and a run of thousands of tiles has a million."""


@dataclass(frozen=True)
class Thinned:
    """The tables of the page.

    Attributes:
        tables: The columns of each table, without the group.
        shown: Rows that are shown, of how many; only of tables that were shortened.
    """

    tables: Mapping[Key, Columns]
    shown: Mapping[Key, tuple[int, int]]


def thinned(tables: Mapping[Key, Columns], budget: int, longest: int = LONGEST[0]) -> Thinned:
    """Shortens the largest tables, always in the same way, until all fit.

    Numbers are rounded to what the page shows: two decimals, four digits below 1, six in all.

    Args:
        tables: The columns of each table, without the group.
        budget: Bytes that all of them may take as JSON.
        longest: Characters of a text that are shown.
    """
    sources = {
        key: _opened(key[1], _sifted(key[1], columns), longest) for key, columns in tables.items()
    }
    made = dict(sources)
    sizes = {key: _bytes(columns) for key, columns in made.items()}
    limits = {key[1]: 0 for key in sources}
    for (_, name, _), columns in sources.items():
        limits[name] = max(limits[name], _most(name, columns))
    while (over := sum(sizes.values()) - budget) > 0:
        by_table: dict[str, int] = {}
        for key, size in sizes.items():
            if limits[key[1]] > _LEAST:
                by_table[key[1]] = by_table.get(key[1], 0) + size
        if not by_table:
            break
        name = max(by_table, key=lambda each: (by_table[each], each))
        smaller = max(0.5, 0.98 - over / by_table[name])
        limits[name] = max(_LEAST, int(limits[name] * smaller))
        for key, columns in sources.items():
            if key[1] == name:
                made[key] = shortened(name, columns, limits[name])
                sizes[key] = _bytes(made[key])
    rows = {key: (_rows(made[key]), _rows(columns)) for key, columns in tables.items()}
    return Thinned(made, {key: each for key, each in rows.items() if each[0] < each[1]})


def _sifted(name: str, columns: Columns) -> Columns:
    """A table of several keys, with some of each if all combinations are too many to look at."""
    keys = _KEYS.get(name, ())
    if len(keys) < 2 or _rows(columns) <= _MOST_ROWS:
        return columns
    return shortened(name, columns, len(keys) * int(_MOST_ROWS ** (1 / len(keys))))


def shortened(name: str, columns: Columns, limit: int) -> Columns:
    """A table with at most so many rows for each combination of its keys.

    Args:
        name: The name of the table.
        columns: Its columns, of one group of reads.
        limit: The most keys, or rows if it has none.
    """
    if name in _SUMMED:
        return _summed(columns, name, [row * _rows(columns) // limit for row in range(limit)])
    if name not in _KEYS:
        return _taken(columns, range(min(limit, _rows(columns))))
    rows: Sequence[int] = range(_rows(columns))
    keys = _KEYS[name]
    for key in keys:
        cells = columns[key]
        chosen = cells if len(rows) == len(cells) else [cells[row] for row in rows]
        some = set(_spaced(list(dict.fromkeys(chosen)), limit // len(keys)))
        rows = [row for row in rows if cells[row] in some]
    return _taken(columns, rows)


def _most(name: str, columns: Columns) -> int:
    """The limit that a table just keeps to."""
    keys = _KEYS.get(name)
    if keys is None:
        return _rows(columns)
    return len(keys) * max(len(set(columns[key])) for key in keys)


def packed(cells: Sequence[Any]) -> Any:
    """A column for JSON, in the shortest of three ways.

    Cells that are often equal to the one before are ``runs``: value, times, value ... Whole numbers
    that often rise by the same are ``steps``: the runs of their differences, the first from 0.
    """
    runs = 2 * _changes(cells)
    if runs > 2 and set(map(type, cells)) == {int}:
        steps = list(map(sub, cells, (0, *cells)))
        if 2 * _changes(steps) < min(runs, len(cells)):
            return {"steps": _runs(steps)}
    return {"runs": _runs(cells)} if runs < len(cells) else list(cells)


def packed_table(columns: Columns) -> dict[str, Any]:
    """A table for JSON: each column `packed`, or the name of an earlier one that it equals."""
    made: dict[str, Any] = {}
    for name, cells in columns.items():
        same = next((each for each in made if _equal(columns[each], cells)), None)
        made[name] = packed(cells) if same is None else same
    return made


def _equal(one: Sequence[Any], two: Sequence[Any]) -> bool:
    return one[:1] == two[:1] and list(one) == list(two)


def _changes(cells: Sequence[Any]) -> int:
    """The number of runs of equal cells."""
    return int(len(cells) > 0) + sum(map(bool, map(ne, cells, islice(cells, 1, None))))


def _runs(cells: Sequence[Any]) -> list[Any]:
    return [part for cell, some in groupby(cells) for part in (cell, len(list(some)))]


def _opened(name: str, columns: Columns, longest: int) -> Columns:
    """A table as charts need it: rounded, and long histograms in ranges of equal ratio."""
    rounded = {column: _shown(cells, longest) for column, cells in columns.items()}
    if name not in _SUMMED:
        return rounded
    keys = rounded[_SUMMED[name]]
    if not keys or keys[-1] <= _LONG:
        return _summed(rounded, name, range(len(keys)))
    return _in_ranges(rounded, name)


def _in_ranges(columns: Columns, name: str) -> Columns:
    """A histogram in ranges of equal ratio, those without reads as well."""
    key = _SUMMED[name]
    counted = next(column for column in columns if column != key)
    first, last = columns[key][0], columns[key][-1]
    powers = range(math.ceil(_PER_DECADE * math.log10(last)) + 1)
    grid = sorted({round(10 ** (power / _PER_DECADE)) for power in powers})
    edges = [edge for edge, after in zip(grid, [*grid[1:], last + 1], strict=True) if after > first]
    counts = [0] * len(edges)
    for at, number in zip(columns[key], columns[counted], strict=True):
        counts[max(0, bisect_right(edges, at) - 1)] += number
    ends = [*(edge - 1 for edge in edges[1:]), max(last, edges[-1])]
    edges[0] = min(edges[0], first)
    return {key: edges, "last": ends, counted: counts}


def _summed(columns: Columns, name: str, starts: Sequence[int]) -> Columns:
    """Adds up rows from each start to the next; the column ``last`` has the end of the range."""
    key = _SUMMED[name]
    last = columns.get("last", columns[key])
    counted = next(column for column in columns if column not in {key, "last"})
    begins = sorted({start for start in starts if start < _rows(columns)})
    ends = [*begins[1:], _rows(columns)] if begins else []
    return {
        key: [columns[key][begin] for begin in begins],
        "last": [last[end - 1] for end in ends],
        counted: [
            sum(columns[counted][begin:end]) for begin, end in zip(begins, ends, strict=True)
        ],
    }


def _spaced(keys: Sequence[Any], limit: int) -> Sequence[Any]:
    """Some of the keys: evenly spaced; in equal ratios, if they are numbers beyond 1,000."""
    limit = max(2, limit)
    if len(keys) <= limit:
        return keys
    if isinstance(keys[-1], int) and keys[-1] > _LONG and min(keys) > 0:
        bins = [round((limit - 1) * math.log(key) / math.log(keys[-1])) for key in keys]
        firsts = [key for row, key in enumerate(keys) if not row or bins[row] != bins[row - 1]]
        return [*firsts[:-1], keys[-1]]
    return [keys[place * (len(keys) - 1) // (limit - 1)] for place in range(limit)]


def _taken(columns: Columns, rows: Sequence[int]) -> Columns:
    return {name: [cells[row] for row in rows] for name, cells in columns.items()}


def _rows(columns: Columns) -> int:
    return len(next(iter(columns.values())))


def _bytes(columns: Columns) -> int:
    text = json.dumps(packed_table(columns))
    return len(text) - text.count(" ")


def _shown(cells: Sequence[Any], longest: int) -> Sequence[Any]:
    whole = set(map(type, cells)) <= {int, type(None)}
    return cells if whole else [_short(cell, longest) for cell in cells]


def _short(cell: Any, longest: int) -> Any:
    if isinstance(cell, str):
        return cut(cell, longest)
    if not isinstance(cell, float):
        return cell
    if not math.isfinite(cell):  # JSON has no such numbers
        return None
    short = round(float(f"{cell:.6g}"), 2) if abs(cell) >= 1 else float(f"{cell:.4g}")
    return int(short) if short == int(short) and abs(short) < 2**53 else short
