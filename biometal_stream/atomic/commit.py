"""Commits several files as a set, so that two runs never leave one file of each."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from biometal_stream.atomic.hidden import lock_name, sweep_previous
from biometal_stream.atomic.locks import Held, Lock


@contextmanager
def committing(finals: Iterable[Path]) -> Iterator[None]:
    """Waits until no other run commits files of the same names, and makes other runs wait.

    The lock is an empty hidden file next to each target, removed afterwards. If a run is killed,
    the system releases the lock, and the next run takes over the file. On a file system without
    locks nothing is locked: two runs that end at the same time may then leave one file of each.
    Also removes what a killed commit had set aside.

    Args:
        finals: The targets, with links followed. A single target needs no lock.
    """
    locks: list[_CommitLock] = []
    several = sorted(set(finals), key=_place)  # the same order in all runs, to avoid a deadlock
    try:
        for final in several if len(several) > 1 else ():
            locks.append(_CommitLock(lock_name(final)))
            if locks[-1].take():
                sweep_previous(final)
        yield
    finally:
        for lock in locks:
            lock.release()


@contextmanager
def committing_set(stands_for: Path) -> Iterator[None]:
    """Waits until no other run commits the same set of files, and makes other runs wait.

    There is one lock for all of them, since there may be more files than a process can open.

    Args:
        stands_for: A path shared by all runs that write the set; nothing exists there.
    """
    lock = _CommitLock(lock_name(stands_for))
    try:
        lock.take()
        yield
    finally:
        lock.release()


class _CommitLock:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._end = weakref.finalize(self, _let_go, self._lock, path)

    def take(self) -> bool:
        """Waits for the lock; returns whether it was taken: a file system may not support locks."""
        while True:
            held = self._lock.take(self._path, os.O_RDWR | os.O_CREAT, wait=True)
            if held is not Held.NO:
                return held is Held.YES
            if not os.access(self._path.parent, os.W_OK | os.X_OK):
                return False

    def release(self) -> None:
        _let_go(self._lock, self._path)
        self._end.detach()  # only now: an interrupt may come in between


def _let_go(lock: Lock, path: Path) -> None:
    """Removes the file, unless another run waits for it and will remove it."""
    lock.release()
    if lock.take(path, os.O_RDWR) is not Held.NO:
        with suppress(OSError):
            path.unlink()
    lock.release()


def _place(final: Path) -> tuple[int, int, str]:
    try:
        status = final.parent.stat()
    except OSError:
        return 0, 0, final.name.casefold()
    return status.st_dev, status.st_ino, final.name.casefold()
