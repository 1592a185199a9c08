"""Seekable inputs: what Parquet and Arrow files need, unlike a pipe."""

from __future__ import annotations

import io
import os
import stat
import threading
from typing import TYPE_CHECKING, Any, Protocol

from biometal_stream.codecs.detect import BZIP2, GZIP, XZ, ZSTD
from biometal_stream.codecs.raw.files import open_path
from biometal_stream.codecs.raw.looked_at import LookedAt
from biometal_stream.codecs.raw.unchanged import CHANGED, Seen, Watched
from biometal_stream.descriptors import closed_stream, descriptor_of
from biometal_stream.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from biometal_stream.sources.options import Input

_COMPRESSED = {GZIP: "gzip -d", ZSTD: "zstd -d", BZIP2: "bzip2 -d", XZ: "xz -d"}

AGAIN = "copy or download it again"


class Seekable(Protocol):
    """An input of known size that can be read anywhere, from any thread."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    @property
    def path(self) -> str | None:
        """The path of a regular file; ``None`` for anything else."""

    @property
    def size(self) -> int:
        """Its size in bytes."""

    @property
    def bytes_read(self) -> int:
        """The bytes read so far."""

    def read_at(self, place: int, count: int, *, counted: bool = True) -> bytes:
        """Reads bytes from an offset; fewer at the end."""

    def confirm(self) -> None:
        """Checks that the file has not changed.

        Raises:
            InputError: It has changed.
        """

    def close(self) -> None:
        """Closes what was opened here."""


def open_seekable(
    source: Input, form: str, seen: Seen | None = None, *, size: int | None = None
) -> Seekable:
    """Opens a regular file by its path, or takes a seekable file object.

    Args:
        source: A path, ``-`` for standard input if that is a file, or a binary file object.
        form: The format, for messages, such as ``Parquet``.
        seen: The file's state when the run began, if that was earlier.
        size: The size that the file must have, if another machine has seen it.

    Raises:
        InputError: It cannot be opened, is not a regular file, or has changed.
        ConfigurationError: It is neither a path nor a binary file object.
    """
    source = unwrapped(source)
    if isinstance(source, str | os.PathLike):
        return _SeekableFile(os.fspath(source), form, seen, size)
    given: object = source
    if isinstance(given, io.TextIOBase):
        raise ConfigurationError(f"{given!r}: is open as text; open it in binary mode ('rb')")
    if not hasattr(source, "read"):
        raise ConfigurationError(f"cannot read from {source!r}: give a path or a binary file")
    return _SeekableObject(source, form)


def unwrapped(source: Input) -> Input:
    """The target of an input that was looked at, if that is seekable."""
    given: object = source
    if isinstance(given, LookedAt) and not is_piped(given.target):
        return given.target
    return source


def is_piped(source: Input) -> bool:
    """Whether an input can be read only once, from front to back."""
    source = unwrapped(source)
    try:
        if isinstance(source, str | os.PathLike):
            status = os.fstat(0) if source == "-" else os.stat(source)  # noqa: PTH116 - the path may be text
            return not stat.S_ISREG(status.st_mode)
    except (OSError, ValueError):  # opening it gives the error
        return False
    seekable = getattr(source, "seekable", None)
    return seekable is None or not seekable()


class _SeekableFile:
    def __init__(self, path: str, form: str, seen: Seen | None, size: int | None) -> None:
        self.name = path
        self.path = None if path == "-" else path
        closed = closed_stream(0 if path == "-" else descriptor_of(path))
        if closed is not None:
            raise InputError(f"{closed} is closed; name a file")
        if path == "-":
            self._file = io.FileIO(0, "rb", closefd=False)
        else:
            self._file = open_path(path, path)
        try:
            status = os.fstat(self._file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _not_a_file(path, form)
            if size is not None and status.st_size != size:
                raise InputError(f"{path}: {CHANGED}")
            where = None if path == "-" else path
            self._watched = Watched(path, self._file.fileno(), where, seen)
        except BaseException:
            self._file.close()
            raise
        self.size = self._watched.size
        self.bytes_read = 0
        self._lock = threading.Lock()

    def read_at(self, place: int, count: int, *, counted: bool = True) -> bytes:
        try:
            data = os.pread(self._file.fileno(), count, place)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InputError(f"{self.name}: cannot be read at byte {place}: {reason}") from error
        with self._lock:
            self.bytes_read += len(data) if counted else 0
        return data

    def confirm(self) -> None:
        self._watched.confirm()

    def close(self) -> None:
        self._file.close()


class _SeekableObject:
    """A file object, from its position when it is opened; it is not closed here."""

    def __init__(self, source: Any, form: str) -> None:
        given = getattr(source, "name", None)
        self.name = given if isinstance(given, str) else "<stream>"
        self.path = None
        if getattr(source, "closed", False):
            raise InputError(f"{self.name}: is a closed file; open it again")
        try:
            self.size = source.seek(0, io.SEEK_END)
        except (AttributeError, OSError, ValueError):
            raise _not_a_file(self.name, form) from None
        self.bytes_read = 0
        self._source = source
        self._lock = threading.Lock()

    def read_at(self, place: int, count: int, *, counted: bool = True) -> bytes:
        with self._lock:
            self._source.seek(place)
            data: bytes = self._source.read(count)
            self.bytes_read += len(data) if counted else 0
        return data

    def confirm(self) -> None:
        """Does nothing: changes of an object cannot be detected."""

    def close(self) -> None:
        """Does nothing: the caller closes it."""


def _not_a_file(name: str, form: str) -> InputError:
    shown = "standard input" if name == "-" else name
    return InputError(
        f"{shown}: is a pipe or device, but {form} must be a file, since its table of"
        " contents is at the end; save it to a file first, or pipe an Arrow stream"
    )


def refuse_compressed(head: bytes, name: str, form: str) -> None:
    """Refuses a file that is compressed as a whole, which cannot be read from the middle.

    Args:
        head: Its first bytes.
        name: Its name in messages.
        form: The format, for messages.

    Raises:
        InputError: It is compressed.
    """
    for magic, program in _COMPRESSED.items():
        if head.startswith(magic):
            raise InputError(
                f"{name}: is compressed as a whole, but {form} is compressed inside; decompress it"
                f" first, with '{program}'"
            )


class View(io.RawIOBase):
    """A seekable input as a file object with its own position, for one reader.

    Closing it leaves the input open.

    Args:
        source: The input.
        start: The byte of the input at which the file begins.
        counted: Whether to count what is read as read from the input.
    """

    def __init__(self, source: Seekable, start: int = 0, *, counted: bool = True) -> None:
        self._source = source
        self._counted = counted
        self._start = start
        self._place = 0

    def readable(self) -> bool:
        """Returns true."""
        return True

    def seekable(self) -> bool:
        """Returns true."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves the position."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size()}[whence]
        self._place = base + offset
        return self._place

    def size(self) -> int:
        """The size in bytes, from the start."""
        return self._source.size - self._start

    def read(self, size: int | None = -1, /) -> bytes:
        """Reads bytes, as many as requested unless the input ends."""
        left = max(0, self.size() - self._place)
        count = left if size is None or size < 0 else min(size, left)
        parts = []
        while count:
            data = self._source.read_at(self._start + self._place, count, counted=self._counted)
            if not data:
                break
            parts.append(data)
            self._place += len(data)
            count -= len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readinto(self, target: Any, /) -> int:
        """Reads into a buffer."""
        view = memoryview(target).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)
