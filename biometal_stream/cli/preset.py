"""``preset``: a chain of steps under one name, at the start of a line or after ``read``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from biometal_stream.cli.advice import meant_step
from biometal_stream.cli.command import CHAINS, Argument, OneOf, StepCommand, parse
from biometal_stream.cli.operators import make
from biometal_stream.cli.options import options_command
from biometal_stream.cli.read import read_options
from biometal_stream.cli.steps import split
from biometal_stream.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometal_stream.interfaces import Operator


_SUMMARY = "Runs a chain of steps for a kind of reads, and prints it."


def preset_command() -> StepCommand:
    """The command of ``preset``."""
    chains = [f"\b\n{each.name}: {each.about}\n  {each.steps}" for each in PRESETS.values()]
    about = "It stands for steps, wherever it is on the line. docs/presets.md has their sources."
    return StepCommand(
        "preset",
        place="early",
        group=CHAINS,
        help="\n\n".join([_SUMMARY, about, *chains]),
        epilog="""\b
        Examples:
          biometal-stream preset illumina R1.fq.gz --mate R2.fq.gz write 'out_R{mate}.fq.gz'
          biometal-stream read reads.fq.gz preset illumina max-length 200 write out.fq.gz
          biometal-stream preset illumina --show""",
        params=[
            Argument(
                ["name"],
                metavar="NAME",
                about=f"One of {', '.join(PRESETS)}.",
                type=OneOf(list(PRESETS)),
                required=True,
            ),
            Argument(
                ["files"],
                metavar="[FILES...]",
                about="The files to read, as after 'read', whose options can follow them; none"
                " after 'read'.",
                files=True,
                nargs=-1,
            ),
            *read_options(),
        ],
    )


def preset_operators(name: str) -> tuple[Operator, ...]:
    """The operators of a preset.

    Args:
        name: One of `PRESETS`.
    """
    return operators_of_words(shlex.split(PRESETS[name].steps))


def operators_of_words(
    words: list[str], known: Mapping[str, StepCommand] | None = None
) -> tuple[Operator, ...]:
    """The operators that words of a command line describe.

    Args:
        words: The words of steps.
        known: The steps by name; by default ours.

    Raises:
        click.UsageError: A word is wrong.
    """
    from biometal_stream.cli.commands import commands

    known = known or commands()
    _, steps = split(words, known, options_command())
    return tuple(make(parse(known[step.name], step.arguments)) for step in steps)


def check_inside(context: click.Context, steps: Mapping[str, Any]) -> None:
    """Checks a preset that comes after ``read``, which has the files and the options.

    Raises:
        click.UsageError: It has files or options of ``read``.
    """
    for word in context.params["files"]:
        raise click.UsageError(
            f"No such step after 'preset': '{word}'{meant_step(word, steps)}", ctx=context
        )
    for parameter in context.command.params:
        name = str(parameter.name)
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and name != "name":
            raise click.UsageError(
                f"{parameter.opts[0]} is an option of 'read', and belongs after that step",
                ctx=context,
            )
