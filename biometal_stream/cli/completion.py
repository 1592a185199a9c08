"""Completion in the shell: of steps, their options and values, and files."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli.command import OTHER, PROGRAM, Argument, OneOf, StepCommand, first_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometal_stream.cli.options import Options
    from biometal_stream.cli.steps import Walk

VARIABLE = "_BIOMETAL_STREAM_COMPLETE"
"""What the scripts hand the command line in, up to the cursor, to ask for proposals."""

# The scripts of click cut help at a comma, lack files in `--option=FILE`, and let bash propose
# either files or words, never both. Each proposal is a line of kind, value and help.

_BASH = """\
_biometal_stream() {
    local kind value about current="${COMP_WORDS[COMP_CWORD]}" before="" file
    [[ $current == --*=* ]] && before="${current%%=*}="  # where = parts no words
    COMPREPLY=()
    while IFS=$'\\t' read -r kind value about; do
        case "$kind" in
            files) compopt -o filenames 2>/dev/null
                   while IFS= read -r file; do
                       COMPREPLY+=("$before$file")
                   done < <(compgen -f -- "$value") ;;
            word) COMPREPLY+=("$before$value") ;;
        esac
    done < <(_BIOMETAL_STREAM_COMPLETE="${COMP_LINE:0:COMP_POINT}" "$1" 2>/dev/null)
}
complete -F _biometal_stream biometal-stream
"""

_ZSH = """\
#compdef biometal-stream
_biometal_stream() {
    local line kind value about files=0
    local -a words_with_help words_alone
    for line in "${(@f)$(_BIOMETAL_STREAM_COMPLETE="${(j: :)words[1,CURRENT]}" \
            biometal-stream 2>/dev/null)}"; do
        IFS=$'\\t' read -r kind value about <<< "$line"
        case "$kind" in
            files) files=1 ;;
            word) if [[ -n $about ]]; then
                      words_with_help+=("$value:$about")
                  else
                      words_alone+=("$value")
                  fi ;;
        esac
    done
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    (( $#words_with_help )) && _describe -V biometal-stream words_with_help
    (( $#words_alone )) && compadd -V values -a words_alone
    (( files )) && _files
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _biometal_stream "$@"
else
    compdef _biometal_stream biometal-stream
fi
"""

_FISH = """\
function __biometal_stream
    set -l before (string match -r -- '^--[^=]*=' (commandline -ct))
    set -l line (commandline -cp | string join ' ')
    for proposal in (env _BIOMETAL_STREAM_COMPLETE="$line" biometal-stream 2>/dev/null)
        set -l parts (string split -m 2 \\t -- $proposal)
        switch "$parts[1]"
            case files
                for file in (__fish_complete_path "$parts[2]")
                    echo "$before$file"
                end
            case word
                echo "$before$parts[2]"\\t"$parts[3]"
        end
    end
end
complete --command biometal-stream --no-files --keep-order --arguments '(__biometal_stream)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@dataclass(frozen=True)
class Proposal:
    """What a word may be.

    Attributes:
        value: The word; after ``--option=`` what follows it. For files what is typed of a name.
        about: Help, in one line.
        files: Whether the shell is to propose the files whose names start so.
    """

    value: str
    about: str = ""
    files: bool = False


def completion_command() -> StepCommand:
    """The command of ``completion``."""
    return StepCommand(
        "completion",
        place="alone",
        group=OTHER,
        runs=f"{__name__}:print_script",
        help=f"""Prints a script with which a shell completes steps, options and files.

        Add this line to ~/.bashrc, to ~/.zshrc after compinit, or to ~/.config/fish/config.fish:

        \b
          bash  eval "$({PROGRAM} completion bash)"
          zsh   eval "$({PROGRAM} completion zsh)"
          fish  {PROGRAM} completion fish | source""",
        params=[
            Argument(
                ["shell"],
                metavar="SHELL",
                about="bash, zsh or fish.",
                type=OneOf(list(SCRIPTS)),
                required=True,
            )
        ],
    )


def print_script(values: Mapping[str, Any], _: Options) -> None:
    """Prints the script for a shell."""
    sys.stdout.write(SCRIPTS[values["shell"]])
    sys.stdout.flush()


def answer_shell() -> bool:
    """Prints proposals, where it is a shell's script that asks.

    Returns:
        Whether one did.
    """
    line = os.environ.get(VARIABLE)
    if not line:
        return False
    _, *words = split_line(line)
    for proposal in proposals(words[:-1], words[-1]) if words else ():
        kind = "files" if proposal.files else "word"
        sys.stdout.write(f"{kind}\t{proposal.value}\t{proposal.about}\n")
    sys.stdout.flush()
    return True


def split_line(line: str) -> list[str]:
    """The words of an unfinished line, without their quotes.

    The last one is what is typed of the word at the cursor: nothing after a space.
    """
    from click.shell_completion import split_arg_string

    # With a letter at its end the last word is there even where nothing is typed of it.
    words = split_arg_string(f"{line}x")
    return [*words[:-1], words[-1][:-1]]


def proposals(words: list[str], incomplete: str) -> list[Proposal]:
    """What the next word may be.

    Args:
        words: The words before it, without the program's name.
        incomplete: What is typed of it.
    """
    from biometal_stream.cli.commands import commands, plugin_files
    from biometal_stream.cli.options import options_command
    from biometal_stream.cli.steps import Walk
    from biometal_stream.errors import PluginError

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
    if argument is not None:
        items += _values_of(argument, incomplete)
        if argument.required and (argument.nargs > 0 or not walk.steps[-1].values):
            return items
    return items + [
        Proposal(name, first_line(command))
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
