"""The cores and memory that this process may use, within its control groups."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_ROOT = Path("/")


def usable_cores(root: Path = _ROOT) -> int:
    """The cores that this process may use, by its affinity and its quota.

    A quota is rounded up, since only two threads can use all of one and a half cores. Cpusets
    are part of the affinity.

    Args:
        root: The root of the file system.
    """
    quota = quota_cores(root)
    cores = allowed_cores()
    return cores if quota is None else max(1, min(cores, -int(-quota // 1)))


def allowed_cores() -> int:
    """The cores in this process's affinity, if the system provides it; otherwise all."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def quota_cores(root: Path = _ROOT) -> float | None:
    """The cores whose time this process's control groups may use; ``None`` without a limit.

    Args:
        root: The root of the file system.
    """
    quotas: list[float] = []
    for folder in _folders(root):
        quota, period = _numbers(folder, "cpu.max") or (0, 0)
        if not quota:
            quota = (_numbers(folder, "cpu.cfs_quota_us") or (0,))[0]
            period = (_numbers(folder, "cpu.cfs_period_us") or (0,))[0]
        if quota > 0 and period > 0:
            quotas.append(quota / period)
    return min(quotas, default=None)


def usable_memory(root: Path = _ROOT) -> int | None:
    """The bytes that this process may use: the machine's, or its control groups', if fewer.

    ``memory.high`` counts as a limit, since above it the system slows a process down to take memory
    back. ``None`` if the system provides neither.

    Args:
        root: The root of the file system.
    """
    limits: list[int] = []
    for folder in _folders(root):
        for file in ("memory.max", "memory.high", "memory.limit_in_bytes"):
            limits += _numbers(folder, file) or ()
    with suppress(ValueError, OSError, AttributeError):
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min((limit for limit in limits if limit > 0), default=None)


def _folders(root: Path) -> Iterator[Path]:
    """The folders of this process's control groups, of both versions, and of their parents.

    In a container the groups may have the names that the host sees, and exist only at the mount.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except (OSError, ValueError):
        return
    mounts = root / "sys/fs/cgroup"
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        names = {controllers, *controllers.split(",")} if controllers else {"", "unified"}
        for name in sorted(names):
            mount = mounts / name
            folder = mount / group.lstrip("/")
            while True:
                yield folder
                if folder in (mount, folder.parent):
                    break
                folder = folder.parent


def _numbers(folder: Path, file: str) -> tuple[int, ...] | None:
    """The numbers in a file; ``None`` if it does not exist or says ``max``."""
    try:
        return tuple(int(word) for word in (folder / file).read_text().split())
    except (OSError, ValueError):
        return None
