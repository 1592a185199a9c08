"""Paths and names as the system and Arrow take them."""

from __future__ import annotations

import os

from biometal_stream.errors import ConfigurationError


def path_text(path: object) -> str:
    """A path as text, so that recipes compare and pickle alike.

    Args:
        path: Text, or a path object. Bytes of a name that is not UTF-8 are as Python has them,
            in surrogates (`os.fsdecode`).

    Raises:
        ConfigurationError: It is something else, or is empty, or holds what no path of this
            system can.
    """
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else path
    if isinstance(text, bytes | bytearray):  # perhaps a whole file
        raise ConfigurationError("a path must be text without NULs, not bytes (see os.fsdecode)")
    if not isinstance(text, str) or "\0" in text:
        raise ConfigurationError(f"a path must be text without NULs: {text!r}")
    if not text:
        raise ConfigurationError("a file has an empty name; is a variable unset?")
    try:
        os.fsencode(text)
    except UnicodeEncodeError as error:
        raise ConfigurationError(
            f"a path must be text that the file system can encode: {text!r} holds"
            f" {text[error.start]!r}"
        ) from error
    return text


def plain_text(what: str, text: object) -> str:
    """A name that goes into a file, such as a sample's.

    Args:
        what: What it names, for the message.
        text: The name.

    Raises:
        ConfigurationError: It is no text, or holds a NUL or half a surrogate pair, which neither
            Arrow nor Parquet can hold.
    """
    if not isinstance(text, str):
        raise ConfigurationError(f"{what} must be text: {text!r}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ConfigurationError(
            f"{what} must be text that UTF-8 can encode: {text!r} holds {text[error.start]!r}"
        ) from error
    if "\0" in text:
        raise ConfigurationError(f"{what} must be text without NULs: {text!r}")
    return text
