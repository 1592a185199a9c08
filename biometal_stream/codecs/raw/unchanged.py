"""Detects files that change while a run reads them.

A file that is cut off at the end of a record, or that is still growing, looks complete to its
reader. So its size, identity and modification time are compared after it has been read.
"""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from biometal_stream.descriptors import descriptor_of
from biometal_stream.errors import InputError

CHANGED = "has changed since it was divided into partitions; divide it again"
"""The message for a partition whose file is not the same any more."""


class Seen(NamedTuple):
    """The state of a regular file.

    Attributes:
        size: Its size in bytes.
        identity: Its device and inode.
        modified: The time of its last modification, in ns.
    """

    size: int
    identity: tuple[int, int]
    modified: int

    @classmethod
    def of(cls, status: os.stat_result) -> Seen | None:
        """The state in a system status; ``None`` if it is not a regular file."""
        if not stat.S_ISREG(status.st_mode):
            return None
        return cls(status.st_size, (status.st_dev, status.st_ino), status.st_mtime_ns)

    @classmethod
    def at(cls, path: str | os.PathLike[str]) -> Seen | None:
        """The state of the file at a path; ``None`` if it does not exist."""
        try:
            return cls.of(os.stat(path))  # noqa: PTH116 - the path may be text
        except (OSError, ValueError):
            return None


class Watched:
    """An open regular file that is compared with an earlier state.

    Args:
        name: The file's name in messages.
        descriptor: Its descriptor.
        path: The path it was opened with, if any.
        seen: Its state when the run began; by default its state now.

    Raises:
        InputError: It has changed since then.
    """

    def __init__(
        self, name: str, descriptor: int, path: str | None = None, seen: Seen | None = None
    ) -> None:
        self._name = name
        self._descriptor = descriptor
        self._path = None if path is None or descriptor_of(path) is not None else _absolute(path)
        self._seen = seen or self._now()
        if seen is not None:
            self.confirm()

    @property
    def size(self) -> int:
        """Its size in bytes when it was seen."""
        return self._seen.size

    def _now(self) -> Seen:
        status = os.fstat(self._descriptor)
        now = Seen.of(status)
        assert now is not None
        return now

    def confirm(self) -> None:
        """Compares the file with its earlier state.

        A file that was removed meanwhile is still complete.

        Raises:
            InputError: It has changed.
        """
        seen, now = self._seen, self._now()
        there = Seen.at(self._path) if self._path is not None else None
        if now.identity != seen.identity or (there or now).identity != seen.identity:
            raise self._changed("was replaced by another file", _AGAIN)
        if now.size < seen.size:
            raise self._changed(f"was truncated{_sizes(seen, now)}", _AGAIN)
        if now.size > seen.size:
            raise self._changed(f"has grown{_sizes(seen, now)}", _COMPLETE.format(self._name))
        if now.modified != seen.modified:
            raise self._changed("was written to", _AGAIN)

    def confirm_end(self, place: int) -> None:
        """Compares the file with its earlier state, after its last byte was read.

        Args:
            place: The byte of the file up to which it was read.

        Raises:
            InputError: It has changed, or returned fewer bytes than it has.
        """
        self.confirm()
        if place < self.size:
            raise InputError(
                f"{self._name}: ended after {place:,} of its {self.size:,} bytes; {_AGAIN}"
            )

    def _changed(self, what: str, remedy: str) -> InputError:
        return InputError(f"{self._name}: {what} while the run read its input; {remedy}")


_AGAIN = "run again when it no longer changes"
_COMPLETE = (
    "wait until it is complete, or pipe it in: tail -c +1 -f {} | biometal-stream read - ..."
)


def _sizes(seen: Seen, now: Seen) -> str:
    return f" from {seen.size:,} to {now.size:,} bytes"


def _absolute(path: str) -> str | None:
    """The absolute path, since the process may change its working folder."""
    try:
        return os.path.abspath(path)  # noqa: PTH100
    except OSError:  # the working folder was removed
        return None
