"""Lays out JSON so that people can read it and tools can compare it line by line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any


def laid_out(plain: dict[str, Any]) -> str:
    """JSON with each member of an object on a line, and each list of numbers or words on one.

    Numbers that are not finite, which JSON cannot hold, are ``null``.

    Args:
        plain: Plain objects.
    """
    return "".join(_lines(plain, "")) + "\n"


def _lines(value: Any, margin: str) -> Iterator[str]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield "[\n"
        for place, each in enumerate(value):
            yield f"{margin} {json.dumps(_finite(each))}"
            yield ",\n" if place < len(value) - 1 else "\n"
        yield margin + "]"
        return
    if not isinstance(value, dict) or not value or _is_array(value):
        try:
            yield _text(value)
        except ValueError:
            yield _text(_finite(value))
        return
    inner = f"{margin} "
    yield "{\n"
    for place, (key, each) in enumerate(value.items()):
        yield f"{inner}{json.dumps(key)}: "
        yield from _lines(each, inner)
        yield ",\n" if place < len(value) - 1 else "\n"
    yield margin + "}"


def _text(value: Any) -> str:
    """JSON in as few letters as possible."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _is_array(value: dict[str, Any]) -> bool:
    """Whether an object is an array as text, or one number by key, which belong on a line."""
    return all(not isinstance(each, dict | list) for each in value.values()) or "dtype" in value


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value
