"""Detects inputs that are the same file under different names."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.atomic.collisions import input_status
from biometal_stream.codecs.ranges import FileRange
from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import BinaryIO

    Input: TypeAlias = str | os.PathLike[str] | BinaryIO | FileRange


def check_distinct(lanes: Iterable[Sequence[Input]], warn: Callable[[str], object]) -> None:
    """Checks that no file is its own mate and no pipe is read twice, before any is read.

    A lane that is named twice is read twice, as by `cat`, with a warning.

    Files are the same if device and inode are, so links and other paths to a file are recognized,
    and so are descriptors. The null device may be named more than once: it is always empty.

    Args:
        lanes: The files of each lane: one, or those that are read in step.
        warn: Takes the warnings.

    Raises:
        ConfigurationError: A file is named twice in a lane, or for mates 1 of one lane and for
            mates 2 of another, or a pipe is named twice.
    """
    seen: dict[tuple[int, int], tuple[int, int, str]] = {}
    for number, lane in enumerate(lanes):
        for mate, file in enumerate(lane):
            identity = _identity(file)
            if identity is None:
                continue
            name = _name(file)
            if identity not in seen:
                seen[identity] = number, mate, name
                continue
            other_lane, other_mate, other = seen[identity]
            again = "is named twice" if name == other else f"is the same file as {other}"
            if number == other_lane:
                raise ConfigurationError(
                    f"{name}: {again}; mates 2 and index reads are in files of their own"
                )
            if mate != other_mate or not _is_regular(file):
                raise ConfigurationError(f"{name}: {again}; name each input once")
            warn(f"{name}: {again}, so its reads are read twice")


def _is_regular(file: Input) -> bool:
    return (
        isinstance(file, str | os.PathLike | FileRange)
        and Path(file.path if isinstance(file, FileRange) else file).is_file()
    )


def _identity(file: Input) -> tuple[int, int] | None:
    """Device and inode; for an object without a descriptor, values that no file has."""
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
