"""Python's file objects, read by their own methods."""

from __future__ import annotations

from typing import Any

from biometal_stream.codecs.raw.input import RawInput
from biometal_stream.codecs.raw.unchanged import Watched
from biometal_stream.errors import ConfigurationError, InputError


class ObjectInput(RawInput):
    """A Python file object, which is not closed. `interrupt` takes effect between reads.

    Args:
        name: The input's name in messages.
        source: The object.
        watched: The regular file that it reads, if known for certain.
    """

    def __init__(self, name: str, source: Any, watched: Watched | None = None) -> None:
        start = source.tell() if watched is not None else 0
        super().__init__(name, max(0, watched.size - start) if watched is not None else None)
        self._source = source
        self._watched = watched
        self._start = start
        self._readinto = getattr(source, "readinto", None)

    def _take(self, target: memoryview) -> int:
        if self._readinto is not None:
            count = self._readinto(target)
        else:
            data: object = self._source.read(len(target))
            if isinstance(data, str):
                raise ConfigurationError(f"{self.name}: gives text; open it in binary mode ('rb')")
            count = None
            if isinstance(data, bytes | bytearray | memoryview):
                count = len(data)
                target[:count] = data
        if count is None:
            raise InputError(
                f"{self.name}: is non-blocking and has no data yet; give a blocking file"
            )
        if count == 0 and self._watched is not None:
            self._watched.confirm_end(self._start + self._taken)
        return int(count)

    def close(self) -> None:
        """Leaves the file object open."""
