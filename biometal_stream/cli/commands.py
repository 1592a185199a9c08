"""All steps and commands, by name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from biometal_stream.cli.completion import completion_command
from biometal_stream.cli.demo import demo_command
from biometal_stream.cli.doctor import doctor_command
from biometal_stream.cli.operators import command_of
from biometal_stream.cli.read import read_command
from biometal_stream.cli.synthesize import synthesize_command
from biometal_stream.cli.train import train_command
from biometal_stream.cli.write import write_command

if TYPE_CHECKING:
    from biometal_stream.cli.command import StepCommand


@cache
def commands() -> dict[str, StepCommand]:
    """The steps in the order of the flow, then the commands that stand alone."""
    from biometal_stream.operators import operator_classes

    operators = [command_of(name, kind) for name, kind in sorted(operator_classes().items())]
    every = [
        read_command(),
        *operators,
        write_command(),
        train_command(),
        synthesize_command(),
        demo_command(),
        doctor_command(),
        completion_command(),
    ]
    return {str(command.name): command for command in every}
