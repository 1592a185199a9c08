"""Checks before the work whether the rename at its end can replace the target."""

from __future__ import annotations

import fcntl
import os
import stat
import struct
import sys
from pathlib import Path

from biometal_stream.atomic.hosts import is_mount_point
from biometal_stream.errors import SinkError

_GET_FLAGS = 0x80086601  # FS_IOC_GETFLAGS of linux/fs.h
_IMMUTABLE = 0x10
_APPEND_ONLY = 0x20


def refuse_unreplaceable(target: str, final: Path) -> None:
    """Refuses a target if the rename at the end of the work would fail.

    Args:
        target: The target as the user wrote it.
        final: The target with links followed; it need not exist.

    Raises:
        SinkError: Its folder does not allow renames; or the target exists and is a mount point,
            belongs to another user in a sticky folder such as ``/tmp``, or has attributes that
            prevent changes.
    """
    if _flags(final.parent) & _APPEND_ONLY:
        raise SinkError(
            f"{target}: its folder only allows files to be added (chattr +a), but a finished file"
            " is renamed; name a file in another folder"
        )
    try:
        status = final.lstat()
    except OSError:
        return
    kind = "folder" if stat.S_ISDIR(status.st_mode) else "file"
    if is_mount_point(final):
        inside = "name a folder in it" if kind == "folder" else "mount its folder instead"
        raise SinkError(
            f"{target}: is a mount point, which cannot be replaced; {inside}, or name another"
            f" {kind}"
        )
    if _flags(final) & (_IMMUTABLE | _APPEND_ONLY):
        raise SinkError(f"{target}: cannot be replaced (chattr +i or +a); name another {kind}")
    folder = final.parent.stat()
    owners = {0, status.st_uid, folder.st_uid}
    if folder.st_mode & stat.S_ISVTX and os.geteuid() not in owners:
        raise SinkError(
            f"{target}: belongs to another user, and only that user can replace it there"
            f" (the folder is sticky, as /tmp is); name another {kind}"
        )


def _flags(path: Path) -> int:
    """The attributes of a file or folder, as ``lsattr`` shows them; 0 if there are none."""
    if sys.platform != "linux":
        return 0
    held: list[int] = []
    try:
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
        held.extend(map(os.open, (path,), (flags,)))
        found: int = struct.unpack("i", fcntl.ioctl(held[0], _GET_FLAGS, bytes(4)))[0]
    except OSError:
        return 0
    else:
        return found
    finally:
        if held:
            os.close(held[0])
