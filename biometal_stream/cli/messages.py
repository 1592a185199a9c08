"""What the command line prints on standard error, and the exit status of errors."""

from __future__ import annotations

import errno
import re
import sys
from pathlib import Path

from biometal_stream.cli.command import PROGRAM, as_typed
from biometal_stream.cli.escape import printable
from biometal_stream.errors import FAILED, BiometalError, InputError, SinkError

CLOSED_PIPE = 141
"""The status of a program that the system ends with SIGPIPE, such as ``zcat`` and ``cat``; with a
shell's ``pipefail`` it shows that the output was not read to its end."""

_LONGEST, _HEAD, _TAIL = 400, 200, 60
_LONG = re.compile(rf"\S{{{_LONGEST + 1},}}")


def say(text: str) -> None:
    """Writes one line to standard error, unless that is closed."""
    write(f"{printable(text)}\n")


def write(lines: str) -> None:
    """Writes printable lines to standard error, unless that is closed."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(lines)
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # standard error is gone


def warning(text: str) -> str:
    """The line for a warning; very long words are shortened."""
    return f"{PROGRAM}: warning: {_shortened(text)}"


def error(text: str) -> str:
    """The line for an error; very long words are shortened."""
    return f"{PROGRAM}: error: {_shortened(text)}"


def _shortened(text: str) -> str:
    """A message in which a value that was given has at most `_LONGEST` characters.

    A sequence in the place of an option, or a name from a broken file, may have megabytes.
    """
    return _LONG.sub(lambda word: f"{word[0][:_HEAD]}...{word[0][-_TAIL:]}", text)


def describe(fault: BaseException) -> tuple[str, int] | None:
    """The message for an exception, and the exit status.

    Returns:
        ``None`` if the exception is a bug in this program, to be shown with its traceback.
    """
    text = _text(fault)
    if text is None:
        return None
    if isinstance(fault, InputError | SinkError | OSError) and _folder_is_gone():
        gone = "the current directory no longer exists; cd into another"
        text = gone if getattr(fault, "errno", None) else f"{text} ({gone})"
    notes = "; ".join(getattr(fault, "__notes__", ()))
    if notes:
        text = f"{text} [{notes}]"
    status = fault.exit_status if isinstance(fault, BiometalError) else FAILED
    return " ".join(text.splitlines()), status


def unexpected(fault: BaseException) -> str:
    """Says who is responsible for an unexpected exception; its traceback follows."""
    from biometal_stream.registry.blame import plugin_in

    plugin = plugin_in(fault)
    if plugin is None:
        return "this is a bug in biometal-stream; please report it:"
    return f"this is a bug in the plugin {plugin}; please report it to its authors:"


def _text(fault: BaseException) -> str | None:
    if isinstance(fault, BiometalError):
        from biometal_stream.cli.write import write_command

        return as_typed(str(fault), write_command().params)  # other steps are checked earlier
    if isinstance(fault, MemoryError) or _has_no_room(fault):
        return "out of memory; --memory and --threads lower what a run needs"
    if isinstance(fault, OSError):
        reason = fault.strerror or str(fault) or type(fault).__name__
        if isinstance(fault.filename, str):
            return f"{fault.filename}: {reason}"
        return f"standard output: cannot be written: {reason}" if _is_full(fault) else reason
    return None


def _folder_is_gone() -> bool:
    try:
        return not Path.cwd().is_dir()
    except OSError:
        return True


def _has_no_room(fault: BaseException) -> bool:
    """Whether a library could not be loaded because of a tight memory limit."""
    words = ("failed to map segment", "annot allocate memory")
    return isinstance(fault, ImportError | OSError) and any(each in str(fault) for each in words)


def _is_full(fault: OSError) -> bool:
    """Whether there was no space for what was printed; errors about files name the file."""
    return fault.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
