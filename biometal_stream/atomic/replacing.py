"""Tells before the work whether a rename can put a file or folder in the place of a target."""

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
    """Refuses a target to which the rename at the end of the work would fail.

    Args:
        target: As the user knows it.
        final: As it is when links are followed; there may be nothing yet.

    Raises:
        SinkError: Its folder does not let files be renamed; or something stands there that is
            mounted by itself, is of another user in a sticky folder such as ``/tmp``, or cannot
            be changed by its attributes.
    """
    if _flags(final.parent) & _APPEND_ONLY:
        raise SinkError(
            f"{target}: its folder only lets files be added (chattr +a), and a finished file is"
            " renamed; name a file in another folder"
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
        raise SinkError(f"{target}: may not be replaced (chattr +i or +a); name another {kind}")
    folder = final.parent.stat()
    owners = {0, status.st_uid, folder.st_uid}
    if folder.st_mode & stat.S_ISVTX and os.geteuid() not in owners:
        raise SinkError(
            f"{target}: belongs to another user, and only that user can replace it there"
            f" (it is sticky, as /tmp is); name another {kind}"
        )


def _flags(path: Path) -> int:
    """The attributes of a file or folder, as ``lsattr`` shows them; 0 where there are none."""
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
