"""A file that is complete or absent."""

from __future__ import annotations

import os
import stat
import sys
import weakref
from collections.abc import Iterable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from biometal_stream.atomic.hidden import Temporary, beside, sweep
from biometal_stream.atomic.pipes import QUEUE_BYTES, PipeWriter
from biometal_stream.atomic.replacing import refuse_unreplaceable
from biometal_stream.atomic.targets import STANDARD_OUTPUT
from biometal_stream.atomic.whole import WholeOrNothing, commit_members
from biometal_stream.atomic.writing import (
    create_file,
    explained,
    sync,
    write_back,
    written_parts,
)
from biometal_stream.descriptors import closed_stream, descriptor_of, open_descriptor
from biometal_stream.errors import ConfigurationError, SinkError
from biometal_stream.paths import path_text

_PERMISSIONS = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO
_WRITE_BACK = 32 * 2**20
"""Bytes after which the system is asked to start writing to the disk."""


class AtomicFile(WholeOrNothing):
    """Writes next to a target and renames at the end, so that a partial file is never visible.

    Used as a context, it commits if the body succeeds, and otherwise leaves the target unchanged.
    A replaced file passes on its permissions (except setuid and setgid), a new one obeys the umask,
    and a symbolic link is followed. A killed process leaves at most a hidden file whose name ends
    in ``.partial``. It is never read, and the next run on the same target removes it: see
    `biometal_stream.atomic.hidden`.

    Standard output, pipes, terminals and other devices cannot be renamed to, so they are written
    directly. So is a file that is already open and named by its descriptor, such as
    ``/dev/stdout``: it may hold earlier output of other programs. A named pipe is opened as soon as
    it has a reader; a write waits for that only when the queue is full, and so does the end. For
    use by one thread at a time.

    Args:
        target: The path of the file; ``-`` for standard output.
        queue: Bytes that may wait for the reader of a named pipe.

    Attributes:
        target: As given.
        bytes_written: Bytes written so far.

    Raises:
        SinkError: The target is a folder, write-protected or cannot be replaced, or its folder is
            missing or cannot be written.
    """

    def __init__(self, target: str | os.PathLike[str], *, queue: int = QUEUE_BYTES) -> None:
        self.target = path_text(target)
        self.bytes_written = 0
        self._queue = queue
        self._sent = 0  # bytes already on their way to the disk
        self._final = Path(os.path.realpath(self.target))
        self._file: FileIO | PipeWriter | None = None
        self._temporary: Temporary | None = None
        self._previous: Path | None = None
        self._published = False
        self._revocable = False
        try:
            with explained(self.target):
                self._file = self._start()
                self._start_thread()
        except BaseException:  # an interrupt leaves no file either
            self.discard()
            raise

    def _start(self) -> FileIO | PipeWriter:
        number = 1 if self.target == STANDARD_OUTPUT else descriptor_of(self.target)
        if (closed := closed_stream(number)) is not None:
            raise SinkError(f"{closed} is closed")
        if number is not None:
            if number == 1 and sys.stdout is not None:
                sys.stdout.flush()
            return FileIO(number, "wb", closefd=False)
        try:
            mode = Path(self.target).stat().st_mode
        except FileNotFoundError:
            mode = None
        if mode is not None and stat.S_ISDIR(mode):
            raise SinkError(f"{self.target}: is a folder; name a file")
        if mode is not None and stat.S_ISFIFO(mode):
            return PipeWriter.named(self.target, self._queue)
        if mode is not None and not stat.S_ISREG(mode):
            return open_descriptor(self.target, os.O_WRONLY)
        if mode is not None and not os.access(self._final, os.W_OK):
            raise SinkError(f"{self.target}: is write-protected; remove it or name another file")
        refuse_unreplaceable(self.target, self._final)
        sweep(self._final)
        self._temporary = Temporary(self._final, self)
        file = self._temporary.make(create_file, os.O_RDWR)
        if mode is not None:
            try:
                os.fchmod(file.fileno(), mode & _PERMISSIONS)
            except BaseException:
                file.close()
                raise
        return file

    def write(self, *parts: bytes | memoryview) -> None:
        """Writes all of the bytes.

        Args:
            *parts: Bytes, or objects with a buffer, such as a `pyarrow.Buffer`, in order.

        Raises:
            SinkError: The disk is full, or another system error.
            BrokenPipeError: The pipe has no reader any more.
        """
        assert self._file is not None
        with explained(self.target):
            for written in written_parts(self._file, *parts):
                self.bytes_written += written
        waiting = self.bytes_written - self._sent
        if self._temporary is not None and waiting >= _WRITE_BACK:
            assert not isinstance(self._file, PipeWriter)
            write_back(self._file, self._sent, waiting)
            self._sent = self.bytes_written

    def commit(self) -> None:
        """Makes the file durable and gives it its name.

        Raises:
            SinkError: The system refuses; the target is unchanged.
        """
        try:
            commit_members(self._members())
        finally:
            self.discard()

    def discard(self) -> None:
        """Drops what was written. May be called again; does nothing after `commit`."""
        with suppress(OSError):
            if isinstance(self._file, PipeWriter):
                self._file.stop()
            else:
                self._close()
        if self._temporary is not None:
            self._temporary.remove()
            self._temporary = None

    def _finish(self) -> None:
        """Makes the bytes durable and closes; the target is still unchanged."""
        with explained(self.target):
            if self._temporary is not None and self._file is not None:
                assert not isinstance(self._file, PipeWriter)
                sync(self._file)
            self._close()

    def _end(self) -> None:
        """Ends a pipe, so that its reader sees the end; another pipe's reader may depend on it."""
        if isinstance(self._file, PipeWriter):
            self._file.end()

    def _fail(self) -> None:
        if isinstance(self._file, PipeWriter):
            with suppress(OSError):
                self._file.close()

    def _set_apart(self) -> None:
        """Moves the writing of a pipe to its own thread, unless that was done."""
        if self._file is not None and not isinstance(self._file, PipeWriter):
            self._file = PipeWriter.inherited(self._file.fileno(), self._queue)
            self._start_thread()

    def _start_thread(self) -> None:
        """Starts writing a pipe, until this is closed, discarded or garbage-collected."""
        if isinstance(self._file, PipeWriter):
            weakref.finalize(self, self._file.stop).atexit = False
            self._file.start()

    @property
    def _is_pipe(self) -> bool:
        if self._file is None or isinstance(self._file, PipeWriter):
            return self._file is not None
        mode = os.fstat(self._file.fileno()).st_mode
        return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)

    def _members(self) -> tuple[AtomicFile, ...]:
        return (self,) if self._open else ()

    def _locked(self) -> tuple[Path, ...]:
        return () if self._temporary is None else (self._final,)

    def _changed(self) -> tuple[Path, ...]:
        return (self._final.parent,) if self._published else ()

    def _publish(self, *, keep: bool, before: Iterable[Any]) -> None:
        """Renames.

        Args:
            keep: Whether to keep the replaced file under a hidden name.
            before: The files committed together. A published one must not be replaced.
        """
        if self._temporary is None:
            return
        with explained(self.target):
            files = [each for each in before if isinstance(each, AtomicFile)]
            if any(file._published and file._is_at(self._final) for file in files):
                raise ConfigurationError(f"{self.target}: is written twice; name two files")
            # Each step is noted before it is done: an interrupt may come in between.
            self._revocable = keep
            if keep and self._final.exists():
                self._previous = beside(self._final, "previous")
                try:
                    os.link(self._final, self._previous)
                except OSError:  # a file system without hard links
                    self._previous = None
                    self._revocable = False
            self._published = True
            self._temporary.path.replace(self._final)

    def _retract(self) -> None:
        """Undoes `_publish`, as far as the system allows."""
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

    def _is_at(self, path: Path) -> bool:
        """Whether this file, once published, is the one at a path."""
        return path.exists() and path.samefile(self._final)

    @property
    def _open(self) -> bool:
        return self._file is not None and not self._file.closed

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
