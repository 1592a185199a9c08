"""Uncompressed text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.codecs.reader import Codec


class PlainDecoder:
    """Passes the input's bytes on unchanged."""

    codec: Codec = "plain"

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw

    def readinto(self, target: memoryview, /) -> int:
        """Reads from the input, without a copy."""
        return self._raw.readinto(target)

    def close(self) -> None:
        """Does nothing: no work is in flight."""
