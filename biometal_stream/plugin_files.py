"""The modules of plugin files, such as ``--plugin steps.py``.

A module here is named after the path of its file. So objects pickled in one process can be loaded
in another, even on another machine, if the file has the same path there: the import finds the file
by the name, and nothing else has to be sent or set.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from os import fsdecode, fsencode
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import MetaPathFinder
    from types import ModuleType

__path__: list[str] = []  # makes this a package, whose modules the finder below finds


def module_of(path: str) -> str:
    """The full name of the module of a plugin file.

    Args:
        path: An absolute path.
    """
    return f"{__name__}.{Path(path).stem}_{fsencode(path).hex()}"


def path_of(module: str) -> str | None:
    """The path of the file of a module; ``None`` if it is not a plugin file's."""
    package, _, name = module.rpartition(".")
    if package != __name__:
        return None
    try:
        return fsdecode(bytes.fromhex(name.rpartition("_")[2]))
    except ValueError:
        return None


class _Loader(SourceFileLoader):
    """Does not leave a compiled file next to the user's."""

    def set_data(self, path: str, data: bytes, **_: object) -> None:  # type: ignore[override]
        pass


class _Finder:
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - of the protocol
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        file = path_of(fullname)
        if file is None:
            return None
        if not Path(file).is_file():
            raise ModuleNotFoundError(
                f"the plugin file {file} is not on this machine; put it at the same path on all"
                " machines, or install its operators as a package",
                name=fullname,
            )
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, file))


sys.meta_path.append(cast("MetaPathFinder", _Finder()))
