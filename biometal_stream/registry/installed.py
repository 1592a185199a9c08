"""The operators of installed packages, which their entry points name."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import PluginError
from biometal_stream.registry.check import check_operator, require_step_name, step_name
from biometal_stream.registry.loading import loading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

GROUP = "biometal_stream.operators"
"""The group of entry points: the name is the step's, the value ``module:Class``."""


loaded: dict[str, str] = {}
"""Where steps came from that were loaded, by the package that their class is in."""


class InstalledStep:
    """A step that an installed package brings. Nothing of it is imported before it is loaded.

    Args:
        entry: Its entry point.

    Attributes:
        name: The step's name, as the entry point has it.
        origin: The package, its version, and where the class is, for messages.
    """

    def __init__(self, entry: EntryPoint) -> None:
        self._entry = entry
        self.name = entry.name
        version = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "?"
        self.origin = f"{version} ({entry.value})"

    def load(self) -> type[Any]:
        """Imports the class.

        Raises:
            PluginError: It does not import, or is not an operator of this name.
        """
        with loading(f"the step '{self.name}' of {self.origin}"):
            require_step_name(self.name, "the name of the entry point")
            found = check_operator(self._entry.load())
            loaded[found.__module__.partition(".")[0]] = self.origin
            name = step_name(found)
            if name not in {None, self.name}:
                raise PluginError(
                    f"the entry point is called '{self.name}' and the class's step '{name}'; call"
                    f" the entry point '{name}', or write name = \"{self.name}\" in the class"
                )
        return found


@cache
def installed_steps() -> tuple[InstalledStep, ...]:
    """Finds the steps of installed packages, in the order of their names. Loads none."""
    if not any(_names_group(entry) for entry in sys.path):
        return ()
    from importlib.metadata import entry_points

    found = {(entry.name, entry.value): entry for entry in entry_points(group=GROUP)}
    return tuple(InstalledStep(entry) for _, entry in sorted(found.items()))


def _names_group(folder: str) -> bool:
    """Whether a package there may have such an entry point.

    The import of `importlib.metadata` alone takes a tenth of the time of ``--help``, so
    it is left to where there is something to find.
    """
    if os.path.isfile(folder):  # noqa: PTH113 - a zip file; fast, since it is done at each start
        return True
    return any(GROUP.encode() in text for text in _entry_point_files(folder or "."))


def _entry_point_files(folder: str) -> Iterator[bytes]:
    try:
        names = os.listdir(folder)  # noqa: PTH208
    except OSError:
        return
    for name in names:
        if name.endswith((".dist-info", ".egg-info")):
            try:
                with open(f"{folder}/{name}/entry_points.txt", "rb") as file:  # noqa: PTH123
                    yield file.read()
            except OSError:
                continue
