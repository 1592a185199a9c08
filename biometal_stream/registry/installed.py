"""The operators of installed packages, found by their entry points."""

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
"""The group of entry points: the name is the step's name, the value ``module:Class``."""


loaded: dict[str, str] = {}
"""The origin of each loaded step, by the package that its class is in."""


class InstalledStep:
    """A step from an installed package. Nothing is imported before the step is loaded.

    Args:
        entry: Its entry point.

    Attributes:
        name: The step's name, from the entry point.
        origin: The package, its version, and the class, for messages.
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
                    f"the entry point is called '{self.name}' but the class's step '{name}';"
                    f" call the entry point '{name}', or write name = \"{self.name}\" in the class"
                )
        return found


@cache
def installed_steps() -> tuple[InstalledStep, ...]:
    """Finds the steps of installed packages, sorted by name. Loads none of them."""
    if not any(_names_group(entry) for entry in sys.path):
        return ()
    from importlib.metadata import entry_points

    found = {(entry.name, entry.value): entry for entry in entry_points(group=GROUP)}
    return tuple(InstalledStep(entry) for _, entry in sorted(found.items()))


def _names_group(folder: str) -> bool:
    """Whether a package in a folder may have such an entry point.

    Importing `importlib.metadata` takes a tenth of the time of ``--help``, so it is imported only
    if there is something to find.
    """
    if os.path.isfile(folder):  # noqa: PTH113 - a zip file; runs at each start, so must be fast
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
