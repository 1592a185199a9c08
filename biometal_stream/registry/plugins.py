"""The steps that plugins add to our own, by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import PluginError
from biometal_stream.registry.installed import installed_steps

if TYPE_CHECKING:
    from biometal_stream.registry.files import FileStep
    from biometal_stream.registry.installed import InstalledStep


class Plugins:
    """The steps of plugins: installed packages, loaded when used, and plugin files.

    Our own steps are never replaced. If two plugins have a step of the same name, neither is used.

    Args:
        files: Plugin files, imported immediately; a file that is named twice counts once.
        taken: The names of our own steps and commands.

    Raises:
        PluginError: A file does not load, or has a step whose name is taken.
    """

    def __init__(self, files: Sequence[str] = (), *, taken: Collection[str] = ()) -> None:
        self._taken = frozenset(taken)
        self._files: dict[str, FileStep] = {}
        once: dict[Path, str] = {}
        for file in files:
            once.setdefault(Path(file).resolve(), file)
        if once:
            from biometal_stream.registry.files import steps_of

            for step in (step for file in once.values() for step in steps_of(file)):
                self._add(step)

    def _add(self, step: FileStep) -> None:
        if step.name in self._taken:
            raise PluginError(
                f"the plugin {step.origin}: '{step.name}' is a step of biometal-stream; give the"
                " class another name"
            )
        other = self._files.setdefault(step.name, step)
        for each in (other, *self._installed.get(step.name, ())):
            if each is not step:
                raise PluginError(
                    f"two plugins have a step '{step.name}': {each.origin} and {step.origin}"
                )

    @cached_property
    def _installed(self) -> dict[str, list[InstalledStep]]:
        found: dict[str, list[InstalledStep]] = {}
        for step in installed_steps():
            found.setdefault(step.name, []).append(step)
        return found

    def __contains__(self, name: str) -> bool:
        return name in self._files or (name in self._installed and name not in self._taken)

    def __iter__(self) -> Iterator[str]:
        """Yields the names, sorted, including steps that do not load."""
        return iter(sorted({*self._files, *self._installed} - self._taken))

    def load(self, name: str) -> type[Any]:
        """Loads the class of a step.

        Raises:
            PluginError: It does not load, or two packages have a step of that name.
        """
        if name in self._files:
            return self._files[name].load()
        step, *others = self._installed[name]
        if others:
            origins = " and ".join(each.origin for each in (step, *others))
            raise PluginError(
                f"two plugins have a step '{name}', so neither is used: {origins}; uninstall"
                " one of them"
            )
        return step.load()

    def origins(self) -> dict[str, list[str]]:
        """The origin of each step, by name, including steps that are not used."""
        origins = {name: [each.origin for each in steps] for name, steps in self._installed.items()}
        return origins | {name: [step.origin] for name, step in self._files.items()}

    def fault(self, name: str) -> str | None:
        """What is wrong with a step of `origins`; ``None`` if it can be used."""
        if name in self._taken:
            origins = ", ".join(self.origins()[name])
            return (
                f"the step '{name}' of {origins} is not used, since biometal-stream has a step of"
                " that name"
            )
        try:
            self.load(name)
        except PluginError as error:
            return str(error)
        return None
