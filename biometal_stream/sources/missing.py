"""Looks for inputs that are not there before any is opened, and names all of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from biometal_stream.descriptors import descriptor_of
from biometal_stream.errors import ConfigurationError, InputError

_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_FETCHED_BY = {"s3": "aws s3 cp {} -", "gs": "gcloud storage cat {}"}


def require_files(inputs: Iterable[object]) -> None:
    """Checks that inputs that are paths exist.

    Args:
        inputs: Paths, ``-`` for standard input; what is no path is not looked at.

    Raises:
        ConfigurationError: One is a URL.
        InputError: Some are not there.
    """
    named = (os.fspath(each) for each in inputs if isinstance(each, str | os.PathLike))
    paths = [path for path in named if isinstance(path, str)]
    for path in paths:
        if _URL.match(path):
            raise ConfigurationError(f"{path}: URLs are not read; {_instead(path)}")
    missing = list(dict.fromkeys(filter(_is_missing, paths)))
    apart = next(filter(None, map(_apart, missing)), "")
    if len(missing) > 1:
        raise InputError(f"{', '.join(missing)}: cannot be opened: No such files{apart}")
    for path in missing:
        if set("*?[") & set(path):
            raise InputError(f"{path}: cannot be opened: no file matches this pattern")
        raise InputError(f"{path}: cannot be opened: No such file or directory{apart}")


def _apart(path: str) -> str:
    """What to say of a list of files that are there, with commas between them."""
    parts = [part for part in path.split(",") if part]
    if "," not in path or any(map(_is_missing, parts)):
        return ""
    return f"; separate files by spaces: {' '.join(parts)}"


def _instead(url: str) -> str:
    kind, _, rest = url.partition("://")
    if kind.lower() == "file":
        return f"name the file, {rest}"
    fetch = _FETCHED_BY.get(kind.lower(), "curl -L {}").format(url)
    return f"download it, or pipe it in: {fetch} | biometal-stream read -"


def _is_missing(path: str) -> bool:
    if path == "-" or descriptor_of(path) is not None:  # which may be closed
        return False
    try:
        Path(path).stat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False  # opening it gives the error
    return False
