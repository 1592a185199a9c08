"""Says that the program waits for input from the terminal, so that it does not seem to hang."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from biometal_stream.cli import messages
from biometal_stream.cli.command import PROGRAM
from biometal_stream.descriptors import descriptor_of, open_descriptor

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTE = f"{PROGRAM}: reading from the terminal; end with Ctrl-D, or stop with Ctrl-C"
"""The line on standard error."""


def note_terminal(inputs: Iterable[str]) -> None:
    """Prints the note if one of the inputs is a terminal.

    Args:
        inputs: Their names, ``-`` for standard input.
    """
    if any(map(_is_terminal, inputs)):
        messages.say(NOTE)


def _is_terminal(name: str) -> bool:
    number = 0 if name == "-" else descriptor_of(name)
    if number is not None:
        return os.isatty(number)
    with suppress(OSError, ValueError):
        if stat.S_ISCHR(os.stat(name).st_mode):  # noqa: PTH116 - the name may not be text
            flags = os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK
            with open_descriptor(name, flags) as file:
                return file.isatty()
    return False
