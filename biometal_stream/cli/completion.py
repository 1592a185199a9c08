"""Shell scripts for completion, and the command that prints them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from biometal_stream.cli.command import OTHER, PROGRAM, Argument, OneOf, StepCommand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometal_stream.cli.options import Options

# click's scripts cut the help at a comma, do not complete files in `--option=FILE`, and let bash
# propose either files or words, never both. Each proposal is a line of kind, value and help.

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
