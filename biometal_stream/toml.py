"""Writes values as TOML 1.0; Python's own `tomllib` reads it, and has no writer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from biometal_stream.errors import ConfigurationError

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_value(value: object) -> str:
    """A value in TOML, on one line.

    Args:
        value: Text, a number, a ``bool``, a sequence of these, or a mapping of text to these.

    Raises:
        ConfigurationError: It is something else, or text that UTF-8 cannot encode, such as the
            name of a file in another encoding.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{toml_key(key)} = {toml_value(each)}" for key, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return f"[{', '.join(map(toml_value, value))}]"
    raise ConfigurationError(f"a TOML file cannot hold {value!r}")


def toml_key(key: str) -> str:
    """A key in TOML, quoted if needed.

    Raises:
        ConfigurationError: UTF-8 cannot encode it.
    """
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigurationError(
            f"a TOML file holds only text in UTF-8, which {text!r} is not"
        ) from None
    # The escapes of JSON are TOML's. All that could steer a terminal is escaped, too.
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in quoted)
