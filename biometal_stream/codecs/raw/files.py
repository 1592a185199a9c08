"""Regular files, and ranges of their bytes."""

from __future__ import annotations

import os
import sys
from io import FileIO
from pathlib import Path

from biometal_stream.codecs.raw.input import RawInput
from biometal_stream.codecs.raw.unchanged import CHANGED, Seen, Watched
from biometal_stream.descriptors import open_descriptor
from biometal_stream.errors import InputError

IS_FOLDER = "is a folder; name the files in it"
"""The message for a path that leads to a folder."""


class FileInput(RawInput):
    """A regular file, read without a buffer. It must not change until it has been read.

    Args:
        name: The file's name in messages.
        file: The file.
        path: The path it was opened by, if any.
        seen: Its state when the run began, if that was earlier.

    Raises:
        InputError: It has changed since.
    """

    def __init__(self, name: str, file: FileIO, path: str | None, seen: Seen | None = None) -> None:
        self._watched = Watched(name, file.fileno(), path, seen)
        self._start = file.tell()
        super().__init__(name, max(0, self._watched.size - self._start))
        self._file = file
        self._path = path

    @property
    def path(self) -> str | None:
        """The path it was opened by."""
        return self._path

    def confirm(self) -> None:
        """Checks that the file has not changed.

        Raises:
            InputError: It has.
        """
        self._watched.confirm()

    def _take(self, target: memoryview) -> int:
        count = os.readv(self._file.fileno(), [target])
        if count == 0:
            self._watched.confirm_end(self._start + self._taken)
        elif self._start + self._taken + count > self._watched.size:
            self._watched.confirm()
        return count

    def close(self) -> None:
        """Closes the file, unless the caller opened it."""
        self._file.close()


class RangeInput(FileInput):
    """A range of a regular file's bytes; offsets count from the start of the file.

    Args:
        name: The file's name in messages.
        file: The file.
        path: The path it was opened by.
        first: The first byte.
        stop: The byte after the last.

    Raises:
        InputError: The file is shorter.
    """

    def __init__(self, name: str, file: FileIO, path: str, first: int, stop: int) -> None:
        super().__init__(name, file, path)
        if stop > self._watched.size:
            raise self._changed()
        self.bytes_total = stop - first
        self._first = self._taken = first
        self._stop = stop
        file.seek(first)

    def _changed(self) -> InputError:
        return InputError(f"{self.name}: {CHANGED}")

    @property
    def bytes_read(self) -> int:
        """Bytes of the range taken so far."""
        return self._taken - self._first

    def _take(self, target: memoryview) -> int:
        room = self._stop - self._taken
        if not room:
            self.confirm()
            return 0
        return super()._take(target[:room])


def open_whole(path: str, name: str, size: int) -> RawInput:
    """Opens all of a regular file.

    Args:
        path: Its path.
        name: The file's name in messages, as the user wrote it.
        size: The size that the file must have, in bytes.

    Raises:
        InputError: The file is missing, unreadable or of another size.
    """
    file = _open_sized(path, name, size)
    try:
        return FileInput(name, file, path)
    except BaseException:
        file.close()
        raise


def open_range(path: str, name: str, first: int, stop: int, size: int) -> RangeInput:
    """Opens a range of a regular file's bytes.

    Args:
        path: Its path.
        name: The file's name in messages.
        first: The first byte.
        stop: The byte after the last.
        size: The size that the file must have, in bytes.

    Raises:
        InputError: The file is missing, unreadable or of another size.
    """
    file = _open_sized(path, name, size)
    try:
        return RangeInput(name, file, path, first, stop)
    except BaseException:
        file.close()
        raise


def _open_sized(path: str, name: str, size: int) -> FileIO:
    file = open_path(path, name)
    try:
        seen = Seen.of(os.fstat(file.fileno()))
        if seen is None or seen.size != size:
            raise InputError(f"{name}: {CHANGED}")
    except BaseException:
        file.close()
        raise
    return file


def open_path(path: str, name: str) -> FileIO:
    """Opens anything but a folder by its path.

    A named pipe on Linux is opened without waiting for its writer.

    Args:
        path: What to open.
        name: Its name in messages.

    Raises:
        InputError: It is missing, a folder or unreadable.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC
    if sys.platform == "linux":
        # So two pipes of one writer can be opened in any order, and `interrupt` can end the wait
        # for the writer.
        flags |= os.O_NONBLOCK
    try:
        # `FileIO` refuses a folder too, but leaves its descriptor open.
        if path and Path(path).is_dir():
            raise InputError(f"{name}: {IS_FOLDER}")
        return open_descriptor(path, flags)
    except ValueError as error:  # a NUL in the path
        raise InputError(f"{name!r}: cannot be opened: {error}") from error
    except OSError as error:
        raise InputError(f"{name}: cannot be opened: {error.strerror}") from error
