"""Checks and converts paths and names for the system and Arrow."""

from __future__ import annotations

import os

from biometal_stream.errors import ConfigurationError


def path_text(path: object) -> str:
    """A path as text, so that recipes compare and pickle alike.

    Args:
        path: Text, or a path object. Bytes of a name that is not UTF-8 are surrogates, as usual in
            Python (`os.fsdecode`).

    Raises:
        ConfigurationError: It is something else, is empty, or contains what a path on this system
            cannot.
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
    """Checks a name that is written to a file, such as a sample's.

    Args:
        what: What it names, for the message.
        text: The name.

    Raises:
        ConfigurationError: It is not text, or contains a NUL or half a surrogate pair, which
            neither Arrow nor Parquet can hold.
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
