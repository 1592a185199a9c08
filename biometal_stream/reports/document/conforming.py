"""Checks plain objects against the JSON Schema of a report, as far as that schema goes.

The schema of the package uses a few keywords of JSON Schema. These are checked here, so that a
damaged report is refused without a further library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

IGNORED = "tables"
"""The member that is not checked: it is large, and made again from the counts."""

_TYPES: Mapping[str, tuple[type, str]] = {
    "object": (dict, "an object"),
    "array": (list, "an array"),
    "string": (str, "a string"),
    "integer": (int, "an integer"),
    "null": (type(None), "null"),
}
"""The type of each kind of value, and what messages call one."""


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of a report."""
    text = (resources.files(__package__) / "schema.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def require_conforming(plain: Any) -> None:
    """Checks all members of a report but its tables.

    Args:
        plain: What JSON holds.

    Raises:
        ValueError: It is not a report; the message names the member.
    """
    _check(plain, schema(), "the report")


def _check(value: Any, rule: Mapping[str, Any], name: str) -> None:
    if "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].rpartition("/")[2]]
    types = rule.get("type", ())
    types = (types,) if isinstance(types, str) else types
    if types and all(type(value) is not _TYPES[kind][0] for kind in types):
        raise ValueError(f"{name} is not {' or '.join(_TYPES[kind][1] for kind in types)}")
    if "const" in rule and value != rule["const"]:
        raise ValueError(f"{name} is not {rule['const']!r}")
    if "enum" in rule and value not in rule["enum"]:
        raise ValueError(f"{name} is not one of {', '.join(map(str, rule['enum']))}")
    if isinstance(value, int) and not rule.get("minimum", value) <= value <= rule.get(
        "maximum", value
    ):
        raise ValueError(f"{name} is out of range: {value}")
    if isinstance(value, list):
        _check_items(value, rule, name)
    if isinstance(value, dict):
        _check_members(value, rule, name)


def _check_items(values: list[Any], rule: Mapping[str, Any], name: str) -> None:
    if not rule.get("minItems", 0) <= len(values) <= rule.get("maxItems", len(values)):
        raise ValueError(f"{name} has {len(values):,} items")
    for number, each in enumerate(values, 1):
        _check(each, rule.get("items", {}), f"number {number} of {name}")


def _check_members(values: Mapping[str, Any], rule: Mapping[str, Any], name: str) -> None:
    for key in rule.get("required", ()):
        if key not in values:
            raise ValueError(f"{key!r} is missing in {name}")
    known = rule.get("properties", {})
    for key, each in values.items():
        _check(key, rule.get("propertyNames", {}), f"the member {key!r} of {name}")
        if key != IGNORED:
            _check(each, known.get(key, rule.get("additionalProperties", {})), f"{key!r} of {name}")
