"""Sizes in bytes as people write them, such as ``512M``."""

from __future__ import annotations

import math
import re
from numbers import Integral
from typing import cast

from biometal_stream.errors import ConfigurationError

_SIZE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([kmgt]?)(i?b)?", re.IGNORECASE | re.ASCII)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def parse_size(text: str) -> int:
    """Reads a number of bytes such as ``512M``.

    Units as in coreutils: K, M, G, T and KiB, MiB, GiB, TiB are powers of 1,024; KB, MB, GB, TB
    are powers of 1,000; without a unit the number is in bytes. Case does not matter.

    Raises:
        ValueError: The text is something else, or less than one byte.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a number of bytes such as 512M or 2GiB")
    number, unit, suffix = match.groups()
    base = 1000 if unit and (suffix or "").lower() == "b" else 1024
    if not unit and (suffix or "").lower() == "ib":
        raise ValueError(f"{text!r} is not a number of bytes such as 512M or 2GiB")
    size = float(number) * base ** _POWERS[unit.lower()]
    if math.isinf(size):
        raise ValueError(f"{text!r} is more bytes than any machine has")
    if size < 1:
        raise ValueError(f"{text!r} is less than one byte")
    return int(size)


def number_of_bytes(what: str, size: object) -> int:
    """A number of bytes, given as a number or as text such as ``512M``.

    Args:
        what: What the number is for, for the message.
        size: The value given.

    Raises:
        ConfigurationError: It is something else.
    """
    if isinstance(size, str):
        try:
            return parse_size(size)
        except ValueError as error:
            raise ConfigurationError(f"{what}: {error}") from None
    whole = isinstance(size, Integral) and not isinstance(size, bool)
    if not whole:
        raise ConfigurationError(
            f"{what} must be a whole number of bytes, or text such as '512M': {size!r}"
        )
    return int(cast("int", size))


def written_size(number: int) -> str:
    """Bytes in the format of `parse_size`, in the largest unit without a fraction: ``256MiB``."""
    for unit in ("", "KiB", "MiB", "GiB"):
        if number % 1024 or unit == "GiB":
            return f"{number}{unit}"
        number //= 1024
    raise AssertionError
