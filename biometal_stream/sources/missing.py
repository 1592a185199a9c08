"""Looks for missing inputs before any is opened, and names all of them."""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from glob import iglob
from itertools import islice
from pathlib import Path

from biometal_stream.descriptors import descriptor_of
from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.sources.formats import suffix_of

_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_LISTED = 10_000  # in a larger folder only some files are checked
_FETCHED_BY = {"s3": "aws s3 cp {} -", "gs": "gcloud storage cat {}"}


def require_files(inputs: Iterable[object]) -> None:
    """Checks that inputs that are paths exist.

    Args:
    inputs: Paths, ``-`` for standard input; everything else is ignored.

    Raises:
        ConfigurationError: An input is a URL.
        InputError: Some inputs do not exist, or one is a folder.
    """
    named = (os.fspath(each) for each in inputs if isinstance(each, str | os.PathLike))
    paths = [path for path in named if isinstance(path, str)]
    for path in paths:
        if _URL.match(path):
            raise ConfigurationError(f"{path}: URLs are not supported; {_instead(path)}")
    for path in paths:
        _refuse_folder(path)
    missing = list(dict.fromkeys(filter(_is_missing, paths)))
    apart = next(filter(None, map(_apart, missing)), "")
    if len(missing) > 1:
        raise InputError(f"{', '.join(missing)}: cannot be opened: No such files{apart}")
    for path in missing:
        if set("*?[") & set(path):
            raise InputError(f"{path}: cannot be opened: {_unmatched(path)}")
        raise InputError(f"{path}: cannot be opened: No such file or directory{apart}")


def _refuse_folder(path: str) -> None:
    """Refuses a folder, and suggests a shell pattern for the files of reads in it."""
    if not path or path == "-" or descriptor_of(path) is not None or not os.path.isdir(path):  # noqa: PTH112 - never raises
        return
    with suppress(OSError), os.scandir(path) as entries:
        names = (entry.name for entry in islice(entries, _LISTED) if not entry.is_dir())
        found = Counter(filter(None, map(suffix_of, names)))
        for suffix, _ in found.most_common(1):
            files = f"{shlex.quote(path.rstrip('/') or '/')}/*{suffix}"
            raise InputError(f"{path}: is a folder; name the files in it: {files}")
    raise InputError(f"{path}: is a folder; name the files in it")


def _unmatched(pattern: str) -> str:
    """What to say about a pattern that was not expanded: a shell would have replaced it."""
    if next(iglob(pattern), None) is None:  # noqa: PTH207 - any path
        return "no file matches this pattern"
    return "patterns are expanded by the shell, where they are not quoted, or by Python's glob.glob"


def _apart(path: str) -> str:
    """What to say if the input is a list of existing files, separated by commas."""
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
    if path == "-" or descriptor_of(path) is not None:  # the descriptor may be closed
        return False
    try:
        Path(path).stat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False  # opening it gives the error
    return False
