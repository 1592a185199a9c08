"""The files given to an option of a Spark source."""

from __future__ import annotations

import json
from glob import glob, has_magic
from pathlib import Path
from typing import cast

from biometal_stream.errors import InputError


def files_of(value: str) -> tuple[str, ...]:
    """The files in an option: a path, a pattern, or several of these as JSON.

    Raises:
        InputError: A file does not exist, or it is a folder or not a path of a file system.
    """
    return tuple(file for name in _names(value) for file in _matches(name))


def _names(value: str) -> list[str]:
    if value.startswith("[") and value.endswith("]"):
        try:
            found = json.loads(value)
        except ValueError:
            return [value]  # a pattern may start like JSON, too
        if all(isinstance(name, str) for name in found):
            return cast("list[str]", found)
    return [value]


def _matches(name: str) -> list[str]:
    """The files for a path or a pattern, in alphabetical order, as whole paths.

    Raises:
        InputError: It does not exist, is a folder, or is not a path of a file system.
    """
    if name.startswith("file:"):
        name = "/" + name.removeprefix("file:").lstrip("/")
    if "://" in name:
        raise InputError(
            f"{name}: the fastq source reads only paths; mount the storage at the same path on"
            " every worker"
        )
    path = Path(name)
    if has_magic(name) and not path.exists():
        found = sorted(file for file in glob(name) if not Path(file).is_dir())  # noqa: PTH207 - any path
        if not found:
            raise InputError(f"{name}: there is no such file")
        return [str(Path(file).absolute()) for file in found]
    if path.is_dir():
        raise InputError(f"{name}: is a folder; name its files, such as {name}/*.fastq.gz")
    return [str(path.absolute())]
