"""Hidden names beside a target, under which nothing is left."""

from __future__ import annotations

import os
import secrets
import shutil
import weakref
from contextlib import suppress
from pathlib import Path

_REMOVALS = 10
"""Times to remove a folder, into which a worker that is being stopped may still write a file."""


class Temporary:
    """A hidden name in the folder of a target, under which nothing is left.

    What is made there goes with `remove`, or with the garbage where an interrupt came before
    that; there is nothing left to go where it was renamed.

    Args:
        final: The target.
        owner: With whose end it goes.
    """

    def __init__(self, final: Path, owner: object) -> None:
        self.path = beside(final, "partial")
        self._end = weakref.finalize(owner, _remove, self.path, os.getpid())

    def remove(self) -> None:
        """Removes the file or folder. May be called again."""
        if self._end.alive:
            _remove(self.path, os.getpid())
            self._end.detach()  # only now: an interrupt may come in between


def _remove(path: Path, process: int) -> None:
    if os.getpid() != process:  # a child must not take away its parent's
        return
    with suppress(OSError):
        path.unlink(missing_ok=True)
        return
    for _ in range(_REMOVALS):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return


def beside(final: Path, ending: str) -> Path:
    """A new hidden name in the same folder, short enough for any file system."""
    name = final.name if len(os.fsencode(final.name)) <= 200 else "long-name"
    return final.with_name(f".{name}.{secrets.token_hex(4)}.{ending}")
