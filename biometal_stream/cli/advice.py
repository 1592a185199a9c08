"""Error messages for words that do not fit the command line: what was meant, what to type."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from biometal_stream.cli.command import CHAINS, Argument, closest
from biometal_stream.cli.habits import OF_ADAPTERS, OPTIONS, STEPS
from biometal_stream.operators.base import command_name
from biometal_stream.settings import meant_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from biometal_stream.cli.step import Step


class Cursor(Protocol):
    """The position of a word on the command line.

    Attributes:
        commands: The steps by name.
        steps: The steps so far; the last one is the current step.
        own_options: The options of the current step, by their words.
    """

    commands: Mapping[str, click.Command]
    steps: list[Step]
    own_options: dict[str, click.Option]

    @property
    def command(self) -> click.Command | None:
        """The current step's command."""

    def options(self) -> dict[str, click.Option]:
        """The options that may come next, by their words."""

    def next_argument(self) -> click.Argument | None:
        """The argument that the next word would be."""


def meant_step(word: str, steps: Iterable[str], *, least: float = 0.6) -> str:
    """What to type instead of a word in the place of a step; empty if unknown.

    Args:
        word: What was typed.
        steps: The steps that may come here.
        least: How similar a name must be, up to 1.
    """
    steps = list(steps)
    name, sign, value = re.sub("[:=]", "=", word).partition("=")
    name = command_name(name).replace("_", "-")
    if name in steps:
        return f"; write '{name} {value}'" if sign and value else f". Did you mean {name}?"
    habit = closest(name, STEPS, least=0.85)
    if name in STEPS or (habit and not closest(name, steps, least=0.85)):
        return f"; {STEPS[habit or name]}"
    return _alike(name, steps, least)


def _alike(word: str, names: Iterable[str], least: float = 0.6) -> str:
    """Suggests the name that was meant; empty if none is spelled similarly."""
    close = closest(word, names, least=least)
    return f". Did you mean {close}?" if close else ""


def unknown_word(word: str, at: Cursor) -> click.UsageError:
    """The error for a word that is neither a value nor a step."""
    if not at.steps:
        text = f"No such step: '{word}'"
        if word.endswith(".toml"):
            return click.UsageError(f"{text}; 'run {word}' runs a saved pipeline")
        if looks_like_file(word):
            return click.UsageError(f"{text}; a pipeline starts with 'read': 'read {word} ...'")
        return click.UsageError(text + meant_step(word, at.commands))
    step, command = at.steps[-1], at.command
    assert command is not None
    text = f"No such step after '{step.name}': '{word}'"
    own = (
        _unquoted(step, word)
        or _swallowed(step, command, at.commands)
        or _without_option(word, command)
        or _second_target(step, word)
    )
    if own:
        return click.UsageError(text + own, ctx=context_of(step.name, command))
    may_follow = [
        name
        for name, each in at.commands.items()
        if getattr(each, "place", "") in {"early", "middle", "last"}
    ]
    meant = meant_step(word, may_follow)
    if not meant and meant_number(word) is not None:
        meant = f"; '{step.name}' takes {_taken(command) or 'no values'}"
    return click.UsageError(text + meant)


def unknown_option(word: str, at: Cursor) -> click.UsageError:
    """The error for an option that neither the step nor the whole run has."""
    name = word.partition("=")[0]
    text = f"No such option: {name}"
    if not at.steps:
        return click.UsageError(text + _meant_option(name, at))
    step, command = at.steps[-1], at.command
    assert command is not None
    argument = at.next_argument()
    if (
        isinstance(argument, Argument)
        and argument.nargs == 1
        and argument.required
        and not step.values
    ):
        value = str(argument.metavar).strip("[]")
        meant = f"; '{step.name}' takes {value} without an option: '{step.name} {value}'"
    else:
        meant = _meant_option(name, at)
    return click.UsageError(text + meant, ctx=context_of(step.name, command))


def wrong_value(option: click.Option, word: str, at: Cursor) -> str | None:
    """What is wrong with a word as the value of an option; ``None`` if it is allowed.

    If the word is a step or an option, the value was left out.
    """
    if word.partition("=")[0] in at.options():
        return f"{needs(option)}, but '{word}' is an option"
    if option.type.name == "text" and option.metavar != "FILE":
        return None
    if word in at.commands and word not in getattr(option.type, "choices", ()):
        path = f"; write a file of that name as ./{word}" if option.metavar == "FILE" else ""
        return f"{needs(option)}, but '{word}' is a step{path}"
    return None


def needs(option: click.Option) -> str:
    """What an option takes, as a clause."""
    choices = getattr(option.type, "choices", ())
    value = "|".join(choices) or option.metavar or "VALUE"
    return f"{option.opts[0]} needs a value, '{option.opts[0]} {value}'"


def looks_like_file(word: str) -> bool:
    """Whether a word can be the name of a file, and is not a step's."""
    return word == "-" or bool(set("./") & set(word)) or _exists(word)


def context_of(name: str, command: click.Command) -> click.Context:
    """The context that shows the usage of a step."""
    return click.Context(command, info_name=name)


def _exists(word: str) -> bool:
    try:
        return Path(word).exists()
    except (OSError, ValueError):
        return False


def _unquoted(step: Step, word: str) -> str:
    """A condition that the shell split, since it takes > for a redirection."""
    if step.name != "where":
        return ""
    if set("<>=!") & set(step.values[0]):
        return f"; write one condition, 'where \"{step.values[0]} and {word}\"'"
    parts = [*step.values, word]
    why = ""
    if len(parts) == 2 and meant_number(word) is not None:  # > and the word after it are gone
        parts.insert(1, ">=")
        made = ", and has created the file '='" if _exists("=") else ""
        why = f"; without quotes the shell takes > for a file{made}"
    elif meant_number(word) is None:
        parts.append("...")
    return f"; quote the condition, 'where \"{' '.join(parts)}\"'{why}"


def _swallowed(step: Step, command: click.Command, steps: Mapping[str, click.Command]) -> str:
    """A step that was taken for the value of the previous one."""
    arguments = [one for one in command.params if isinstance(one, Argument)]
    for argument, value in zip(arguments, step.values, strict=False):
        if value in steps:
            taken = f"'{value}' was taken for {argument.metavar}"
            return f"; '{step.name}' takes {_taken(command)}, and {taken}"
    return ""


def _without_option(word: str, command: click.Command) -> str:
    """A value that an option of the step would take."""
    number = meant_number(word)
    kind = "integer" if number is not None and number > 1 and number % 1 == 0 else "float"
    for option in command.params:
        is_choice = word in getattr(option.type, "choices", ())
        is_number = number is not None and option.type.name == kind
        if isinstance(option, click.Option) and (is_choice or is_number):
            value = word if is_choice else number
            return f"; write '{command.name} {option.opts[0]} {value}'"
    return ""


def _second_target(step: Step, word: str) -> str:
    if step.name != "write" or not looks_like_file(word):
        return ""
    return (
        f"; 'write' takes one target, and mates 2 go to '--mate':"
        f" 'write {step.values[0]} --mate {word}'"
    )


def _taken(command: click.Command) -> str:
    return " ".join(str(one.metavar) for one in command.params if isinstance(one, Argument))


def _meant_option(name: str, at: Cursor) -> str:
    short = name[:2] if name[1:2] != "-" else ""
    if short and getattr(at.command, "place", "") == "middle":
        own = [each for each in at.own_options if each.startswith(f"-{short}")]
        own = [each for each in own if not each.startswith("--no-")]
        if len(own) == 1:
            return f". Did you mean {own[0]}?"
    of_adapters = OF_ADAPTERS if "--mate-adapter" in at.own_options else {}
    habit = next(
        (each[word] for each in (of_adapters, OPTIONS) for word in (name, short) if word in each),
        None,
    )
    if habit:
        return f"; {habit}"
    owners = [
        f"'{each}'"
        for each, command in at.commands.items()
        if getattr(command, "group", "") != CHAINS  # theirs are those of 'read'
        and any(name in one.opts for one in command.params if isinstance(one, click.Option))
    ]
    if owners:
        return f"; it is an option of {' and '.join(owners[:3])}, and belongs after that step"
    bare = name.lstrip("-").replace("_", "-")
    if bare in at.commands:
        return f"; '{bare}' is a step, written without dashes"
    return _alike(name, at.options())
