"""Inputs that the caller opened, and that cannot be opened again.

Their position is where the last reader stopped. If read again they would seem to be empty, or
would start in the middle.
"""

from __future__ import annotations

import os
import stat
import weakref
from dataclasses import dataclass
from typing import Any

from biometal_stream.errors import InputError


@dataclass
class Given:
    """What has been taken from an input that the caller opened.

    Attributes:
        start: Its position before that; ``None`` if unknown.
        taken: The number of bytes taken since.
    """

    start: int | None
    taken: int = 0


_objects: weakref.WeakKeyDictionary[Any, Given] = weakref.WeakKeyDictionary()
_descriptors: dict[tuple[int, int], Given] = {}


def given_object(name: str, source: Any) -> Given | None:
    """Notes that a file object is about to be read; returns ``None`` if it cannot be tracked.

    Raises:
        InputError: It was read before, and its position has not changed since.
    """
    given = Given(_place(source))
    try:
        before = _objects.get(source)
        _refuse_again(name, before, given.start, "rewind it with seek(0), or give its path")
        _objects[source] = given
    except TypeError:  # it is not hashable, or does not allow weak references
        return None
    return given


def given_descriptor(name: str, descriptor: int) -> Given | None:
    """Does the same for a pipe, a socket or a file, by its descriptor.

    Returns ``None`` for what can be read repeatedly, such as a terminal, and on systems that
    cannot distinguish two pipes.

    Raises:
        InputError: It was read before, and its position has not changed since.
    """
    status = os.fstat(descriptor)
    mode, key = status.st_mode, (status.st_dev, status.st_ino)
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)) or not key[1]:
        return None
    given = Given(os.lseek(descriptor, 0, os.SEEK_CUR) if stat.S_ISREG(mode) else None)
    _refuse_again(name, _descriptors.get(key), given.start, "save it to a file, and read that")
    _descriptors[key] = given
    return given


def _refuse_again(name: str, before: Given | None, start: int | None, remedy: str) -> None:
    if before is None or not before.taken:
        return
    if before.start is None or start is None:
        raise InputError(f"{name}: has been read before, and can be read only once; {remedy}")
    if start == before.start + before.taken:
        raise InputError(f"{name}: has been read before, up to where it stands now; {remedy}")


def _place(source: Any) -> int | None:
    try:
        return int(source.tell())
    except (AttributeError, OSError, TypeError, ValueError):
        return None
