"""Looks for outputs that would do harm, before anything is opened."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from biometal_stream.atomic import collisions
from biometal_stream.errors import ConfigurationError, InputError, SinkError
from biometal_stream.sinks.formats import FORMATS, STREAM_FORMAT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from biometal_stream.atomic import Output

STREAM = "-"


def check_outputs(inputs: Sequence[str], outputs: Sequence[Output]) -> None:
    """Checks that no output is an input or another output, and that streams are open.

    Args:
        inputs: Their names, ``-`` for standard input.
        outputs: All outputs of the run.

    Raises:
        InputError: Standard input is closed.
        SinkError: An output is an input, or standard output is closed.
        ConfigurationError: Two outputs are the same, one is inside another, or a name is empty.
    """
    if "" in {*inputs, *(output.path for output in outputs)}:
        raise ConfigurationError("a file has an empty name; is a variable of the shell unset?")
    to_stream = [output.what for output in outputs if output.path == STREAM]
    if len(to_stream) > 1 and len(set(to_stream)) == 1:
        raise ConfigurationError(f"standard output can take only one {to_stream[0]}")
    if len(to_stream) > 1:
        raise ConfigurationError(f"standard output cannot take both {' and '.join(to_stream)}")
    if to_stream and sys.stdout is None:
        raise SinkError("standard output is closed")
    if STREAM in inputs and sys.stdin is None:
        raise InputError("standard input is closed; name a file, or pipe the reads in")
    collisions.check_outputs(inputs, outputs)


def check_terminal(write: Mapping[str, Any]) -> None:
    """Refuses to write binary output to a terminal.

    Raises:
        SinkError: Standard output is a terminal, and the output is not text.
    """
    if write["target"] != STREAM or not sys.stdout.isatty():
        return
    format = FORMATS[write["format"] or STREAM_FORMAT.name]
    if not format.text or write["compression"] not in {None, "none"}:
        what = f"compressed {format.title}" if format.text else format.title
        raise SinkError(f"refusing to write {what} to a terminal; name a file, or pipe it on")
