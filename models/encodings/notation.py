"""An encoding in one word, as a command line takes it."""

from __future__ import annotations

from typing import Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.models.encodings import Encoding

_NUMBERS = ("length", "k")
_WORDS = ("dtype",)


def parse_encoding(text: str) -> Encoding:
    """Reads a layout, and after a colon what differs from its defaults.

    Args:
        text: Such as ``sequence-quality-300/1`` or ``kmers/1:k=6,length=100,dtype=int32``.

    Raises:
        ConfigurationError: It is not of that form, or there is no such encoding.
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
