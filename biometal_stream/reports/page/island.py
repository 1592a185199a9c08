"""The data of the page: the numbers of all charts, as JSON inside a script element."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from biometal_stream.reports.page.figures import Facts
from biometal_stream.reports.page.thinning import Columns, Thinned, thinned
from biometal_stream.reports.quality.reads import GROUPS


def tables_shown(facts: Facts) -> dict[str, Thinned]:
    """The tables of each place, short enough for the page."""
    return thinned({place: facts.tables(place) for place in facts.places})


def island(tables: Mapping[str, Thinned]) -> str:
    """The JSON. It holds no ``<``, so that no text in it can end the script element."""
    data = [
        {"name": place, "tables": each.tables, "groups": _groups(each.tables)}
        for place, each in tables.items()
    ]
    return script_json(data)


def script_json(data: Any) -> str:
    """JSON that is safe inside a script element."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _groups(tables: Mapping[str, Columns]) -> list[str]:
    groups: dict[str, None] = {}
    for columns in tables.values():
        groups |= dict.fromkeys(columns["group"])
    return [group for group in GROUPS if group in groups]
