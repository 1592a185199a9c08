"""Checks of the values of a model's card."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.models.strict_json import cut, shown


def require(right: bool, key: str, expected: str, value: object) -> None:
    """Raises `ConfigurationError` with what was expected, if a value is wrong."""
    if not right:
        raise ConfigurationError(f"key '{key}' must be {expected}: {shown(value)}")


def require_most(values: Collection[object], key: str, most: int) -> None:
    """Raises `ConfigurationError` if there are too many values."""
    if len(values) > most:
        raise ConfigurationError(f"key '{key}' has {len(values):,} entries; at most {most:,} work")


def require_choice(key: str, value: object, choices: tuple[str, ...]) -> None:
    """Raises `ConfigurationError` if a value is not one of the choices."""
    require(value in choices, key, f"one of {', '.join(choices)}", value)


def is_whole(value: object) -> bool:
    """Whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether a value is a finite number."""
    # Whole numbers first: `isfinite` fails for more than 308 digits.
    if isinstance(value, float):
        return math.isfinite(value)
    return is_whole(value)


def is_below(file: str) -> bool:
    """Whether a path stays below its folder on every system."""
    path = PurePosixPath(file)
    plain = file.isprintable() and "\\" not in file and not path.is_absolute()
    return plain and path.name != "" and ".." not in path.parts


def plain_json(key: str, value: Any) -> dict[str, Any]:
    """Copies an object through JSON.

    Raises:
        ConfigurationError: JSON cannot represent it.
    """
    require(isinstance(value, Mapping), key, "an object", value)
    try:
        copied: dict[str, Any] = json.loads(json.dumps(dict(value), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"key '{key}' must be what JSON can hold: {cut(str(error))}"
        ) from error
    return copied
