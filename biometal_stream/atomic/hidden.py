"""Hidden names next to a target, and the removal of what killed runs left under them.

A run writes under a name such as ``.reads.parquet.0123456789abcdef.partial`` until the end, and
holds a lock on it (`biometal_stream.atomic.locks`). A killed run loses the lock but leaves the
file. The next run on the same target sees that the file is not locked, and removes it. The first
eight digits identify the machine (`biometal_stream.atomic.hosts`): on a network file system a
machine may not see another's locks, so it does not touch what another machine left.
"""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TypeVar

from biometal_stream.atomic.hosts import boot_tag, is_local
from biometal_stream.atomic.locks import Held, Lock

T = TypeVar("T")

_REMOVALS = 10
"""Attempts to remove a folder: a worker that is being stopped may still write a file into it."""
_LONGEST_NAME = 200  # and 35 bytes around it; file systems allow 255


class Temporary:
    """A hidden, locked name in the folder of a target, which is always removed.

    `remove` removes what was created under it, or else the garbage collector does, if an interrupt
    came first. After a rename there is nothing left to remove.

    Args:
        final: The target.
        owner: The object with whose end it is removed.
    """

    def __init__(self, final: Path, owner: object) -> None:
        self.path = beside(final, "partial")
        self._lock = Lock()
        self._end = weakref.finalize(owner, _remove, self.path, os.getpid())

    def make(self, create: Callable[[Path], T], flags: int) -> T:
        """Creates a file or folder there, and locks it.

        Args:
            create: Creates it.
            flags: The flags to open it with for the lock.

        Returns:
            The value that ``create`` returns.
            What ``create`` returns.
        """
        while True:
            made = create(self.path)
            if self._lock.take(self.path, flags) is not Held.NO:
                return made
            # Another run removed it in the moment before it was locked.
            if isinstance(made, FileIO):
                made.close()
            _remove(self.path, os.getpid())

    def remove(self) -> None:
        """Removes the file or folder, and releases the lock. May be called again."""
        if self._end.alive:
            _remove(self.path, os.getpid())
            self._end.detach()  # only now: an interrupt may come in between
        self._lock.release()


def beside(final: Path, ending: str) -> Path:
    """A new hidden name in the same folder, short enough for any file system."""
    return final.with_name(f".{_stem(final)}.{boot_tag()}{os.urandom(4).hex()}.{ending}")


def lock_name(final: Path) -> Path:
    """The hidden name that all runs on a target lock while they commit several files."""
    return final.with_name(f".{_stem(final)}.lock")


def sweep(final: Path) -> None:
    """Removes what killed runs have left next to a target.

    Only what this machine made, or what is on a file system that is not shared, and only what is
    not locked.
    """
    _sweep(final, "partial")
    lock, path = Lock(), lock_name(final)
    if lock.take(path, os.O_RDWR) is Held.YES:  # left by a run that was killed during its commit
        sweep_previous(final)
        _remove(path, os.getpid())
    lock.release()


def sweep_previous(final: Path) -> None:
    """Removes what killed commits had set aside; the caller must hold the lock on `lock_name`."""
    _sweep(final, "previous")


def _sweep(final: Path, ending: str) -> None:
    pattern = re.compile(rf"\.{re.escape(_stem(final))}\.([0-9a-f]{{8}})[0-9a-f]{{8}}\.{ending}")
    with suppress(OSError):
        with os.scandir(final.parent) as entries:
            found = {each.name: match[1] for each in entries if (match := _match(pattern, each))}
        for name, tag in found.items():
            if tag == boot_tag() or is_local(final.parent):
                _remove_unless_held(final.with_name(name))


def _match(pattern: re.Pattern[str], entry: os.DirEntry[str]) -> re.Match[str] | None:
    return pattern.fullmatch(entry.name) if entry.name.startswith(".") else None


def _remove_unless_held(path: Path) -> None:
    lock = Lock()
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR
    if lock.take(path, flags) is Held.YES:
        _remove(path, os.getpid())
    lock.release()


def _stem(final: Path) -> str:
    """The name, or a replacement if it is too long."""
    encoded = os.fsencode(final.name)
    if len(encoded) <= _LONGEST_NAME:
        return final.name
    import hashlib  # loads OpenSSL

    return f"long-name-{hashlib.sha256(encoded).hexdigest()[:16]}"


def _remove(path: Path, process: int) -> None:
    if os.getpid() != process:  # a child process must not remove its parent's
        return
    with suppress(OSError):
        path.unlink(missing_ok=True)
        return
    for _ in range(_REMOVALS):
        from shutil import rmtree

        rmtree(path, ignore_errors=True)
        if not path.exists():
            return
