"""Looks for outputs that would do harm, before anything is opened."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError, InputError, SinkError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STREAM = "-"


def check_outputs(inputs: Sequence[str], outputs: Sequence[tuple[str, str]]) -> None:
    """Checks that no output is an input or another output, and that streams are open.

    Standard input and output count as the files that the shell has connected them to: what
    ``read reads.fq write - >> reads.fq`` writes it would read again, without end.

    Args:
        inputs: Their names, ``-`` for standard input.
        outputs: For each what it is to the user, and its name, ``-`` for standard output.

    Raises:
        InputError: Standard input is closed.
        SinkError: An output is an input, or standard output is closed.
        ConfigurationError: Two outputs are the same, or a name is empty.
    """
    if "" in {*inputs, *(name for _, name in outputs)}:
        raise ConfigurationError("the name of a file is empty; is a variable of the shell unset?")
    to_stream = [what for what, name in outputs if name == STREAM]
    if len(to_stream) > 1:
        raise ConfigurationError(f"standard output cannot take both {' and '.join(to_stream)}")
    if to_stream and sys.stdout is None:
        raise SinkError("standard output is closed")
    if STREAM in inputs and sys.stdin is None:
        raise InputError("standard input is closed; name a file, or pipe the reads in")
    read = [_status(name, 0) for name in inputs]
    for place, (what, name) in enumerate(outputs):
        status = _status(name, 1)
        if any(_same_regular(status, other) for other in read):
            shown = "standard output" if name == STREAM else name
            raise SinkError(f"{shown}: is an input; {what} must be another file")
        for earlier, other in outputs[:place]:
            if STREAM not in {name, other} and _same_place(name, other):
                raise ConfigurationError(f"{name}: cannot be both {earlier} and {what}")


def check_terminal(write: Mapping[str, Any]) -> None:
    """Keeps bytes that are not text off a terminal.

    Raises:
        SinkError: They would go there.
    """
    if write["target"] != STREAM or not sys.stdout.isatty():
        return
    plain = write["format"] in {None, "fastq"} and write["compression"] in {None, "none"}
    if not plain:
        what = {"parquet": "Parquet", "arrow": "Arrow", "arrow-stream": "Arrow"}
        raise SinkError(
            f"refusing to write {what.get(write['format'], 'compressed FASTQ')} to a terminal;"
            " name a file, or pipe it on"
        )


def _status(name: str, descriptor: int) -> os.stat_result | None:
    try:
        return os.fstat(descriptor) if name == STREAM else Path(name).stat()
    except OSError:
        return None


def _same_regular(one: os.stat_result | None, other: os.stat_result | None) -> bool:
    if one is None or other is None:
        return False
    return stat.S_ISREG(one.st_mode) and os.path.samestat(one, other)


def _same_place(one: str, other: str) -> bool:
    """Whether two names are of one file, there or not yet; devices may take both."""
    first, second = _status(one, 1), _status(other, 1)
    if first is None or second is None:
        return os.path.realpath(one) == os.path.realpath(other)
    return _same_regular(first, second)
