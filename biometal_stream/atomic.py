"""Files and folders that are complete or absent."""

from __future__ import annotations

import errno
import os
import re
import secrets
import select
import shutil
import stat
import sys
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from biometal_stream.descriptors import open_descriptor, sync_folder
from biometal_stream.errors import ConfigurationError, SinkError

STANDARD_OUTPUT = "-"
"""The target that stands for standard output."""

_CANNOT_SYNC = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
_WRITE_BACK = 32 * 2**20
"""Bytes after which the system is told to begin to write to the disk."""
_SYNC_FILE_RANGE_WRITE = 2
_REMOVALS = 10
"""Times to remove a folder, into which a worker that is being stopped may still write a file."""
_DESCRIPTORS = {"/dev/stdout": 1, "/dev/stderr": 2}
_NUMBERED = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})")


class _WholeOrNothing(ABC):
    """A context that commits when its body ends well, and otherwise discards."""

    @abstractmethod
    def commit(self) -> None:
        """Makes what was written durable and gives it its name."""

    @abstractmethod
    def discard(self) -> None:
        """Forgets what was written. May be called again, and after `commit` does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.commit()
        finally:  # also where an interrupt comes before `commit` has begun
            self.discard()


class AtomicFile(_WholeOrNothing):
    """Writes beside a target and renames at the end, so that no half of it is ever seen.

    As a context it commits when the body ends well, and otherwise leaves the target as it was.
    A file that is replaced hands on its permissions, a new one obeys the umask, and a symbolic
    link is followed. A process that is killed leaves no more than a hidden file whose name ends
    in ``.partial``; nothing ever reads it, and no later run touches it, since it cannot tell the
    file from that of a run on another machine.

    Standard output, a pipe, a terminal or another device cannot be renamed to; it is written
    directly. So is what is open already and named by its descriptor, such as ``/dev/stdout``: a
    file there may hold what others wrote before. Belongs to one thread at a time.

    Args:
        target: Where the file shall be; ``-`` for standard output.

    Attributes:
        target: As given.
        bytes_written: Bytes written so far.

    Raises:
        SinkError: The target is a folder or write-protected, or its folder is missing or cannot
            be written.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        self.target = os.fspath(target)
        self.bytes_written = 0
        self._sent = 0  # bytes that are on their way to the disk
        self._final = Path(os.path.realpath(self.target))
        self._file: FileIO | None = None
        self._temporary: _Temporary | None = None
        self._previous: Path | None = None
        self._published = False
        self._revocable = False
        try:
            with _explained(self.target):
                self._file = self._start()
        except BaseException:  # an interrupt, too, leaves no file behind
            self.discard()
            raise

    def _start(self) -> FileIO:
        if self.target == STANDARD_OUTPUT:
            if sys.stdout is not None:
                sys.stdout.flush()
            return FileIO(1, "wb", closefd=False)
        if (number := _descriptor_in(self.target)) is not None:
            return FileIO(number, "wb", closefd=False)
        try:
            mode = Path(self.target).stat().st_mode
        except FileNotFoundError:
            mode = None
        if mode is not None and stat.S_ISDIR(mode):
            raise SinkError(f"{self.target}: is a folder; name a file")
        if mode is not None and not stat.S_ISREG(mode):
            return open_descriptor(self.target, os.O_WRONLY)
        if mode is not None and not os.access(self._final, os.W_OK):
            raise SinkError(f"{self.target}: is write-protected; remove it or name another file")
        self._temporary = _Temporary(self._final, self)
        file = FileIO(self._temporary.path, "xb")
        if mode is not None:
            try:
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
            except BaseException:
                file.close()
                raise
        return file

    def write(self, data: bytes | memoryview) -> None:
        """Writes all of the bytes.

        Args:
            data: Bytes, or what has a buffer of them, such as a `pyarrow.Buffer`.

        Raises:
            SinkError: The disk is full, or the like.
            BrokenPipeError: Nobody reads the pipe any more.
        """
        assert self._file is not None
        with _explained(self.target):
            for written in _written(self._file, data):
                self.bytes_written += written
        waiting = self.bytes_written - self._sent
        if self._temporary is not None and waiting >= _WRITE_BACK:
            _write_back(self._file, self._sent, waiting)
            self._sent = self.bytes_written

    def commit(self) -> None:
        """Makes the file durable and gives it its name.

        Raises:
            SinkError: The system refuses; the target is as it was.
        """
        _commit([self])

    def discard(self) -> None:
        """Forgets what was written. May be called again, and after `commit` does nothing."""
        with suppress(OSError):
            self._close()
        if self._temporary is not None:
            self._temporary.remove()
            self._temporary = None

    def _finish(self) -> None:
        """Makes the bytes durable and closes; the target is still as it was."""
        with _explained(self.target):
            if self._file is not None and self._temporary is not None:
                _sync(self._file)
            self._close()

    def _publish(self, *, keep: bool) -> None:
        """Renames; with ``keep`` the file that stood there is kept under a hidden name."""
        if self._temporary is None:
            return
        with _explained(self.target):
            # What is to be done is noted before it is done: an interrupt may come in between.
            self._revocable = keep
            if keep and self._final.exists():
                self._previous = _beside(self._final, "previous")
                try:
                    os.link(self._final, self._previous)
                except OSError:  # a file system without hard links
                    self._previous = None
                    self._revocable = False
            self._published = True
            self._temporary.path.replace(self._final)

    def _retract(self) -> None:
        """Undoes `_publish`, as far as the system lets."""
        renamed = self._temporary is None or not self._temporary.path.exists()
        if not (self._published and renamed):
            self._settle()
            return
        with suppress(OSError):
            if self._previous is not None:
                self._previous.replace(self._final)
                self._previous = None
            elif self._revocable:
                self._final.unlink()

    def _settle(self) -> None:
        if self._previous is not None:
            with suppress(OSError):
                self._previous.unlink()
            self._previous = None

    @property
    def _open(self) -> bool:
        return self._file is not None and not self._file.closed

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()


class AtomicFiles(_WholeOrNothing):
    """Several files that take their names together, as nearly as a system allows.

    All of them are durable before the first is renamed. When a rename fails, those before it
    are undone: what they replaced is put back. Only a machine that dies between two renames can
    leave some of the targets new and others old; each of them is whole.

    Args:
        targets: Where the files shall be.

    Attributes:
        files: One for each target, to be written to.

    Raises:
        ConfigurationError: Two targets are one file.
        SinkError: As of `AtomicFile`.
    """

    def __init__(self, targets: Iterable[str | os.PathLike[str]]) -> None:
        files: list[AtomicFile] = []
        try:
            for target in targets:
                file = AtomicFile(target)
                files.append(file)
                renamed = [each._final for each in files if each._temporary is not None]
                if len(set(renamed)) < len(renamed):
                    raise ConfigurationError(f"{file.target}: is written twice; name two files")
        except BaseException:
            for file in files:
                file.discard()
            raise
        self.files = tuple(files)

    @property
    def bytes_written(self) -> int:
        """Bytes written so far."""
        return sum(file.bytes_written for file in self.files)

    def commit(self) -> None:
        """Makes all files durable and gives them their names.

        Raises:
            SinkError: The system refuses; the targets are as they were.
        """
        _commit(self.files)

    def discard(self) -> None:
        """Forgets what was written. May be called again, and after `commit` does nothing."""
        for file in self.files:
            file.discard()


class AtomicFolder(_WholeOrNothing):
    """A folder that appears with all of its files, or not at all.

    The files are written into a hidden folder beside the target, which is renamed at the end.
    An empty folder that stands there is replaced. A process that is killed leaves no more than
    a hidden folder whose name ends in ``.partial``. Belongs to one thread at a time.

    Args:
        target: Where the folder shall be.

    Attributes:
        target: As given.
        bytes_written: Bytes written so far.

    Raises:
        SinkError: The target is a file or a folder that is not empty, or the folder above it is
            missing or cannot be written.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        self.target = os.fspath(target)
        self.bytes_written = 0
        self._final = Path(os.path.realpath(self.target))
        self._temporary: _Temporary | None = None
        self._files: dict[Path, None] = {}
        self._folders: set[Path] = set()  # of files that were adopted
        try:
            with _explained(self.target):
                self._start()
        except BaseException:  # an interrupt, too, leaves no folder behind
            self.discard()
            raise

    def _start(self) -> None:
        try:
            mode = self._final.stat().st_mode
        except FileNotFoundError:
            mode = None
        self._refuse_content()
        if os.path.ismount(self._final):  # which cannot be renamed over
            raise SinkError(f"{self.target}: is where a disk is mounted; name a folder in it")
        self._temporary = _Temporary(self._final, self)
        self._temporary.path.mkdir()
        if mode is not None:
            self._temporary.path.chmod(stat.S_IMODE(mode))

    def _refuse_content(self) -> None:
        if not self._final.exists():
            return
        if not self._final.is_dir():
            raise SinkError(f"{self.target}: is a file; a folder is to be written there")
        if any(self._final.iterdir()):
            raise SinkError(
                f"{self.target}: is a folder that is not empty; remove it or name another"
            )

    def append(self, name: str, data: bytes | memoryview) -> None:
        """Writes bytes to the end of a file, which is made when it does not exist.

        The file is closed again, so that any number of files can be written in turn.

        Args:
            name: The file's path in the folder, with ``/`` between its parts.
            data: Bytes, or what has a buffer of them.

        Raises:
            SinkError: The disk is full, or the like.
        """
        assert self._temporary is not None
        path = self._temporary.path / name
        known = path in self._files
        with _explained(f"{self.target.rstrip('/')}/{name}"):
            if not known:
                self._make_folder_of(path)
            with FileIO(path, "ab" if known else "xb") as file:
                self._files[path] = None
                for written in _written(file, data):
                    self.bytes_written += written

    @property
    def path(self) -> Path:
        """The hidden folder that holds the files until it gets its name."""
        assert self._temporary is not None
        return self._temporary.path

    def adopt(self, file: str | os.PathLike[str], name: str) -> None:
        """Takes a file over that stands elsewhere on the same file system, and is durable.

        Args:
            file: Where it stands.
            name: Its path in the folder, with ``/`` between its parts.

        Raises:
            SinkError: The system refuses.
        """
        path = self.path / name
        with _explained(f"{self.target.rstrip('/')}/{name}"):
            self._make_folder_of(path)
            size = Path(file).stat().st_size
            Path(file).rename(path)
        self._folders.add(path.parent)
        self.bytes_written += size

    def _make_folder_of(self, path: Path) -> None:
        """Makes the folders between this one and a file; this one may be gone, and stays so."""
        for folder in reversed(path.relative_to(self.path).parents):
            if folder.name:
                (self.path / folder).mkdir(exist_ok=True)

    def commit(self) -> None:
        """Makes the files durable and gives the folder its name.

        Raises:
            SinkError: The system refuses, or somebody has put files there in the meantime.
        """
        if self._temporary is None:
            return
        try:
            with _explained(self.target):
                folders = {self._temporary.path, *self._folders}
                for path in self._files:
                    with FileIO(path, "rb") as file:
                        _sync(file)
                    folders.add(path.parent)
                for folder in folders:
                    _sync_renames(folder)
                self._refuse_content()
                self._temporary.path.rename(self._final)
        finally:
            self.discard()
        _sync_renames(self._final.parent)

    def discard(self) -> None:
        """Forgets what was written. May be called again, and after `commit` does nothing."""
        if self._temporary is not None:
            self._temporary.remove()
            self._temporary = None


class _Temporary:
    """A hidden name in the folder of a target, under which nothing is left.

    What is made there goes with `remove`, or with the garbage where an interrupt came before
    that; there is nothing left to go where it was renamed.

    Args:
        final: The target.
        owner: With whose end it goes.
    """

    def __init__(self, final: Path, owner: object) -> None:
        self.path = _beside(final, "partial")
        self._end = weakref.finalize(owner, _remove, self.path, os.getpid())

    def remove(self) -> None:
        """Removes the file or folder. May be called again."""
        if self._end.alive:
            _remove(self.path, os.getpid())
            self._end.detach()  # only now: an interrupt may come in between


def _remove(path: Path, process: int) -> None:
    if os.getpid() != process:  # a child must not take away its parent's
        return
    with suppress(OSError):
        path.unlink(missing_ok=True)
        return
    for _ in range(_REMOVALS):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return


def _commit(files: Iterable[AtomicFile]) -> None:
    files = [file for file in files if file._open]
    done = False
    try:
        for file in files:
            file._finish()
        for file in files:
            file._publish(keep=len(files) > 1)
        done = True
        for file in files:
            file._settle()
    except BaseException:
        for file in reversed(files):
            if done:  # an interrupt: all stands, and what it replaced still has to go
                file._settle()
            else:
                file._retract()
                file.discard()
        raise
    for folder in {file._final.parent for file in files if file._published}:
        _sync_renames(folder)


def _sync_renames(folder: Path) -> None:
    """Makes a rename in a folder durable, where the system lets a folder be synced."""
    with suppress(OSError):
        sync_folder(folder)


def _descriptor_in(target: str) -> int | None:
    """The number of the open descriptor that a path names, if it names one."""
    named = _DESCRIPTORS.get(target)
    if named is None and (found := _NUMBERED.fullmatch(target)):
        return int(found[1])
    return named


def _beside(final: Path, ending: str) -> Path:
    """A new hidden name in the same folder, short enough for any file system."""
    name = final.name if len(os.fsencode(final.name)) <= 200 else "long-name"
    return final.with_name(f".{name}.{secrets.token_hex(4)}.{ending}")


def _sync(file: FileIO) -> None:
    try:
        os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def _write_back(file: FileIO, start: int, size: int) -> None:
    """Has Linux begin to write bytes to the disk, which it would put off until the sync.

    Of 276 MB the last sync then takes 0.015 s instead of 0.11. `os.posix_fadvise` has the same
    effect, but also looks for what could be dropped from memory, which takes 1 s a GB.
    """
    if sys.platform == "linux":
        import ctypes

        libc = ctypes.CDLL(None)
        if hasattr(libc, "sync_file_range"):  # a hint: what it answers does not matter
            place, length = ctypes.c_int64(start), ctypes.c_int64(size)
            libc.sync_file_range(file.fileno(), place, length, _SYNC_FILE_RANGE_WRITE)


def _written(file: FileIO, data: bytes | memoryview) -> Iterator[int]:
    """Writes all of the bytes; yields how many went at each time."""
    descriptor = file.fileno()
    view = memoryview(data).cast("B")
    while view:
        try:
            written = os.write(descriptor, view)
        except BlockingIOError:  # somebody has made the pipe non-blocking
            select.select([], [descriptor], [])
            continue
        yield written
        view = view[written:]


@contextmanager
def _explained(target: str) -> Iterator[None]:
    """Turns what the system says into one line with the target's name."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard output" if target == STANDARD_OUTPUT else target
        reason = error.strerror or str(error)
        if error.errno == errno.ENOENT:
            reason = "there is no such folder; make it first"
        raise SinkError(f"{name}: cannot be written: {reason}") from error
