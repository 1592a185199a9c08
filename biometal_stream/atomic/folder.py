"""A folder that appears with all of its files, or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path

from biometal_stream.atomic.hidden import Temporary, sweep
from biometal_stream.atomic.replacing import refuse_unreplaceable
from biometal_stream.atomic.whole import WholeOrNothing
from biometal_stream.atomic.writing import explained, sync, sync_renames, written_parts
from biometal_stream.descriptors import open_descriptor
from biometal_stream.errors import SinkError
from biometal_stream.paths import path_text

_PERMISSIONS = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO


class AtomicFolder(WholeOrNothing):
    """A folder that appears with all of its files, or not at all.

    The files are written into a hidden folder next to the target, which is renamed at the end.
    An existing empty folder is replaced, and passes on its permissions. A killed process leaves at
    most a hidden folder whose name ends in ``.partial``, which the next run on the same target
    removes. For use by one thread at a time.

    Args:
        target: The path of the folder.

    Attributes:
        target: As given.
        bytes_written: Bytes written so far.

    Raises:
        SinkError: The target is a file, a folder that is not empty, or cannot be replaced; or the
                parent folder is missing or cannot be written.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        self.target = path_text(target)
        self.bytes_written = 0
        self._final = Path(os.path.realpath(self.target))
        self._temporary: Temporary | None = None
        self._files: dict[Path, None] = {}
        self._folders: set[Path] = set()  # of adopted files
        self._published = False
        self._replaced = False
        try:
            with explained(self.target):
                self._start()
        except BaseException:  # an interrupt leaves no folder either
            self.discard()
            raise

    def _start(self) -> None:
        try:
            mode = self._final.stat().st_mode
        except FileNotFoundError:
            mode = None
        self._refuse_content()
        refuse_unreplaceable(self.target, self._final)
        sweep(self._final)
        self._temporary = Temporary(self._final, self)
        self._temporary.make(Path.mkdir, os.O_RDONLY)
        if mode is not None:
            # Files in it inherit from the parent folder, not from a replaced one.
            inherited = stat.S_IMODE(self.path.stat().st_mode) & ~_PERMISSIONS
            self.path.chmod(mode & _PERMISSIONS | inherited)

    def _refuse_content(self) -> None:
        if not self._final.exists():
            return
        if not self._final.is_dir():
            raise SinkError(f"{self.target}: is a file; a folder is to be written there")
        if any(self._final.iterdir()):
            raise SinkError(
                f"{self.target}: is a folder that is not empty; remove it or name another"
            )

    def append(self, name: str, *parts: bytes | memoryview) -> None:
        """Appends bytes to a file, which is created if it does not exist.

        The file is closed again, so that any number of files can be written in turn.

        Args:
            name: The file's path in the folder, with ``/`` between its parts.
            *parts: Bytes, or objects with a buffer, in order.

        Raises:
            SinkError: The disk is full, or another system error.
        """
        assert self._temporary is not None
        path = self._temporary.path / name
        known = path in self._files
        with explained(f"{self.target.rstrip('/')}/{name}"):
            if not known:
                self._make_folder_of(path)
            flags = os.O_APPEND if known else os.O_CREAT | os.O_EXCL
            with open_descriptor(path, os.O_WRONLY | flags) as file:
                self._files[path] = None
                for written in written_parts(file, *parts):
                    self.bytes_written += written

    @property
    def path(self) -> Path:
        """The hidden folder that holds the files until it is renamed."""
        assert self._temporary is not None
        return self._temporary.path

    def adopt(self, file: str | os.PathLike[str], name: str) -> None:
        """Takes over a file from elsewhere on the same file system, which must be durable.

        Args:
            file: Its current path.
            name: Its path in the folder, with ``/`` between its parts.

        Raises:
            SinkError: The system refuses.
        """
        path = self.path / name
        with explained(f"{self.target.rstrip('/')}/{name}"):
            self._make_folder_of(path)
            size = Path(file).stat().st_size
            Path(file).rename(path)
        self._folders.add(path.parent)
        self.bytes_written += size

    def _make_folder_of(self, path: Path) -> None:
        """Creates the folders between this one and a file, but not this one, which may be gone."""
        for folder in reversed(path.relative_to(self.path).parents):
            if folder.name:
                (self.path / folder).mkdir(exist_ok=True)

    def commit(self) -> None:
        """Makes the files durable and gives the folder its name.

        Raises:
            SinkError: The system refuses, or the target has got files in the meantime.
        """
        if self._temporary is None:
            return
        try:
            self._finish()
            self._publish(keep=False, before=())
        finally:
            self.discard()
        for folder in self._changed():
            sync_renames(folder)

    def _members(self) -> tuple[AtomicFolder]:
        return (self,)

    def _locked(self) -> tuple[Path, ...]:
        return ()  # an existing folder is never replaced

    def _end(self) -> None:
        """Does nothing: a folder has no pipes."""

    def _finish(self) -> None:
        """Makes the files durable."""
        with explained(self.target):
            folders = {self.path, *self._folders}
            for path in self._files:
                with FileIO(path, "rb") as file:
                    sync(file)
                folders.add(path.parent)
            for folder in folders:
                sync_renames(folder)

    def _publish(self, *, keep: bool, before: Sequence[object]) -> None:  # noqa: ARG002 - it can always be undone
        with explained(self.target):
            self._refuse_content()
            self._replaced = self._final.exists()
            self._published = True  # first: an interrupt may come in between
            self.path.rename(self._final)

    def _retract(self) -> None:
        if not self._published or self.path.exists():
            return
        with suppress(OSError):
            self._final.rename(self.path)
            if self._replaced:  # which was empty
                self._final.mkdir()
                self._final.chmod(self.path.stat().st_mode)

    def _settle(self) -> None:
        """Does nothing: nothing is kept next to the folder."""

    def _changed(self) -> tuple[Path]:
        return (self._final.parent,)

    def discard(self) -> None:
        """Drops what was written. May be called again; does nothing after `commit`."""
        if self._temporary is not None:
            self._temporary.remove()
            self._temporary = None
