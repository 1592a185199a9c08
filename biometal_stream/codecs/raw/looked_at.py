"""Inputs opened to look at their first bytes, and read later from the start."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput


class LookedAt:
    """An open input that replaces the path or file object it was opened by.

    The first bytes of a pipe cannot be read twice, so the opened input keeps them. The first
    caller that opens this gets that input; later callers open the target. An input that is never
    read is closed with this object.

    Args:
        target: The path, ``-`` for standard input, or the file object.
        raw: The input that `open_raw` returned for it.
    """

    def __init__(self, target: str | os.PathLike[str] | BinaryIO, raw: RawInput) -> None:
        self.target = target
        self.name = raw.name
        self._raw = raw
        self._taken = False
        self._close = weakref.finalize(self, raw.close)

    def take(self) -> RawInput | None:
        """Hands over the opened input; ``None`` if it was handed over before."""
        if self._taken:
            return None
        self._taken = True
        self._close.detach()
        return self._raw

    def fileno(self) -> int:
        """The descriptor of the target.

        Raises:
            OSError: It has none.
        """
        if self.target == "-":
            return 0
        of_pipe = getattr(self._raw, "fileno", None)
        if of_pipe is not None:
            return int(of_pipe())
        if isinstance(self.target, str | os.PathLike):
            raise OSError(f"{self.name}: has no descriptor")
        return self.target.fileno()

    def read(self, size: int = -1, /) -> bytes:
        """Refused: the input is read by the run that opens it.

        Raises:
            OSError: Always.
        """
        raise OSError(f"{self.name}: is read by the run that opens it ({size})")

    def __repr__(self) -> str:
        return repr(self.name)
