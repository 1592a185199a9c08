"""Adapters from a FASTA file."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from biometal_stream.operators.adapters.found import Pair

BASES = frozenset("ACGT")
"""The letters of an adapter."""
_MOST_BYTES = 1 << 26


def checked(adapter: str, where: str) -> str:
    """An adapter in upper case, with T for U.

    Args:
        adapter: The adapter.
        where: What the message begins with.

    Raises:
        ConfigurationError: It is empty, or has other letters than A, C, G, T and U.
    """
    upper = adapter.upper().replace("U", "T")
    strange = next((letter for letter in upper if letter not in BASES), None)
    if upper and strange is None:
        return upper
    if not upper:
        raise ConfigurationError(f"{where} must have at least one base: {adapter!r}")
    advice = ""
    if strange in set("NRYKMSWBDHVI"):
        end = upper.index(strange)
        advice = (
            f"; an adapter has no ambiguous bases: give those before the first one, {upper[:end]}"
            if end >= 12  # as many as make an adapter unmistakable
            else "; an adapter has no ambiguous bases"
        )
    raise ConfigurationError(f"{where} must be bases A, C, G and T: {adapter!r}{advice}")


def read_adapters(path: str) -> list[Pair]:
    """Reads what mates run into.

    A record is for both mates. One whose name ends in ``/1`` is for mate 1, and the record of the
    same name with ``/2`` is its counterpart for mate 2.

    Args:
        path: The file, compressed or not; ``-`` is standard input.

    Returns:
        The adapters of mate 1 and of mate 2, in the order of the file; empty where a file has one
        of them only. Records that repeat others are left out.

    Raises:
        ConfigurationError: The file is not FASTA, has no record, a name twice, or an adapter with
            other letters.
        InputError: It cannot be read.
    """
    pairs: dict[str, list[str]] = {}
    for number, (given, text) in enumerate(read_records(path), start=1):
        name = given or f"record {number}"
        adapter = checked(text, f"{path}: adapter '{name}'")
        key, mate = name, None
        if name[-2:] in {"/1", "/2"}:
            key, mate = f"{name[:-1]}", int(name[-1]) - 1
        pair = pairs.setdefault(key, ["", ""])
        for each in (0, 1) if mate is None else (mate,):
            if pair[each]:
                raise ConfigurationError(f"{path}: adapter '{name}' is there twice")
            pair[each] = adapter
    return list(dict.fromkeys((one, two) for one, two in pairs.values()))


def read_records(path: str) -> list[tuple[str | None, str]]:
    """Reads the name, up to the first blank, and the text of each record of a FASTA file.

    Args:
        path: The file, compressed or not; ``-`` is standard input.

    Returns:
        Both, in the order of the file; ``None`` for a record without a name.

    Raises:
        ConfigurationError: The file is not FASTA, has no record, or is larger than 64 MiB.
        InputError: It cannot be read.
        CompressedInputError: It is damaged.
    """
    try:
        lines = _read(path).decode("ascii").splitlines()
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: not FASTA; adapters are read from text") from None
    records: list[tuple[str | None, list[str]]] = []
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if line.startswith(">"):
            records.append((next(iter(line[1:].split()), None), []))
        elif line and not records:
            raise ConfigurationError(f"{path}: not FASTA; line {number} must begin with '>'")
        elif line:
            records[-1][1].append(line)
    if not records:
        raise ConfigurationError(f"{path}: no adapter in the file; write it as FASTA: >name, bases")
    return [(name, "".join(rows)) for name, rows in records]


def _read(path: str) -> bytes:
    from biometal_stream.codecs.open import open_bytes
    from biometal_stream.run import LocalRun

    held, buffer = bytearray(), memoryview(bytearray(1 << 16))
    with LocalRun(workers=1) as run, closing(open_bytes(path, run=run)) as file:
        while count := file.readinto(buffer):
            held += buffer[:count]
            if len(held) > _MOST_BYTES:
                raise ConfigurationError(
                    f"{path}: a file of adapters can have {_MOST_BYTES:,} bytes, and this has more"
                )
    return bytes(held)
