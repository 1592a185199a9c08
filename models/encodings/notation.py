"""Encodings as one word, for the command line."""

from __future__ import annotations

from typing import Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.models.encodings import Encoding

_NUMBERS = ("length", "k")
_WORDS = ("dtype",)


def parse_encoding(text: str) -> Encoding:
    """Parses a layout, followed by a colon and settings that differ from its defaults.

    Args:
        text: For example ``sequence-quality-300/1`` or ``kmers/1:k=6,length=100,dtype=int32``.

    Raises:
        ConfigurationError: It does not have that form, or there is no such encoding.
    """
    layout, colon, rest = text.partition(":")
    settings: dict[str, Any] = {}
    for part in rest.split(",") if colon else ():
        name, equals, value = part.partition("=")
        if not equals or name not in (*_NUMBERS, *_WORDS) or name in settings:
            raise ConfigurationError(
                f"encoding '{text}': write LAYOUT:NAME=VALUE,... with names length, dtype and k,"
                f" each once, not '{part}'"
            )
        if name in _NUMBERS and not (value.isascii() and value.isdecimal()):
            raise ConfigurationError(f"encoding '{text}': {name} must be a whole number: {value}")
        settings[name] = int(value) if name in _NUMBERS else value
    return Encoding(layout, **settings)
