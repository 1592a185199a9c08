"""Descriptors that the garbage collector closes, even after an interrupt.

Python raises an interrupt between two calls, so the number that `os.open` returns can be lost
before it is assigned. The functions here create the number and its owner in one C call.

Descriptors opened here never have the numbers 0 to 2. If a standard stream is closed, the system
gives its number to the next file that is opened; a library's message, or a reader of
``/dev/stdin``, would then access that file.
"""

from __future__ import annotations

import fcntl
import os
import re
import sys
from io import FileIO
from itertools import chain, islice

STANDARD_STREAMS = ("standard input", "standard output", "standard error")
"""The names of the descriptors 0 to 2 in messages."""

_KEPT = ("__stdin__", "__stdout__", "__stderr__")
_NAMED = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_FOLDER = re.compile(r"/dev/fd|/proc/(?P<process>[0-9]+)(/task/[0-9]+)?/fd")
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_MOST_LINKS = 40  # as in Linux


def open_descriptor(path: str | os.PathLike[str], flags: int) -> FileIO:
    """Opens a file or device, with flags that Python's `open` does not support.

    Args:
        path: What to open.
        flags: As for `os.open`; other programs do not inherit the descriptor.

    Raises:
        OSError: The system refuses.
    """
    mode = "wb" if flags & os.O_ACCMODE == os.O_WRONLY else "rb"
    numbers = map(os.open, (path,), (flags | os.O_CLOEXEC,), (0o666,))
    return _above_standard(next(map(FileIO, numbers, (mode,))), mode)


def open_pipe() -> tuple[FileIO, FileIO]:
    """Makes a pipe; returns its read end and its write end.

    Raises:
        OSError: The system refuses.
    """
    ends = islice(chain.from_iterable(iter(os.pipe, None)), 2)
    receiver, sender = map(FileIO, ends, ("rb", "wb"))
    return _above_standard(receiver, "rb"), _above_standard(sender, "wb")


def _above_standard(file: FileIO, mode: str) -> FileIO:
    """The file, with a number that is not a standard stream's."""
    if file.fileno() >= len(STANDARD_STREAMS):
        return file
    with file:
        numbers = map(
            fcntl.fcntl, (file.fileno(),), (fcntl.F_DUPFD_CLOEXEC,), (len(STANDARD_STREAMS),)
        )
        return next(map(FileIO, numbers, (mode,)))


def leave_standard(numbers: list[int]) -> None:
    """Moves the last of some open descriptors to a number that is not a standard stream's.

    Args:
        numbers: The descriptors; their owner closes all of them in any case.
    """
    if numbers[-1] < len(STANDARD_STREAMS):
        low = numbers[-1:]
        numbers.extend(map(fcntl.fcntl, low, (fcntl.F_DUPFD_CLOEXEC,), (len(STANDARD_STREAMS),)))
        os.close(numbers.pop(-2))


def sync_folder(path: str | os.PathLike[str]) -> None:
    """Makes renames in a folder durable.

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


def descriptor_of(path: str | os.PathLike[str]) -> int | None:
    """The number of this process's descriptor that a path names, such as ``/dev/stdin``.

    Links are followed, including the user's own.

    Returns:
        The number, whether it is open or not; ``None`` for any other path.
    """
    place = os.fspath(path)
    try:
        for _ in range(_MOST_LINKS):
            folder = os.path.realpath(os.path.dirname(place))  # noqa: PTH120 - no path to open
            name = os.path.basename(place)  # noqa: PTH119
            found = _FOLDER.fullmatch(folder)
            if found and found["process"] in {None, str(os.getpid())} and _NUMBER.fullmatch(name):
                return int(name)
            place = os.path.join(folder, name)  # noqa: PTH118
            if place in _NAMED:
                return _NAMED[place]
            place = os.path.join(folder, os.readlink(place))  # noqa: PTH115, PTH118
    except (OSError, ValueError):  # not a link, a missing folder, or a NUL in the path
        pass
    return None


def closed_stream(number: int | None) -> str | None:
    """The name of a standard stream if it was closed when Python started.

    A file that has its number since then is not what the user meant.

    Args:
        number: The number of a descriptor, or ``None``.
    """
    if number is None or number >= len(STANDARD_STREAMS):
        return None
    return STANDARD_STREAMS[number] if getattr(sys, _KEPT[number]) is None else None


def hold_closed_streams() -> None:
    """Takes the numbers of closed standard streams, so that no file gets them.

    Each becomes the null device, open in the wrong direction: using it gives an error.

    Raises:
        OSError: The system refuses.
    """
    for number, flags in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(number)
        except OSError:
            held = os.open(os.devnull, flags)  # gets the lowest free number: this one
            os.set_inheritable(held, True)
