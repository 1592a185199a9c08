"""Locks that the system lets go of when their process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import weakref
from enum import Enum
from pathlib import Path

from biometal_stream.descriptors import leave_standard


class Held(Enum):
    """What came of the attempt to lock a path."""

    YES = "the lock is ours"
    NO = "somebody else has it, or nothing stands there any more"
    UNKNOWN = "the system gives no lock: a file system without locks, a file of somebody else's"


class Lock:
    """An exclusive lock (``flock``) on what stands at a path; it ends with this object.

    The lock belongs to an open descriptor, so two of one process exclude each other too. Belongs
    to one thread at a time.
    """

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._end: weakref.finalize[[list[int]], Lock] | None = None

    def take(self, path: Path, flags: int = os.O_RDONLY, *, wait: bool = False) -> Held:
        """Locks what stands at a path, and makes sure that it still stands there then.

        Args:
            path: A file or folder. A link is not followed.
            flags: How to open it, as of `os.open`. NFS locks only what may be written.
            wait: Whether to wait until whoever has the lock lets go of it.
        """
        self._end = weakref.finalize(self, _close_all, self._numbers)
        self._end.atexit = False
        flags |= os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            # A number comes into the list in the step of C that makes it: see `descriptors`.
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
        """Lets go of the lock. May be called again."""
        _close_all(self._numbers)
        if self._end is not None:
            self._end.detach()


def _close_all(numbers: list[int]) -> None:
    # In one step of C, too: between a number's leaving the list and its end comes no interrupt.
    for _ in map(os.close, map(list.pop, [numbers] * len(numbers))):
        pass
