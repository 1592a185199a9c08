"""Locks that the system releases when their process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import weakref
from enum import Enum
from pathlib import Path

from biometal_stream.descriptors import leave_standard


class Held(Enum):
    """The result of an attempt to lock a path."""

    YES = "the lock is ours"
    NO = "another process has it, or the path does not exist any more"
    UNKNOWN = "locking failed: the file system has no locks, or the file belongs to another user"


class Lock:
    """An exclusive lock (``flock``) on a path; it ends with this object.

    The lock belongs to an open descriptor, so two locks of one process exclude each other too. For
    use by one thread at a time.
    """

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._end: weakref.finalize[[list[int]], Lock] | None = None

    def take(self, path: Path, flags: int = os.O_RDONLY, *, wait: bool = False) -> Held:
        """Locks a path, and checks that the locked file is still there.

        Args:
            path: A file or folder. A link is not followed.
            flags: The flags to open it with, as for `os.open`. NFS locks only writable files.
            wait: Whether to wait until the present holder releases the lock.
        """
        self._end = weakref.finalize(self, _close_all, self._numbers)
        self._end.atexit = False
        flags |= os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            # The number is added to the list in the same C call that opens it: see `descriptors`.
            self._numbers.extend(map(os.open, (path,), (flags,), (0o666,)))
            leave_standard(self._numbers)
            fcntl.flock(self._numbers[-1], fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            held = Held.YES if self._is_at(path) else Held.NO
        except (BlockingIOError, FileNotFoundError):
            held = Held.NO
        except OSError:
            held = Held.UNKNOWN
        if held is not Held.YES:
            self.release()
        return held

    def _is_at(self, path: Path) -> bool:
        return os.path.samestat(os.fstat(self._numbers[-1]), path.lstat())

    def release(self) -> None:
        """Releases the lock. May be called again."""
        _close_all(self._numbers)
        if self._end is not None:
            self._end.detach()


def _close_all(numbers: list[int]) -> None:
    # Also in one C call: no interrupt can come between removing a number and closing it.
    for _ in map(os.close, map(list.pop, [numbers] * len(numbers))):
        pass
