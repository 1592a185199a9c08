"""Files whose names are known only while they are written, and that are published together."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from biometal_stream.atomic.collisions import folded, folds
from biometal_stream.atomic.commit import committing_set
from biometal_stream.atomic.hidden import Temporary, sweep
from biometal_stream.atomic.replacing import refuse_unreplaceable
from biometal_stream.atomic.whole import WholeOrNothing
from biometal_stream.atomic.writing import explained, sync, sync_renames, written_parts
from biometal_stream.descriptors import open_descriptor
from biometal_stream.errors import DataError, SinkError

_PERMISSIONS = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO


@dataclass
class _File:
    """One file of a tree.

    Attributes:
        shown: Its path, in messages.
        final: Its final path, with links followed.
        written: Where its bytes are until then.
        previous: Where the file that it replaces is kept until all files are published.
        published: Whether it may already be published.
        revocable: Whether that can be undone.
    """

    shown: str
    final: Path
    written: Path
    previous: Path
    published: bool = False
    revocable: bool = False


class AtomicTree(WholeOrNothing):
    """Any number of files below a folder, which all appear at the end, or none of them.

    The bytes are written into a hidden folder next to the files. At the end every file is durable
    before the first is published. Existing files are replaced; if a rename fails, the earlier ones
    are undone. Folders between the base and a file are created. Each write opens its file and
    closes it again, so any number of files can be written in turn. Two runs with the same pattern
    rename one after the other. A killed process leaves at most a hidden folder whose name ends in
    ``.partial``, which the next run with the same pattern removes. For use by one thread at a
    time.

    Args:
        base: The folder; it must exist.
        pattern: The pattern of the file names, for messages and for the hidden folder.

    Attributes:
        bytes_written: Bytes written so far.

    Raises:
        SinkError: The folder is missing or cannot be written.
    """

    def __init__(self, base: str | os.PathLike[str], pattern: str) -> None:
        self.bytes_written = 0
        self._base = os.fspath(base)
        self._files: dict[str, _File] = {}
        self._paths: tuple[str, ...] = ()
        self._finals: dict[Path, str] = {}
        self._alike: dict[str, str] = {}  # names by the form that a file system might compare
        self._made: list[Path] = []  # folders, in the order of their creation
        self._done = False
        # Represents all files: names the hidden folder, and the lock during the commit.
        self._set = Path(os.path.realpath(self._base)) / pattern.replace("/", "_")
        self._temporary: Temporary | None = None
        try:
            with explained(self._shown(pattern)):
                sweep(self._set)
                self._temporary = Temporary(self._set, self)
                self._temporary.make(Path.mkdir, os.O_RDONLY)
                self._device = self._temporary.path.stat().st_dev
        except BaseException:  # an interrupt leaves no folder either
            self.discard()
            raise

    @property
    def paths(self) -> tuple[str, ...]:
        """The files so far, as messages show them, in the order of their first bytes.

        The tuple is the same one until the next file is started.
        """
        if len(self._paths) < len(self._files):
            self._paths = tuple(file.shown for file in self._files.values())
        return self._paths

    def append(self, name: str, *parts: bytes | memoryview) -> None:
        """Appends bytes to a file, which is started if it is new.

        Args:
            name: The file's path below the base, with ``/`` between its parts.
            *parts: Bytes, or objects with a buffer, in order.

        Raises:
            DataError: The file system treats the name and that of another file as the same.
            SinkError: The disk is full, or another system error; or no file can be written there.
        """
        file = self._files.get(name)
        flags = os.O_APPEND
        if file is None:
            file = self._begin(name)
            flags = os.O_CREAT | os.O_EXCL
        with explained(file.shown), open_descriptor(file.written, os.O_WRONLY | flags) as opened:
            if flags & os.O_CREAT:
                self._keep_permissions(file, opened)
            for written in written_parts(opened, *parts):
                self.bytes_written += written

    def _shown(self, name: str) -> str:
        """A path below the base, as messages show it."""
        return name if self._base == "." else f"{self._base.rstrip('/')}/{name}"

    def _begin(self, name: str) -> _File:
        """Checks a target before its first byte is written."""
        assert self._temporary is not None
        shown = self._shown(name)
        with explained(shown):
            final = Path(os.path.realpath(shown))
            self._refuse_one_file(name, shown, final)
            self._refuse_target(shown, final)
        place = self._temporary.path / str(len(self._files))
        file = _File(shown, final, place, place.with_suffix(".previous"))
        self._files[name] = file
        self._finals[final] = name
        return file

    def _refuse_one_file(self, name: str, shown: str, final: Path) -> None:
        other = self._finals.get(final)
        alike = self._alike.setdefault(folded(name), name)
        if other is None and alike != name and folds(self._set.parent, alike, name):
            other = alike
        if other is not None:
            raise DataError(
                f"{shown}: the file system treats this name and '{other}' as the same file;"
                " rename one of the values"
            )

    def _refuse_target(self, shown: str, final: Path) -> None:
        if final.is_dir():
            raise SinkError(f"{shown}: is a folder; a file is to be written there")
        if final.exists():
            if not final.is_file():
                raise SinkError(f"{shown}: is not a file; remove it, or write elsewhere")
            if not os.access(final, os.W_OK):
                raise SinkError(f"{shown}: is write-protected; remove it, or write elsewhere")
        folder = next(parent for parent in final.parents if parent.exists())
        if not folder.is_dir():
            raise SinkError(f"{shown}: {folder} is not a folder")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise SinkError(f"{shown}: cannot be written: the folder {folder} is write-protected")
        if folder.stat().st_dev != self._device:
            raise SinkError(
                f"{shown}: is on a different file system than {self._base}; the files of a pattern"
                " are renamed together, which requires one file system"
            )
        if folder == final.parent:
            refuse_unreplaceable(shown, final)

    def _keep_permissions(self, file: _File, opened: FileIO) -> None:
        with suppress(FileNotFoundError):
            os.fchmod(opened.fileno(), file.final.stat().st_mode & _PERMISSIONS)

    def commit(self) -> None:
        """Makes the files durable and gives them their names.

        Raises:
            SinkError: The system refuses; the targets are unchanged.
        """
        if self._temporary is None:
            return
        self._finish()
        with committing_set(self._set):
            try:
                self._publish(keep=True, before=())
            except BaseException:
                if not self._done:  # otherwise it was an interrupt after the commit
                    self._retract()
                raise
        self.discard()
        for folder in self._changed():
            sync_renames(folder)

    def _members(self) -> tuple[AtomicTree]:
        return (self,)

    def _locked(self) -> tuple[Path, ...]:
        return (self._set,)

    def _end(self) -> None:
        """Does nothing: the files are not pipes."""

    def _finish(self) -> None:
        """Makes the files durable."""
        for file in self._files.values():
            with explained(file.shown), FileIO(file.written, "rb") as opened:
                sync(opened)

    def _publish(self, *, keep: bool, before: Sequence[object]) -> None:  # noqa: ARG002 - it can always be undone
        for file in self._files.values():
            self._publish_file(file)
        self._done = True

    def _publish_file(self, file: _File) -> None:
        with explained(file.shown):
            for folder in reversed(file.final.parents):
                if not folder.exists():
                    self._made.append(folder)  # first: an interrupt may come in between
                    folder.mkdir(exist_ok=True)
            if file.final.is_dir():
                raise SinkError(f"{file.shown}: is a folder; a file is to be written there")
            file.revocable = True
            if file.final.exists():
                try:
                    os.link(file.final, file.previous)
                except OSError:  # a file system without hard links
                    file.revocable = False
            file.published = True
            file.written.replace(file.final)

    def _retract(self) -> None:
        """Undoes `_publish`, as far as the system allows."""
        for file in reversed(self._files.values()):
            if not file.published or file.written.exists():
                continue
            with suppress(OSError):
                if file.previous.exists():
                    file.previous.replace(file.final)
                elif file.revocable:
                    file.final.unlink()
        for folder in reversed(self._made):
            with suppress(OSError):  # another process has put a file there
                folder.rmdir()

    def _settle(self) -> None:
        """Does nothing: what it needs is in the hidden folder, which is removed at the end."""

    def _changed(self) -> set[Path]:
        folders = {file.final.parent for file in self._files.values()}
        return folders.union(made.parent for made in self._made)

    def discard(self) -> None:
        """Drops what was written. May be called again; does nothing after `commit`."""
        if self._temporary is not None:
            self._temporary.remove()
            self._temporary = None
