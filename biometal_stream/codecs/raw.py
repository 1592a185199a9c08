"""Inputs as the bytes that stand in them: files, pipes and Python's file objects."""

from __future__ import annotations

import io
import os
import select
import stat
import sys
import threading
from abc import ABC, abstractmethod
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO, Self

from biometal_stream.channel import Aborted
from biometal_stream.codecs.abreast import Abreast
from biometal_stream.codecs.ahead import Ahead
from biometal_stream.codecs.once import Given, given_descriptor, given_object
from biometal_stream.codecs.unchanged import CHANGED, Seen, Watched
from biometal_stream.descriptors import closed_stream, descriptor_of, open_descriptor, open_pipe
from biometal_stream.errors import ConfigurationError, InputError

AGAIN = "copy or download it again"
"""What an error says is to be done about an input that is not whole."""
_IS_FOLDER = "is a folder; name the files in it"
_OF_DESCRIPTORS = ("/dev/fd/", "/dev/stdin", "/proc/")
_AHEAD = 1 << 18  # bytes that are read ahead at a time
PIPE_CAPACITY = 1 << 20
"""Bytes asked of the system for a pipe: Linux's limit for users; 64 KiB is what a pipe has."""


class RawInput(ABC):
    """The bytes of one input, some of which can be looked at ahead of their turn.

    Belongs to one thread, but for `interrupt`, `bytes_read` and `bytes_total`.

    Attributes:
        name: How messages call it.
        bytes_total: The bytes of a regular file from where reading began; else ``None``.
        elsewhere: Bytes of a file that its decoder has read by its path.
    """

    def __init__(self, name: str, bytes_total: int | None) -> None:
        self.name = name
        self.bytes_total = bytes_total
        self.elsewhere = 0
        self._taken = 0
        self._ahead = Ahead()
        self._interrupted = False
        self._given: Given | None = None

    @abstractmethod
    def _take(self, target: memoryview) -> int:
        """Reads from the system, and waits if need be; 0 at the end."""

    @property
    def bytes_read(self) -> int:
        """Bytes taken from the system so far."""
        return max(self._taken, self.elsewhere)

    @property
    def offset(self) -> int:
        """Where the next byte stands that `readinto` gives."""
        return self._taken - len(self._ahead)

    @property
    def ready(self) -> bool:
        """Whether `readinto` can be expected not to wait."""
        return True

    @property
    def path(self) -> str | None:
        """The path of a regular file that can be opened once more, else ``None``."""
        return None

    def confirm(self) -> None:  # noqa: B027 - only files can
        """Raises `InputError` if this is a file that is no longer what it was."""

    def check(self) -> None:
        """Raises `Aborted` if `interrupt` was called."""
        if self._interrupted:
            raise Aborted

    def _take_counted(self, target: memoryview) -> int:
        self.check()
        try:
            count = self._take(target)
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise InputError(
                f"{self.name}: cannot be read after byte {self._taken}: {reason}"
            ) from error
        self._note(count)
        return count

    def _note(self, count: int) -> None:
        self._taken += count
        if self._given is not None:
            self._given.taken += count

    def given(self, given: Given | None) -> Self:
        """Counts what is taken for one that somebody else has opened."""
        self._given = given
        if given is not None:
            given.taken += len(self._ahead)
        return self

    def readinto(self, target: memoryview, /) -> int:
        """Writes the next bytes over the beginning of the target; 0 at the end.

        Raises:
            InputError: The system refuses.
            Aborted: `interrupt` was called.
        """
        if self._ahead:
            return self._ahead.take(target)
        return self._take_counted(target)

    def read(self, size: int = -1) -> bytes:
        """Reads at most ``size`` bytes, or those up to the end; for those who ask for a file."""
        pieces = bytearray()
        while size < 0 or len(pieces) < size:
            piece = bytearray(size - len(pieces) if size >= 0 else 1 << 16)
            count = self.readinto(memoryview(piece))
            if count == 0:
                break
            pieces += piece[:count]
        return bytes(pieces)

    def peek(self, count: int) -> bytes:
        """The next bytes, which stay there: ``count`` of them, or fewer at the end."""
        while len(self._ahead) < count:
            piece = bytearray(count - len(self._ahead))
            taken = self._take_counted(memoryview(piece))
            if taken == 0:
                break
            self._ahead.append(piece[:taken])
        return self._ahead.peek(count)

    def replay(self, data: bytes) -> None:
        """Puts bytes back in front of those not read yet."""
        self._ahead.replay(data)

    def interrupt(self) -> None:
        """Ends a read that waits, where the input can be woken, and all later ones."""
        self._interrupted = True

    @abstractmethod
    def close(self) -> None:
        """Closes what was opened here; may be called again."""


class FileInput(RawInput):
    """A regular file, read without a buffer, which must stay what it is until it is read.

    Args:
        name: How messages call it.
        file: The file.
        path: The path it was opened with, if any.
        seen: What it was when the run began, if that was before now.

    Raises:
        InputError: It is no longer what was seen.
    """

    def __init__(self, name: str, file: FileIO, path: str | None, seen: Seen | None = None) -> None:
        self._watched = Watched(name, file.fileno(), path, seen)
        self._start = file.tell()
        super().__init__(name, max(0, self._watched.size - self._start))
        self._file = file
        self._path = path

    @property
    def path(self) -> str | None:
        """The path it was opened with."""
        return self._path

    def confirm(self) -> None:
        """Compares the file with what it was.

        Raises:
            InputError: It is not the same.
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
        """Closes the file if it was opened by its path."""
        self._file.close()


class RangeInput(FileInput):
    """Some bytes of a regular file, which are told by their places in the whole of it.

    Args:
        name: How messages call the file.
        file: The file.
        path: The path it was opened with.
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


class PipeInput(RawInput):
    """A pipe, socket, terminal or other device, which can be waited for without being stuck.

    Each read first waits until the input or the wake pipe has something; `interrupt` writes to
    the latter, and what it wrote is never read, so that no later wait can miss it.
    """

    def __init__(self, name: str, file: FileIO, held: bytes = b"") -> None:
        super().__init__(name, None)
        self.abreast: Abreast | None = None
        self._ahead.append(held)
        self._ended = self._failing = False
        self._taken = len(held)
        self._file = file
        self._lock = threading.RLock()  # a signal's function may interrupt a thread inside `close`
        self._woken, self._wake = open_pipe()
        self._open = True
        _widen(file.fileno())

    def _wait(self, *, block: bool) -> bool:
        """Whether the input has bytes, or its end, to give; the others are read meanwhile."""
        given = self._file.fileno()
        while True:
            others: list[PipeInput] = []
            patience = None if block else 0.0
            if block and self.abreast is not None:
                others = self.abreast.others(self)
                patience = self.abreast.patience(self)
            found = self._poll([given, *(other._file.fileno() for other in others)], patience)
            if given in found or not block:
                return given in found
            if not found and self.abreast is not None:
                self.abreast.tell(self)
            for other in others:
                if other._file.fileno() in found:
                    other._read_ahead()

    def _poll(self, inputs: list[int], seconds: float | None) -> set[int]:
        """The inputs that have something, as soon as one has; none after so many seconds.

        Raises:
            Aborted: `interrupt` was called.
        """
        woken = self._woken.fileno()
        if sys.platform == "darwin":  # its poll does not know terminals
            found = set(select.select([*inputs, woken], [], [], seconds)[0])
        else:
            poll = select.poll()
            for descriptor in (*inputs, woken):
                poll.register(descriptor, select.POLLIN)
            ready = poll.poll(None if seconds is None else 1000 * seconds)
            found = {descriptor for descriptor, _ in ready}
        if woken in found:
            raise Aborted
        return found

    @property
    def ahead(self) -> int:
        """The bytes that are taken and not read yet."""
        return len(self._ahead)

    @property
    def may_give(self) -> bool:
        """Whether there may be more to take."""
        return self._open and not self._ended and not self._failing

    def _read_ahead(self) -> None:
        """Takes what is there, which may be the end; what is wrong with it waits for its turn."""
        try:
            data = os.read(self._file.fileno(), _AHEAD)
        except BlockingIOError:
            return
        except OSError:
            self._failing = True
            return
        self._ahead.append(data)
        self._note(len(data))
        self._ended = not data

    @property
    def ready(self) -> bool:
        """Whether there is something to read, or the end."""
        return bool(self._ahead) or self._ended or self._wait(block=False)

    def _take(self, target: memoryview) -> int:
        while not self._ended:
            self._wait(block=True)
            try:
                return os.readv(self._file.fileno(), [target])
            except BlockingIOError:  # somebody else was faster
                continue
        return 0

    def interrupt(self) -> None:
        """Ends a read that waits, and all later ones; from any thread, and again."""
        with self._lock:
            if self._open and not self._interrupted:
                self._wake.write(b"!")
            super().interrupt()

    def close(self) -> None:
        """Closes the wake pipe, and the input if it was opened by its path."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            self._wake.close()
            self._woken.close()
            self._file.close()


class ObjectInput(RawInput):
    """A Python file object, which is not closed here. `interrupt` takes effect between reads.

    Args:
        name: How messages call it.
        source: The object.
        watched: The regular file that it reads, where that is certain.
    """

    def __init__(self, name: str, source: Any, watched: Watched | None = None) -> None:
        start = source.tell() if watched is not None else 0
        super().__init__(name, max(0, watched.size - start) if watched is not None else None)
        self._source = source
        self._watched = watched
        self._start = start
        self._readinto = getattr(source, "readinto", None)

    def _take(self, target: memoryview) -> int:
        if self._readinto is not None:
            count = self._readinto(target)
        else:
            data: object = self._source.read(len(target))
            if isinstance(data, str):
                raise ConfigurationError(f"{self.name}: gives text; open it in binary mode")
            count = None
            if isinstance(data, bytes | bytearray | memoryview):
                count = len(data)
                target[:count] = data
        if count is None:
            raise InputError(
                f"{self.name}: has no data and does not wait for any; make it a blocking file"
            )
        if count == 0 and self._watched is not None:
            self._watched.confirm_end(self._start + self._taken)
        return int(count)

    def close(self) -> None:
        """Leaves the file object as it is."""


def open_raw(target: str | os.PathLike[str] | BinaryIO, seen: Seen | None = None) -> RawInput:
    """Opens a path, ``-`` for standard input, or a binary file object.

    Standard input is read from its descriptor, behind the back of `sys.stdin`. A pipe's buffered
    file object gives up what it holds and is then read from its descriptor; any other object is
    read by its own methods. A named pipe on Linux is opened without waiting for its writer.

    Args:
        target: What to read.
        seen: What the file at a path was when the run began, if that was before now.

    Raises:
        InputError: The file is missing, a folder, not to be read, or no longer what was seen; or
            it is standard input, and closed; or it is standard input or a file object which was
            read before, and stands where that reading ended.
        ConfigurationError: It is no path and no binary file object.
    """
    if isinstance(target, str | os.PathLike):
        path = os.fspath(target)
        if not isinstance(path, str):
            raise ConfigurationError(f"a path must be text, not {type(path).__name__}")
        closed = closed_stream(0 if path == "-" else descriptor_of(path))
        if closed is not None:
            raise InputError(f"{closed} is closed; name a file, or pipe the reads in")
        if path == "-":
            return _open_given("-", 0)
        file = _open_path(path, path)
        if path.startswith(_OF_DESCRIPTORS):  # such as what a shell makes of <(command)
            try:
                given = given_descriptor(path, file.fileno())
            except BaseException:
                file.close()
                raise
            return _input_of(path, file, path, seen).given(given)
        return _input_of(path, file, path, seen)
    return _open_object(target)


def open_whole(path: str, name: str, size: int) -> RawInput:
    """Opens all of a regular file.

    Args:
        path: Its path.
        name: How messages call it, such as by how its user wrote the path.
        size: Bytes that the file must have.

    Raises:
        InputError: The file is missing, not to be read, or of another size.
    """
    return FileInput(name, _open_sized(path, name, size), path)


def open_range(path: str, name: str, first: int, stop: int, size: int) -> RangeInput:
    """Opens some bytes of a regular file.

    Args:
        path: Its path.
        name: How messages call it.
        first: The first byte.
        stop: The byte after the last.
        size: Bytes that the file must have.

    Raises:
        InputError: The file is missing, not to be read, or of another size.
    """
    file = _open_sized(path, name, size)
    try:
        return RangeInput(name, file, path, first, stop)
    except BaseException:
        file.close()
        raise


def _open_sized(path: str, name: str, size: int) -> FileIO:
    file = _open_path(path, name)
    try:
        seen = Seen.of(os.fstat(file.fileno()))
        if seen is None or seen.size != size:
            raise InputError(f"{name}: {CHANGED}")
    except BaseException:
        file.close()
        raise
    return file


def _open_path(path: str, name: str) -> FileIO:
    flags = os.O_RDONLY | os.O_CLOEXEC
    if sys.platform == "linux":
        # Two pipes of one writer can then be opened in any order, and the wait for the
        # writer is one that `interrupt` ends.
        flags |= os.O_NONBLOCK
    try:
        # `FileIO` would refuse a folder, and leave its descriptor open.
        if path and Path(path).is_dir():
            raise InputError(f"{name}: {_IS_FOLDER}")
        return open_descriptor(path, flags)
    except ValueError as error:  # a NUL in the path
        raise InputError(f"{name!r}: cannot be opened: {error}") from error
    except OSError as error:
        raise InputError(f"{name}: cannot be opened: {error.strerror}") from error


def _open_given(name: str, descriptor: int, source: FileIO | None = None) -> RawInput:
    """What somebody else has opened, and closes."""
    try:
        file = FileIO(descriptor, "rb", closefd=False)
    except IsADirectoryError as error:
        raise InputError(f"{name}: {_IS_FOLDER}") from error
    except OSError as error:
        raise InputError(f"{name}: cannot be opened: {error.strerror}") from error
    given = given_object(name, source) if source is not None else given_descriptor(name, descriptor)
    return _input_of(name, file, None).given(given)


def _input_of(name: str, file: FileIO, path: str | None, seen: Seen | None = None) -> RawInput:
    try:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return FileInput(name, file, path, seen)
        return PipeInput(name, file)
    except InputError:
        file.close()
        raise
    except OSError as error:
        file.close()
        raise InputError(f"{name}: cannot be opened: {error.strerror}") from error


def _open_object(source: Any) -> RawInput:
    given = getattr(source, "name", None)
    name = given if isinstance(given, str) else "<stream>"
    if isinstance(source, io.TextIOBase):
        raise ConfigurationError(f"{name}: is open as text; open it in binary mode ('rb')")
    if not hasattr(source, "read") and not hasattr(source, "readinto"):
        raise ConfigurationError(f"cannot read from {source!r}: give a path or a binary file")
    if getattr(source, "closed", False):
        raise InputError(f"{name}: is a closed file; open it again")
    if type(source) is FileIO:
        return _open_given(name, source.fileno(), source)
    noted = given_object(name, source)
    if type(source) is not io.BufferedReader or type(source.raw) is not FileIO:
        return ObjectInput(name, source).given(noted)
    descriptor = source.fileno()
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return ObjectInput(name, source, Watched(name, descriptor)).given(noted)
    if stat.S_ISFIFO(status.st_mode):
        file = FileIO(descriptor, "rb", closefd=False)
        return PipeInput(name, file, _drain(source, descriptor)).given(noted)
    return ObjectInput(name, source).given(noted)


def _drain(source: io.BufferedReader, descriptor: int) -> bytes:
    """Takes what a buffered reader of a pipe holds, without waiting for more."""
    blocking = os.get_blocking(descriptor)
    os.set_blocking(descriptor, False)
    try:
        return source.read1(len(source.peek(1)))
    finally:
        os.set_blocking(descriptor, blocking)


def _widen(descriptor: int) -> None:
    """Gives a pipe more room where the system can, so that its ends wait less for each other."""
    if sys.platform == "linux":
        import fcntl

        try:
            if fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ) < PIPE_CAPACITY:
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_CAPACITY)
        except OSError:  # no pipe, or no more room for this user
            pass
