"""The files given to an option of a Spark source."""

from __future__ import annotations

import json
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, cast

from biometal_stream.errors import InputError

if TYPE_CHECKING:
    from biometal_stream.sources.format import SourceFormat


def files_of(value: str, form: SourceFormat) -> tuple[str, ...]:
    """The files in an option: a path, a pattern, or several of these as JSON.

    Args:
        value: The option.
        form: The format of the files, for messages.

    Raises:
        InputError: A file does not exist, or it is a folder or not a path of a file system.
    """
    return tuple(file for name in _names(value) for file in _matches(name, form))


def _names(value: str) -> list[str]:
    if value.startswith("[") and value.endswith("]"):
        try:
            found = json.loads(value)
        except ValueError:
            return [value]  # a pattern may start like JSON, too
        if all(isinstance(name, str) for name in found):
            return cast("list[str]", found)
    return [value]


def _matches(name: str, form: SourceFormat) -> list[str]:
    """The files for a path or a pattern, in alphabetical order, as whole paths.

    Raises:
        InputError: It does not exist, is a folder, or is not a path of a file system.
    """
    if name.startswith("file:"):
        name = "/" + name.removeprefix("file:").lstrip("/")
    if "://" in name:
        raise InputError(
            f"{name}: the {form.name} source reads only paths; mount the storage at the same path"
            " on every worker"
        )
    path = Path(name)
    if has_magic(name) and not path.exists():
        found = sorted(file for file in glob(name) if not Path(file).is_dir())  # noqa: PTH207 - any path
        if not found:
            raise InputError(f"{name}: there is no such file")
        return [str(Path(file).absolute()) for file in found]
    if path.is_dir():
        raise InputError(
            f"{name}: is a folder; name its files, such as {name}/*{form.suffixes[0]}.gz"
        )
    return [str(path.absolute())]
