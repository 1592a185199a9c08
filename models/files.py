"""The files of a model: regular files of limited size."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from biometal_stream.errors import ModelError

MIB = 1024 * 1024

MOST_MODEL_BYTES = 2048 * MIB
"""The largest ONNX file: a Protocol Buffers message has at most 2 GiB."""

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def check_file(path: Path, limit: int) -> int:
    """Checks that a file is regular and not too large, without opening it.

    Opening a pipe would wait forever, and a device may never end.

    Args:
        path: The file, or a link to it.
        limit: The most bytes that it may have.

    Returns:
        Its size in bytes.

    Raises:
        ModelError: It cannot be read, is not a regular file, or is too large.
    """
    try:
        return _checked(path, os.stat(path), limit)  # noqa: PTH116 - a path as the user gave it
    except OSError as error:
        raise _unreadable(path, error) from error


def read_file(path: Path, limit: int) -> bytes:
    """Reads a regular file whole.

    Args:
        path: The file, or a link to it.
        limit: The most bytes that it may have.

    Raises:
        ModelError: It cannot be read, is not a regular file, or is too large.
    """
    check_file(path, limit)
    try:
        # It may be another file by now. Without this flag, opening a pipe waits for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            _checked(path, os.fstat(descriptor), limit)
            content = file.read(limit + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    _check_size(path, len(content), limit)  # it may have grown
    return content


def _checked(path: Path, found: os.stat_result, limit: int) -> int:
    if not stat.S_ISREG(found.st_mode):
        kind = next((name for test, name in _KINDS if test(found.st_mode)), "something else")
        raise ModelError(f"{path}: is {kind}; models and cards must be regular files")
    _check_size(path, found.st_size, limit)
    return found.st_size


def _check_size(path: Path, size: int, limit: int) -> None:
    if size > limit:
        raise ModelError(f"{path}: is larger than {limit // MIB:,} MiB, the most that is read")


def _unreadable(path: Path, error: OSError) -> ModelError:
    return ModelError(f"{path}: cannot be read: {error.strerror or error}")
