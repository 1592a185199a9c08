"""All steps and commands, by name: our own, and the steps of plugins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from biometal_stream.cli.completion import completion_command
from biometal_stream.cli.demo import demo_command
from biometal_stream.cli.doctor.command import doctor_command
from biometal_stream.cli.operators import command_of, plugin_command, plugin_fault
from biometal_stream.cli.read import read_command
from biometal_stream.cli.synthesize import synthesize_command
from biometal_stream.cli.train import train_command
from biometal_stream.cli.write import write_command
from biometal_stream.errors import PluginError
from biometal_stream.registry.check import is_step_name
from biometal_stream.registry.plugins import Plugins

if TYPE_CHECKING:
    from biometal_stream.cli.command import StepCommand

_WORDS = {"help", "version"}
"""Words that mean an option if they come first."""


@cache
def own_commands() -> dict[str, StepCommand]:
    """Our steps in the order of the flow, then the standalone commands."""
    from biometal_stream.registry.builtin import operator_classes

    every = [
        read_command(),
        *(command_of(name, kind) for name, kind in operator_classes().items()),
        write_command(),
        train_command(),
        synthesize_command(),
        demo_command(),
        doctor_command(),
        completion_command(),
    ]
    return {str(command.name): command for command in every}


class Commands(Mapping[str, "StepCommand"]):
    """Our steps and commands, then the steps of plugins.

    A step of an installed package is loaded when it is first used, and packages are searched only
    if a word may be the name of such a step. Iteration skips steps that do not load; accessing one
    of them raises an error that says why.

    Attributes:
        plugins: The plugins.
    """

    def __init__(self, plugins: Plugins) -> None:
        self.plugins = plugins
        self._own = own_commands()
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
            return self._own[name]
        if name not in self:
            raise KeyError(name)
        try:
            return self._plugin(name)
        except PluginError as error:
            raise click.UsageError(str(error)) from error

    def _plugin(self, name: str) -> StepCommand:
        if name not in self._made:
            self._made[name] = plugin_command(self.plugins, name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._own
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
    return Commands(Plugins(files, taken={*own_commands(), *_WORDS}))


def plugin_files(words: Sequence[str]) -> list[str]:
    """The values of ``--plugin``, which are needed before the other words can be parsed."""
    files = [after for word, after in pairwise(words) if word == "--plugin"]
    return files + [word[len("--plugin=") :] for word in words if word.startswith("--plugin=")]
