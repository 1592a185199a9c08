"""The data of the page: the numbers of all charts, as JSON inside a script element."""

from __future__ import annotations

import json
from typing import Any

from biometal_stream.reports.page.figures import Facts
from biometal_stream.reports.page.modules import SECTIONS
from biometal_stream.reports.page.thinning import Columns, Key, Thinned, packed_table
from biometal_stream.reports.quality.reads import GROUPS

_UNUSED = {"tiles": ("bases",)}
"""Columns that no chart shows."""


def charted(facts: Facts) -> dict[Key, Columns]:
    """The tables of all charts, by place, name and group of reads."""
    names = dict.fromkeys(chart.table for section in SECTIONS for chart in section.charts)
    found: dict[Key, Columns] = {}
    for place in facts.places:
        tables = facts.tables(place)
        for name in names:
            for group in dict.fromkeys(tables.get(name, {"group": ()})["group"]):
                rows = facts.rows(place, name, group)
                found[place, name, group] = {
                    column: [cells[row] for row in rows]
                    for column, cells in tables[name].items()
                    if column != "group" and column not in _UNUSED.get(name, ())
                }
    return found


def island(facts: Facts, thinned: Thinned) -> str:
    """The JSON. It holds no ``<``, so that no text in it can end the script element."""
    data: list[dict[str, Any]] = []
    for place in facts.places:
        own = {key: columns for key, columns in thinned.tables.items() if key[0] == place}
        tables: dict[str, dict[str, Any]] = {}
        for (_, name, group), columns in own.items():
            tables.setdefault(name, {})[group] = packed_table(columns)
        groups = [group for group in GROUPS if any(group == key[2] for key in own)]
        data.append({"name": place, "groups": groups, "tables": tables})
    return _script_json(data)


def note(thinned: Thinned, names: tuple[str, ...]) -> str:
    """What the page says of tables that were shortened; empty if these were not."""
    parts = [rows for key, rows in thinned.shown.items() if key[1] in names]
    if not parts:
        return ""
    shown, rows = (sum(numbers) for numbers in zip(*parts, strict=True))
    return (
        f"For space, the charts show {shown:,} of {rows:,} rows, or sums of rows. "
        "The JSON of the report has all of them."
    )


def _script_json(data: Any) -> str:
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
