"""Completion in the shell: of steps, their options and values, and files."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli.command import OTHER, PROGRAM, Argument, StepCommand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem, ShellComplete

    from biometal_stream.cli.steps import Walk

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_BIOMETAL_STREAM_COMPLETE"
"""Set by the shell's function when it asks this program for completions."""

# That of click lets bash propose either files or words, never both.
_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line current="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=()
    for line in $(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \\
            %(complete_var)s=bash_complete "$1" 2>/dev/null); do
        case "$line" in
            file,*) compopt -o filenames 2>/dev/null
                    COMPREPLY+=($(compgen -f -- "$current")) ;;
            plain,*) COMPREPLY+=("${line#plain,}") ;;
        esac
    done
}
complete -F %(complete_func)s %(prog_name)s
"""


def completion_command() -> StepCommand:
    """The command of ``completion``."""
    return StepCommand(
        "completion",
        place="alone",
        group=OTHER,
        help=f"""Prints a script that lets a shell complete steps, options and files.

        \b
        bash  {PROGRAM} completion bash > ~/.local/share/bash-completion/completions/{PROGRAM}
        zsh   {PROGRAM} completion zsh > a folder of $fpath/_{PROGRAM}
        fish  {PROGRAM} completion fish > ~/.config/fish/completions/{PROGRAM}.fish""",
        params=[
            Argument(
                ["shell"],
                metavar="SHELL",
                about="bash, zsh or fish.",
                type=click.Choice(SHELLS),
                required=True,
            )
        ],
    )


def print_script(values: Mapping[str, Any]) -> None:
    """Prints the script for a shell."""
    from click.shell_completion import ShellComplete

    # Past BashComplete.source(), which runs bash to learn its version.
    sys.stdout.write(ShellComplete.source(_shell(values["shell"])))
    sys.stdout.flush()


def answer_shell() -> bool:
    """Prints completions, where it is a shell that asks.

    Returns:
        Whether one did.
    """
    shell, _, instruction = os.environ.get(VARIABLE, "").partition("_")
    if shell not in SHELLS or instruction != "complete":
        return False
    sys.stdout.write(_shell(shell).complete() + "\n")
    sys.stdout.flush()
    return True


def proposals(words: list[str], incomplete: str) -> list[CompletionItem[str]]:
    """What the next word may be.

    Args:
        words: The words before it, without the program's name.
        incomplete: What is typed of it.
    """
    from biometal_stream.cli.commands import commands
    from biometal_stream.cli.options import options_command
    from biometal_stream.cli.steps import Walk

    walk = Walk(commands(), options_command())
    try:
        for word in words:
            walk.feed(word)
    except click.UsageError:
        return []
    return _proposals_at(walk, incomplete)


def _proposals_at(walk: Walk, incomplete: str) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    if walk.pending is not None and walk.needs_value:
        return _values_of(walk.pending, incomplete)
    if incomplete.startswith("-"):
        name, equals, value = incomplete.partition("=")
        if equals and name in walk.options():
            return _values_of(walk.options()[name], value)
        return [
            CompletionItem(word, help=option.help)
            for word, option in walk.options().items()
            if word.startswith(incomplete)
        ]
    items: list[CompletionItem[str]] = []
    if walk.pending is not None:
        items += _values_of(walk.pending, incomplete)
    argument = walk.next_argument()
    if argument is not None:
        items += _values_of(argument, incomplete)
        if argument.nargs == 1 and argument.required:
            return items
        if argument.nargs < 0 and argument.required and not walk.steps[-1].values:
            return items
    return items + [
        CompletionItem(name, help=(command.help or "").strip().splitlines()[0])
        for name, command in walk.commands.items()
        if name.startswith(incomplete) and _may_follow(walk, command)
    ]


def _may_follow(walk: Walk, command: click.Command) -> bool:
    """Whether a step can come after those typed."""
    place = getattr(command, "place", "")
    if not walk.steps:
        return place in {"first", "alone"}
    now = getattr(walk.command, "place", "")
    return now in {"first", "middle"} and place in {"middle", "last"}


def _values_of(parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    if isinstance(parameter.type, click.Choice):
        choices = map(str, parameter.type.choices)
        return [CompletionItem(choice) for choice in choices if choice.startswith(incomplete)]
    names_file = parameter.metavar == "FILE" or (
        isinstance(parameter, Argument) and parameter.files
    )
    return [CompletionItem(incomplete, type="file")] if names_file else []


def _shell(name: str) -> ShellComplete:
    from click import shell_completion

    kinds: dict[str, type[ShellComplete]] = {
        "bash": shell_completion.BashComplete,
        "zsh": shell_completion.ZshComplete,
        "fish": shell_completion.FishComplete,
    }

    def get_completions(_: ShellComplete, words: list[str], incomplete: str) -> Any:
        return proposals(words, incomplete)

    members: dict[str, Any] = {"get_completions": get_completions}
    if name == "bash":
        members["source_template"] = _BASH
    kind = type("ChainComplete", (kinds[name],), members)
    complete: ShellComplete = kind(click.Command(PROGRAM), {}, PROGRAM, VARIABLE)
    return complete
