"""The indexes that come with the package, by name: common contaminants and controls.

They are deacon's format 3 with k = 31 and w = 15. ``README.md`` beside them has their sources.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from biometal_stream.errors import InputError

_FOLDER = Path(__file__).parent
_SUFFIX = ".idx"


def shipped_indexes() -> dict[str, Path]:
    """The files of the shipped indexes by name, in alphabetical order."""
    return {path.stem: path for path in sorted(_FOLDER.glob(f"*{_SUFFIX}"))}


def index_path(index: str | os.PathLike[str]) -> Path:
    """The file of an index; it need not exist.

    The names of shipped indexes take precedence; ``./phix`` is a file of that name.

    Args:
        index: The name of a shipped index, or a path.
    """
    name = os.fspath(index)
    return shipped_indexes().get(name, Path(name))


def find_index(index: str | os.PathLike[str]) -> Path:
    """The file of an index, which exists.

    Args:
        index: As for `index_path`.

    Raises:
        InputError: There is no such file, and no such shipped index.
    """
    path = index_path(index)
    if os.path.lexists(path):
        return path
    names = list(shipped_indexes())
    near = difflib.get_close_matches(os.fspath(index).lower(), names, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"shipped are {', '.join(names)}"
    raise InputError(f"{os.fspath(index)}: there is no such file or shipped index; {hint}")
