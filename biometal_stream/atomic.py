"""Files that are complete or absent."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from types import TracebackType

from biometal_stream.errors import SinkError


class AtomicFile:
    """Writes beside a target and renames at the end, so that no half of it is ever seen.

    As a context it commits when the body ends well, and otherwise leaves the target as it was.
    A target that is a pipe, a terminal or another device cannot be renamed to; it is written
    directly. Belongs to one thread at a time.

    Args:
        target: Where the file shall be. A symbolic link is followed.

    Raises:
        SinkError: The target is a folder, or its folder is missing or cannot be written.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        self.target = Path(target)
        self.bytes_written = 0
        final = Path(os.path.realpath(self.target))
        try:
            mode = final.stat().st_mode if final.exists() else None
            if mode is not None and stat.S_ISDIR(mode):
                raise SinkError(f"{self.target}: is a folder; name a file")
            self._temporary: Path | None = None
            if mode is not None and not stat.S_ISREG(mode):
                self._descriptor = os.open(final, os.O_WRONLY)
            else:
                temporary = final.with_name(f".{final.name}.{secrets.token_hex(4)}.partial")
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
                self._descriptor = os.open(temporary, flags, 0o666)
                self._temporary = temporary
                if mode is not None:
                    os.fchmod(self._descriptor, stat.S_IMODE(mode))
        except OSError as error:
            raise SinkError(f"{self.target}: cannot be written: {error.strerror}") from error
        self._final = final
        self._open = True

    def write(self, data: bytes | memoryview) -> None:
        """Writes all of the bytes.

        Raises:
            SinkError: The disk is full, or the like.
        """
        view = memoryview(data).cast("B")
        try:
            while view:
                written = os.write(self._descriptor, view)
                self.bytes_written += written
                view = view[written:]
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise SinkError(f"{self.target}: cannot be written: {error.strerror}") from error

    def commit(self) -> None:
        """Makes the file durable and gives it its name.

        Raises:
            SinkError: The system refuses.
        """
        if not self._open:
            return
        try:
            if self._temporary is not None:
                os.fsync(self._descriptor)
            self._close()
            if self._temporary is not None:
                os.replace(self._temporary, self._final)
                self._temporary = None
                sync_folder(self._final.parent)
        except OSError as error:
            self.discard()
            raise SinkError(f"{self.target}: cannot be written: {error.strerror}") from error

    def discard(self) -> None:
        """Forgets what was written. May be called again, and after `commit` does nothing."""
        self._close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)
            self._temporary = None

    def _close(self) -> None:
        if self._open:
            self._open = False
            os.close(self._descriptor)

    def __enter__(self) -> AtomicFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()


def sync_folder(folder: Path) -> None:
    """Makes a rename in a folder durable, where the system lets a folder be synced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
