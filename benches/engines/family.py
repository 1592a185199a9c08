"""The processes of a run and their resources, on Linux, from ``/proc``.

Engines start processes of their own, and some let go of them. They are found by a variable of
their environment, which they inherit, and by their parents.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

MARK = "BENCH_FAMILY"
"""The variable whose value all processes of a run share."""

_PROCESSES = Path("/proc")
_INTERVAL = 0.01  # seconds between two looks at the memory
_OFTEN = 0.2  # seconds between two looks at what processes take
_LOOKS = (
    100  # after which a process is a stranger: a new one has its starter's environment at first
)
_TICKS = os.sysconf("SC_CLK_TCK")


def can_look() -> bool:
    """Whether this system reports on processes as Linux does."""
    return (_PROCESSES / "self" / "smaps_rollup").exists()


class Family:
    """The processes of a run. For one thread at a time.

    Args:
        mark: The value of `MARK` in their environment.
    """

    def __init__(self, mark: str) -> None:
        self._mark = f"{MARK}={mark}".encode()
        self._own: set[int] = set()
        self._others: Counter[int] = Counter()
        self._ticks: dict[int, int] = {}
        self._read: dict[int, int] = {}

    def members(self) -> list[int]:
        """The ids of its current processes."""
        there = sorted(int(each.name) for each in _PROCESSES.iterdir() if each.name.isdecimal())
        self._own.intersection_update(there)
        for pid in there:
            if pid in self._own or self._others[pid] == _LOOKS:
                continue
            if self._belongs(pid):
                self._own.add(pid)
            else:
                self._others[pid] += 1
        return sorted(self._own)

    def _belongs(self, pid: int) -> bool:
        # A process that gives itself a title overwrites its environment: check its parent.
        with suppress(OSError):
            if self._mark in (_PROCESSES / str(pid) / "environ").read_bytes().split(b"\0"):
                return True
        stat = _stat(pid)
        return bool(stat) and int(stat[1]) in self._own

    def look(self) -> None:
        """Notes what its processes have taken so far, for when they have ended."""
        for pid in self.members() if can_look() else []:
            stat = _stat(pid)
            if stat:
                self._ticks[pid] = int(stat[11]) + int(stat[12])
            with suppress(OSError, IndexError):
                text = (_PROCESSES / str(pid) / "io").read_text()
                self._read[pid] = int(text.split("rchar:", 1)[1].split("\n", 1)[0])

    def cpu(self) -> float:
        """Seconds of processor time so far, of processes that have ended too."""
        if not can_look():
            return sum(os.times()[:4])
        self.look()
        # Of this process in microseconds, of others in hundredths of a second.
        others = sum(ticks for pid, ticks in self._ticks.items() if pid != os.getpid())
        return time.process_time() + others / _TICKS

    def bytes_read(self) -> int | None:
        """Bytes so far that were read from files and pipes; those of mapped files are not."""
        if not can_look():
            return None
        self.look()
        return sum(self._read.values())

    def memory(self) -> int:
        """Bytes of memory now, without pages of files; what is shared counts once."""
        found = 0
        for pid in self.members():
            with suppress(OSError):
                text = (_PROCESSES / str(pid) / "smaps_rollup").read_bytes()
                for line in text.splitlines():
                    if line.startswith((b"Pss_Anon:", b"Pss_Shmem:")):
                        found += 1024 * int(line.split()[1])
        return found

    def end(self) -> None:
        """Kills the processes that are left."""
        for pid in self.members() if can_look() else []:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


class Watch:
    """Looks at a family's memory for as long as the context lasts.

    Args:
        mark: As of the family.
    """

    def __init__(self, mark: str) -> None:
        self._family = Family(mark)
        self._seen: list[tuple[float, int]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._ended.wait(_INTERVAL):
            self._seen.append((time.monotonic(), self._family.memory()))

    def peak(self, begin: float, end: float) -> int | None:
        """The most bytes that were seen from one moment of `time.monotonic` to another.

        ``None`` if the system does not report it.
        """
        return max((held for moment, held in self._seen if begin <= moment <= end), default=None)

    def __enter__(self) -> Self:
        if can_look():
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()


@contextmanager
def looking(family: Family) -> Iterator[None]:
    """Has a thread look at a family, so that processes that end are not forgotten.

    Where it is one process there is no thread, which would take some of its time.
    """
    if not can_look() or len(family.members()) == 1:
        yield
        return
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_OFTEN):
            family.look()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _stat(pid: int) -> list[bytes]:
    """The fields of ``stat`` from the state on; none where the process has ended."""
    with suppress(OSError):
        return (_PROCESSES / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    return []
