"""Reads a file of names: a list, FASTA or FASTQ."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.codecs.open import open_bytes
from biometal_stream.columns import StringColumn
from biometal_stream.errors import ConfigurationError
from biometal_stream.run import LocalRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_SIZE = 1 << 22
_LONGEST = 1 << 28
_SHOWING = 3  # lines that show whether a file is FASTQ
_NEWLINE = ord("\n")
_BLANKS = np.zeros(256, np.bool_)
_BLANKS[list(b" \t\r")] = True
_LINES = {"list": 1, "FASTA": 1, "FASTQ": 4}


def read_names(path: str) -> Iterator[StringColumn]:
    """Reads the names in a file, compressed or not.

    A file that begins with ``>`` is FASTA; one that begins with ``@``, and whose third line begins
    with ``+``, is FASTQ; any other has a name in each line. A name ends at the first blank or tab.
    A ``@`` before each name is left out, as in a list of headers.

    Args:
        path: The file; ``-`` is standard input.

    Yields:
        Some of the names, none of them empty.

    Raises:
        InputError: The file cannot be read.
        CompressedInputError: It is damaged.
        ConfigurationError: A line is longer than 256 MiB.
    """
    kind, lines = "", 0
    for text in _texts(path):
        kind = kind or _kind(text)
        stops = np.flatnonzero(text == _NEWLINE)
        starts = np.append(0, stops[:-1] + 1)
        of_record = (lines + np.arange(len(stops))) % _LINES[kind]
        lines += len(stops)
        marked = text[np.minimum(starts, len(text) - 1)] == ord(">" if kind == "FASTA" else "@")
        named = marked if kind == "FASTA" else of_record == 0
        if kind != "list" or text[0] == ord("@"):
            starts = starts + marked
        yield _to_blank(text, starts[named], stops[named])


def _to_blank(
    text: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> StringColumn:
    """The first words of lines that have one."""
    blanks = np.append(np.flatnonzero(_BLANKS[text]), len(text))
    stops = np.minimum(stops, blanks[np.searchsorted(blanks, starts)])
    some = stops > starts
    starts, stops = starts[some], stops[some]
    for each in (starts, stops, text):
        each.flags.writeable = False
    return StringColumn("name", starts, stops, text)


def _kind(text: NDArray[np.uint8]) -> str:
    first, *others = text.tobytes().split(b"\n", 3)
    if first.startswith(b">"):
        return "FASTA"
    third = others[1] if len(others) > 1 else b""
    return "FASTQ" if first.startswith(b"@") and third.startswith(b"+") else "list"


def _texts(path: str) -> Iterator[NDArray[np.uint8]]:
    """Whole lines of a file, some MiB at a time; first at least three, if there are as many."""
    with LocalRun(workers=1) as run, closing(open_bytes(path, run=run)) as file:
        held, wanted, count = b"", _SHOWING, 1
        while count:
            buffer = bytearray(_SIZE)
            count = file.readinto(memoryview(buffer))
            held += bytes(buffer[:count])
            if not count and held and not held.endswith(b"\n"):
                held += b"\n"
            end = held.rfind(b"\n") + 1
            if end and (not count or held.count(b"\n") >= wanted):
                yield np.frombuffer(held[:end], np.uint8)
                held, wanted = held[end:], 1
            elif len(held) > _LONGEST:
                raise ConfigurationError(
                    f"{path}: a line is longer than {_LONGEST:,} bytes; write a name in each line,"
                    " or give FASTA or FASTQ"
                )
