"""What the word at the shell's cursor may be: steps, their options and values, and files."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import click

from biometal_stream.cli.command import Argument, first_line
from biometal_stream.cli.commands import commands, plugin_files
from biometal_stream.cli.options import options_command
from biometal_stream.cli.steps import Walk
from biometal_stream.errors import PluginError


@dataclass(frozen=True)
class Proposal:
    """A possible word.

    Attributes:
        value: The word; after ``--option=`` only the value. For files the part already typed.
        about: Help, in one line.
        files: Whether the shell should propose files that start like this.
    """

    value: str
    about: str = ""
    files: bool = False


def answer_shell(line: str) -> None:
    """Prints proposals to a shell's script.

    Args:
        line: The command line up to the cursor.
    """
    _, *words = split_line(line)
    for proposal in proposals(words[:-1], words[-1]) if words else ():
        kind = "files" if proposal.files else "word"
        sys.stdout.write(f"{kind}\t{proposal.value}\t{proposal.about}\n")
    sys.stdout.flush()


def split_line(line: str) -> list[str]:
    """Splits an unfinished line into words, without quotes.

    The last word is the part typed before the cursor: empty after a space.
    """
    from click.shell_completion import split_arg_string

    # With a letter appended, the last word exists even if nothing of it has been typed.
    words = split_arg_string(f"{line}x")
    return [*words[:-1], words[-1][:-1]]


def proposals(words: list[str], incomplete: str) -> list[Proposal]:
    """The possible next words.

    Args:
        words: The words before it, without the program's name.
        incomplete: The part of it already typed.
    """
    try:
        known = commands(plugin_files(words))
    except PluginError:
        return []
    walk = Walk(known, options_command())
    try:
        for word in words:
            walk.feed(word)
    except click.UsageError:
        return []
    return _proposals_at(walk, incomplete)


def _proposals_at(walk: Walk, incomplete: str) -> list[Proposal]:
    if walk.pending is not None and walk.needs_value:
        return _values_of(walk.pending, incomplete)
    if incomplete.startswith("-"):
        name, equals, value = incomplete.partition("=")
        if equals and name in walk.options():
            return _values_of(walk.options()[name], value)
        return [
            Proposal(word, _one_line(option.help))
            for word, option in walk.options().items()
            if word.startswith(incomplete)
        ]
    items = [] if walk.pending is None else _values_of(walk.pending, incomplete)
    argument = walk.next_argument()
    if argument is not None and not (_is_inside(walk) and argument.nargs < 0):
        items += _values_of(argument, incomplete)
        if argument.required and (argument.nargs > 0 or not walk.steps[-1].values):
            return items
    return items + [
        Proposal(name, first_line(command))
        for name, command in walk.commands.items()
        if name.startswith(incomplete) and _may_follow(walk, command)
    ]


def _is_inside(walk: Walk) -> bool:
    """Whether the current step may be first, and is not: the files have been named before."""
    return len(walk.steps) > 1 and getattr(walk.command, "place", "") == "early"


def _may_follow(walk: Walk, command: click.Command) -> bool:
    """Whether a step may come after those typed so far."""
    place = getattr(command, "place", "")
    if not walk.steps:
        return place in {"first", "early", "alone"}
    now = getattr(walk.command, "place", "")
    return now in {"first", "early", "middle"} and place in {"early", "middle", "last"}


def _values_of(parameter: click.Parameter, incomplete: str) -> list[Proposal]:
    if isinstance(parameter.type, click.Choice):
        choices = map(str, parameter.type.choices)
        return [Proposal(choice) for choice in choices if choice.startswith(incomplete)]
    names_file = parameter.metavar == "FILE" or (
        isinstance(parameter, Argument) and parameter.files
    )
    return [Proposal(incomplete, files=True)] if names_file else []


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
