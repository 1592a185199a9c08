"""Machine code kept on disk: only where no other user can write, and verified before use."""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import sys
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from inspect import getfile
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps
from numba.misc.appdirs import AppDirs

_DIGEST = hashlib.sha256().digest_size
_LARGEST = 64 << 20
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True)
class Folder:
    """A folder for machine code.

    Attributes:
        path: The folder.
        beside: Whether it is the ``__pycache__`` beside the module. Python runs what it finds
            there, so whoever can write to it needs no cache of ours, and it is believed whoever
            owns it. Any other must be the user's own, and so must each file in it.
    """

    path: Path
    beside: bool = False

    def read(self, name: str) -> bytes | None:
        """The content of a file; ``None`` without one that can be trusted."""
        try:
            file = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                status = os.fstat(file)
                own = self.beside or _is_own(status)
                if not (own and stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST):
                    return None
                data = os.read(file, status.st_size)
            finally:
                os.close(file)
        except OSError:
            return None
        content = data[_DIGEST:]
        return content if hashlib.sha256(content).digest() == data[:_DIGEST] else None

    def write(self, name: str, content: bytes) -> None:
        """Writes a file, whole or not at all.

        Raises:
            OSError: It cannot be written.
        """
        hidden = self.path / f"{name}.{uuid.uuid4().hex[:16]}"
        mode = 0o666 if self.beside else 0o600
        file = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(file, "wb") as opened:
                opened.write(hashlib.sha256(content).digest() + content)
            hidden.replace(self.path / name)
        except BaseException:
            with suppress(OSError):
                hidden.unlink()
            raise

    @property
    def is_ready(self) -> bool:
        """Whether code can be kept here; makes the folder if need be."""
        try:
            self.path.mkdir(mode=0o777 if self.beside else 0o700, parents=True, exist_ok=True)
            if not self.beside:
                status = self.path.lstat()
                if status.st_uid == os.geteuid() and status.st_mode & _OTHERS:
                    self.path.chmod(0o700)  # as a umask of 002 made it
                if not _is_own(self.path.lstat()):
                    return False
        except OSError:
            return False
        return self.path.is_dir() and os.access(self.path, os.W_OK | os.X_OK)


def _is_own(status: os.stat_result) -> bool:
    """Whether a file or folder is this user's, and no one else's to write."""
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS


def folders_for(source: Path) -> list[Folder]:
    """Where the code of a module may be kept, the best place first.

    In ``NUMBA_CACHE_DIR`` if set, beside the module, below the user's cache folder. There is none
    of the latter where the user has no home: no folder is made in whatever folder is the current.
    """
    digest = hashlib.sha256(str(source.parent).encode("utf-8", "surrogateescape")).hexdigest()
    own = f"{source.parent.name}_{digest[:40]}"
    folders = [Folder(source.parent / "__pycache__", beside=True)]
    named: str = vars(numba.config)["CACHE_DIR"]
    if named:
        folders.insert(0, Folder(Path(named).absolute() / own))
    users = Path(AppDirs(appname="numba", appauthor=False).user_cache_dir)  # type: ignore[no-untyped-call]
    if users.is_absolute():
        folders.append(Folder(users / own))
    return folders


class KernelCache(_Cache):
    """The machine code of one kernel, for each signature and processor that it was compiled for.

    Code is looked for in all `folders_for` the module and kept in the first of them that can be
    written. Whatever is wrong with a file, it counts as none: the kernel is compiled and the file
    made again. What cannot be written is not kept.

    Args:
        function: The kernel's Python function.
        stamp: Returns what the code depends on beside its own file.
    """

    lost = False
    """Whether this process compiled a kernel whose code could not be kept."""

    def __init__(self, function: Callable[..., Any], stamp: Callable[[], str]) -> None:
        self._function = function
        self._source = Path(getfile(function)).absolute()
        self._stamp = stamp
        self._readable = folders_for(self._source)
        self._enabled = True

    @property
    def cache_path(self) -> str | None:
        """Where code is kept; ``None`` if nowhere."""
        folder = self._writable
        return None if folder is None else str(folder.path)

    @property
    def _writable(self) -> Folder | None:
        return next((folder for folder in self._readable if folder.is_ready), None)

    def load_overload(self, signature: Any, context: Any) -> Any:
        """Loads the code for a signature; ``None`` if it is not kept."""
        # Numba's own fills the compiler's tables before: 0.15 s at each start, more than all our
        # kernels take together. Where there is nothing to load the compiler fills them itself.
        rtsys.initialize(context)  # compiled code calls into numba's run-time library
        if not self._enabled:
            return None
        key = self._key(signature, context.codegen())
        for folder in self._readable:
            content = folder.read(self._name(key))
            if content is None:
                continue
            with suppress(Exception):  # of another version, or nobody knows what
                found, reduced = pickle.loads(content)  # noqa: S301 - see `Folder.read`
                if found == key:
                    return CompileResult._rebuild(context, *reduced)  # type: ignore[no-untyped-call]
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keeps the code for a signature, where that can be done."""
        if not self._enabled:
            return
        key = self._key(signature, compiled.codegen)
        folder = self._writable
        try:
            if folder is None:
                raise FileNotFoundError("no folder can be written")
            folder.write(self._name(key), _pickled((key, compiled._reduce())))
        except OSError:  # such as a full disk
            KernelCache.lost = True

    def _key(self, signature: Any, codegen: Any) -> tuple[str, ...]:
        code = self._function.__code__.co_code
        cells = [cell.cell_contents for cell in self._function.__closure__ or ()]
        return (
            str(signature),
            repr(codegen.magic_tuple()),
            hashlib.sha256(code + (_pickled(cells) if cells else b"")).hexdigest(),
            file_digest(self._source),
            self._stamp(),
            f"numba {numba.__version__}, llvmlite {llvmlite.__version__}",
        )

    def _name(self, key: tuple[str, ...]) -> str:
        """One file for a kernel, a signature and a processor; made again when the code changes."""
        kernel = self._function.__qualname__.replace("<", "").replace(">", "")
        line = self._function.__code__.co_firstlineno
        digest = hashlib.sha256(repr(key[:2]).encode()).hexdigest()[:16]
        python = sys.implementation.cache_tag
        return f"{self._source.stem}.{kernel}-{line}.{python}.{digest}.kernel"

    def enable(self) -> None:
        """Uses the disk again."""
        self._enabled = True

    def disable(self) -> None:
        """Leaves the disk alone."""
        self._enabled = False

    def flush(self) -> None:
        """Forgets nothing: files that do not fit are made again."""


def _pickled(thing: object) -> bytes:
    return bytes(dumps(thing))  # type: ignore[no-untyped-call]


@cache
def file_digest(file: Path) -> str:
    """The SHA-256 of a file, which is read once."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
