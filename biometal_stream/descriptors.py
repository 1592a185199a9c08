"""Descriptors that the garbage collector closes, whenever an interrupt comes.

Python raises an interrupt between two calls, so a number that `os.open` returns can be lost
before any name holds it. What is here makes the number and its owner in one step of C.
"""

from __future__ import annotations

import os
from io import FileIO
from itertools import chain, islice


def open_descriptor(path: str | os.PathLike[str], flags: int) -> FileIO:
    """Opens what is no folder, with flags that Python's `open` does not have.

    Args:
        path: What to open.
        flags: Those of `os.open`; it is not inherited by other programs.

    Raises:
        OSError: The system refuses.
    """
    mode = "wb" if flags & os.O_ACCMODE == os.O_WRONLY else "rb"
    return next(map(FileIO, map(os.open, (path,), (flags | os.O_CLOEXEC,)), (mode,)))


def open_pipe() -> tuple[FileIO, FileIO]:
    """Makes a pipe: its end to read from, and its end to write to.

    Raises:
        OSError: The system refuses.
    """
    ends = islice(chain.from_iterable(iter(os.pipe, None)), 2)
    receiver, sender = map(FileIO, ends, ("rb", "wb"))
    return receiver, sender


def sync_folder(path: str | os.PathLike[str]) -> None:
    """Makes what was renamed in a folder durable.

    Raises:
        OSError: The system refuses.
    """
    held: list[int] = []
    try:
        held.extend(map(os.open, (path,), (os.O_RDONLY | os.O_CLOEXEC,)))
        os.fsync(held[0])
    finally:
        if held:
            os.close(held[0])
