"""Which machine wrote a file, and whether another machine can share its file system."""

from __future__ import annotations

import functools
import os
import re
import zlib
from pathlib import Path
from typing import NamedTuple

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")
_LOCAL = {"apfs", "bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "overlay"} | {
    "ramfs",
    "reiserfs",
    "tmpfs",
    "xfs",
    "zfs",
}
"""Types of file systems that only one machine can mount."""


class Mount(NamedTuple):
    """A file system in the tree of folders.

    Attributes:
        point: The folder or file where it is mounted.
        kind: The file system's type, such as ``ext4``.
    """

    point: Path
    kind: str


@functools.cache
def boot_tag() -> str:
    """Eight hexadecimal digits for this machine since its last boot.

    Containers on one machine share them, since they share the kernel, which holds the locks.
    """
    try:
        identity = _BOOT.read_text("ascii").strip()
    except OSError:  # not Linux
        identity = os.uname().nodename
    return f"{zlib.crc32(identity.encode()):08x}"


def mounts() -> list[Mount]:
    """The mounts that this process sees; empty if the system does not list them."""
    try:
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        before, _, after = line.partition(" - ")
        point = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), before.split(" ")[4])
        found.append(Mount(Path(point), after.split(" ")[0]))
    return found


def is_mount_point(path: Path) -> bool:
    """Whether a file system is mounted at a path, which may be a file's."""
    return os.path.ismount(path) or any(mount.point == path for mount in mounts())


def is_local(folder: Path) -> bool:
    """Whether no other machine can have files open in a folder, as far as is known."""
    # Of two mounts at one place only the later one is visible, so it comes first here.
    inside = [mount for mount in reversed(mounts()) if folder.is_relative_to(mount.point)]
    return bool(inside) and max(inside, key=lambda mount: len(mount.point.parts)).kind in _LOCAL
