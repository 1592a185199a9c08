"""Whether a file is still what it was when the run began.

A file that is cut, or goes on growing, at the end of a record looks whole to whoever reads it. So
its size, its identity and the time of its last modification are compared when all of it is read.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from biometal_stream.descriptors import descriptor_of
from biometal_stream.errors import InputError

CHANGED = "has changed since it was divided into parts; divide it again"
"""What an error says of a file of which a part is not what it was."""


@dataclass(frozen=True)
class Seen:
    """What the system said of a regular file.

    Attributes:
        size: Its bytes.
        identity: Its device and its number there.
        modified: When it was last modified, in ns.
    """

    size: int
    identity: tuple[int, int]
    modified: int

    @classmethod
    def of(cls, status: os.stat_result) -> Seen | None:
        """What a status says; ``None`` if it is not a regular file."""
        if not stat.S_ISREG(status.st_mode):
            return None
        return cls(status.st_size, (status.st_dev, status.st_ino), status.st_mtime_ns)

    @classmethod
    def at(cls, path: str | os.PathLike[str]) -> Seen | None:
        """What is at a path; ``None`` also where there is nothing."""
        try:
            return cls.of(os.stat(path))  # noqa: PTH116 - the path may be text
        except (OSError, ValueError):
            return None


class Watched:
    """A regular file that is open, to be compared with what it was.

    Args:
        name: How messages call it.
        descriptor: Its descriptor.
        path: The path it was opened with, if any.
        seen: What it was when the run began; by default what it is now.

    Raises:
        InputError: It is no longer what was seen.
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
        """Its bytes when it was seen."""
        return self._seen.size

    def _now(self) -> Seen:
        status = os.fstat(self._descriptor)
        now = Seen.of(status)
        assert now is not None
        return now

    def confirm(self) -> None:
        """Compares the file with what it was.

        One that was removed in the meantime is whole all the same.

        Raises:
            InputError: It is not the same.
        """
        seen, now = self._seen, self._now()
        there = Seen.at(self._path) if self._path is not None else None
        if now.identity != seen.identity or (there or now).identity != seen.identity:
            raise self._changed("was replaced by another file", _AGAIN)
        if now.size < seen.size:
            raise self._changed(f"was cut{_sizes(seen, now)}", _AGAIN)
        if now.size > seen.size:
            raise self._changed(f"has grown{_sizes(seen, now)}", _COMPLETE.format(self._name))
        if now.modified != seen.modified:
            raise self._changed("was written to", _AGAIN)

    def confirm_end(self, place: int) -> None:
        """Compares the file with what it was, when it has no more bytes.

        Args:
            place: The byte of the file up to which it was read.

        Raises:
            InputError: It is not the same, or gave fewer bytes than it has.
        """
        self.confirm()
        if place < self.size:
            raise InputError(
                f"{self._name}: ended after {place:,} of its {self.size:,} bytes; {_AGAIN}"
            )

    def _changed(self, what: str, remedy: str) -> InputError:
        return InputError(f"{self._name}: {what} while the run read its input; {remedy}")


_AGAIN = "run again when nothing changes it any more"
_COMPLETE = (
    "wait until it is complete, or pipe it in: tail -c +1 -f {} | biometal-stream read - ..."
)


def _sizes(seen: Seen, now: Seen) -> str:
    return f" from {seen.size:,} to {now.size:,} bytes"


def _absolute(path: str) -> str | None:
    """The path, for a process that may go to another folder in the meantime."""
    try:
        return os.path.abspath(path)  # noqa: PTH100
    except OSError:  # the folder that it is in was removed
        return None
