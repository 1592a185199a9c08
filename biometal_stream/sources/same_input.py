"""Refuses to read one file twice, by whatever names it is given."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.atomic.collisions import input_status
from biometal_stream.codecs.ranges import FileRange
from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import BinaryIO

    Input: TypeAlias = str | os.PathLike[str] | BinaryIO | FileRange


def check_distinct(lanes: Iterable[Sequence[Input]]) -> None:
    """Checks that no two inputs are one file, or one pipe, before any is read.

    Files are one where device and inode are, so links and other paths to a file are found out,
    and so are descriptors. The null device may be named more than once: it holds nothing.

    Args:
        lanes: The files of each lane: one, or that of mates 1 and that of mates 2.

    Raises:
        ConfigurationError: Two are.
    """
    seen: dict[tuple[int, int], tuple[int, str]] = {}
    for number, lane in enumerate(lanes):
        for file in lane:
            identity = _identity(file)
            if identity is None:
                continue
            name = _name(file)
            if identity in seen:
                raise ConfigurationError(_message(name, number, *seen[identity]))
            seen[identity] = number, name


def _message(name: str, lane: int, other_lane: int, other: str) -> str:
    again = "is named twice" if name == other else f"is the same file as {other}"
    if lane == other_lane:
        return f"{name}: {again}; name the file with mates 2 after --mate"
    return f"{name}: {again}; name each input once"


def _identity(file: Input) -> tuple[int, int] | None:
    """Device and inode; of an object without a descriptor what no file has."""
    status = input_status(file.path if isinstance(file, FileRange) else file)
    if status is None:  # opening a path gives the error
        return None if isinstance(file, str | os.PathLike | FileRange) else (-1, id(file))
    if stat.S_ISCHR(status.st_mode) and status.st_rdev == _null_device():
        return None
    return status.st_dev, status.st_ino


def _null_device() -> int:
    try:
        return Path(os.devnull).stat().st_rdev
    except OSError:
        return -1


def _name(file: Input) -> str:
    if isinstance(file, FileRange):
        return file.name
    if isinstance(file, str | os.PathLike):
        return os.fspath(file)
    return str(getattr(file, "name", file))
