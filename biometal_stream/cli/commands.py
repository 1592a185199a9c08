"""All steps and commands, by name: our own, and the steps of plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import click

from biometal_stream.errors import PluginError
from biometal_stream.registry.builtin import operator_class, operator_names
from biometal_stream.registry.check import is_step_name
from biometal_stream.registry.plugins import Plugins

if TYPE_CHECKING:
    from biometal_stream.cli.command import StepCommand

_WORDS = {"help", "version"}
"""Words that mean an option if they come first."""

_HOMES = {
    "read": "read",
    "preset": "preset",
    "run": "run_saved",
    "write": "write",
    "train": "train",
    "synthesize": "synthesize",
    "demo": "demo",
    "report": "report",
    "index": "index.command",
    "doctor": "doctor.command",
    "completion": "completion",
}
"""The module of each command that is not an operator's; the function in it is ``read_command``."""


def own_names() -> tuple[str, ...]:
    """The names of our steps in the order of the flow, then of the standalone commands."""
    first, *others = _HOMES
    return (first, *operator_names(), *others)


@cache
def own_command(name: str) -> StepCommand:
    """One of our commands, which imports its module: a line needs few of them.

    Args:
        name: One of `own_names`.
    """
    if name in _HOMES:
        make: Callable[[], StepCommand]
        make = resolve_name(f"{__package__}.{_HOMES[name]}:{name}_command")
        return make()
    from biometal_stream.cli.operators import command_of

    return command_of(name, operator_class(name))


class Commands(Mapping[str, "StepCommand"]):
    """Our steps and commands, then the steps of plugins.

    A step is loaded when it is first used, and packages are searched only if a word may be the name
    of a plugin's step. Iteration skips steps that do not load; accessing one
    of them raises an error that says why.

    Attributes:
        plugins: The plugins.
    """

    def __init__(self, plugins: Plugins) -> None:
        self.plugins = plugins
        self._own = frozenset(own_names())
        self._made: dict[str, StepCommand] = {}

    def __contains__(self, word: object) -> bool:
        if word in self._own:
            return True
        return isinstance(word, str) and is_step_name(word) and word in self.plugins

    def __getitem__(self, name: str) -> StepCommand:
        """The command of a step.

        Raises:
            KeyError: There is no such step.
            click.UsageError: It belongs to a plugin, and does not load.
        """
        if name in self._own:
            return own_command(name)
        if name not in self:
            raise KeyError(name)
        try:
            return self._plugin(name)
        except PluginError as error:
            raise click.UsageError(str(error)) from error

    def _plugin(self, name: str) -> StepCommand:
        from biometal_stream.cli.operators import plugin_command

        if name not in self._made:
            self._made[name] = plugin_command(self.plugins, name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        from biometal_stream.cli.operators import plugin_fault

        yield from own_names()
        yield from (name for name in self.plugins if plugin_fault(self.plugins, name) is None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def commands(files: Sequence[str] = ()) -> Commands:
    """All steps and commands.

    Args:
        files: Plugin files.

    Raises:
        PluginError: A file does not load, or has a step whose name is taken.
    """
    return Commands(Plugins(files, taken={*own_names(), *_WORDS}))


def plugin_files(words: Sequence[str]) -> list[str]:
    """The values of ``--plugin``, which are needed before the other words can be parsed."""
    files = [after for word, after in pairwise(words) if word == "--plugin"]
    return files + [word[len("--plugin=") :] for word in words if word.startswith("--plugin=")]
