"""zstd, bzip2 and xz: formats of which Python's decompressor objects inflate one stream each."""

from __future__ import annotations

import bz2
import lzma
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from biometal_stream.codecs.detect import BZIP2, SKIPPABLE, XZ, ZSTD
from biometal_stream.codecs.raw import AGAIN
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from biometal_stream.codecs.raw import RawInput
    from biometal_stream.codecs.reader import Codec

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

INPUT = 128 * 1024
"""Bytes of compressed input that are read at a time."""
OUTPUT = 1 << 20
"""Bytes that one step inflates at most, whatever the input would grow to. Of corrupt data the step
that fails is not delivered; of a file that is cut short everything up to the cut is."""
ZSTD_WINDOW_LOG = 27
"""The largest window of a zstd frame as a power of 2: 128 MiB, what ``zstd -d`` allows."""
XZ_MEMORY = 192 << 20
"""Bytes that a stream of xz may ask for; ``xz -9`` needs 65 MiB."""

_HEADER = 18
"""Bytes of the longest header of a zstd frame."""


class _Decompressor(Protocol):
    """What the decompressor objects have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes | memoryview, /, max_length: int) -> bytes: ...


@dataclass(frozen=True)
class StreamFormat:
    """A format that is a row of streams.

    Attributes:
        codec: Its name.
        stream: What the format calls a stream.
        beginnings: What a stream can begin with.
        start: Makes the decompressor of one stream.
        error: What that raises for bad data.
        padding: NULs may stand between and after streams in multiples of this; 0 for none.
        too_large: Part of the error's text for a stream that asks for too much memory.
        smaller: What to do then.
    """

    codec: Codec
    stream: str
    beginnings: tuple[bytes, ...]
    start: Callable[[], _Decompressor]
    error: type[Exception]
    padding: int = 0
    too_large: str | None = None
    smaller: str = ""


def _start_zstd() -> _Decompressor:
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}
    return zstd.ZstdDecompressor(options=options)


def _start_xz() -> _Decompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)


ZSTD_FORMAT = StreamFormat(
    codec="zstd",
    stream="zstd frame",
    beginnings=(ZSTD, *SKIPPABLE),
    start=_start_zstd,
    error=zstd.ZstdError,
    too_large="too much memory",
    smaller="its window is above 128 MiB; pipe it in with 'zstd -dc --long=31'",
)
BZIP2_FORMAT = StreamFormat(
    codec="bzip2",
    stream="bzip2 stream",
    beginnings=(BZIP2,),
    start=bz2.BZ2Decompressor,
    error=OSError,
)
XZ_FORMAT = StreamFormat(
    codec="xz",
    stream="xz stream",
    beginnings=(XZ,),
    start=_start_xz,
    error=lzma.LZMAError,
    padding=4,
    too_large="Memory usage limit",
    smaller="its dictionary is above 128 MiB; pipe it in with 'xz -dc'",
)

FORMATS = {form.codec: form for form in (ZSTD_FORMAT, BZIP2_FORMAT, XZ_FORMAT)}
"""The formats read here, by their names."""


class StreamDecoder:
    """Inflates the streams of a format one after the other, each up to its end.

    Memory is bounded by the format's window, `INPUT` and `OUTPUT`.

    Args:
        raw: The input, at the beginning of a stream.
        form: Its format.
    """

    def __init__(self, raw: RawInput, form: StreamFormat) -> None:
        self.codec = form.codec
        self._raw = raw
        self._format = form
        self._buffer = memoryview(bytearray(INPUT))
        self._current: _Decompressor | None = None
        self._held = memoryview(b"")  # of a step that the target had no room for

    def readinto(self, target: memoryview, /) -> int:
        """Writes what a step inflates, or what the target had no room for before.

        Raises:
            CompressedInputError: The input is truncated, corrupt, or followed by junk.
        """
        if not self._held:
            self._held = memoryview(self._inflate())
        count = min(len(self._held), len(target))
        target[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def _inflate(self) -> bytes:
        """Inflates one step, of the same bytes whatever the targets; none at the end."""
        while True:
            if self._current is None and not self._begin():
                return b""
            current = self._current
            assert current is not None
            data: bytes | memoryview = b""
            if current.needs_input:
                data = self._buffer[: self._raw.readinto(self._buffer)]
                if not data:
                    raise self._truncated()
            try:
                inflated = current.decompress(data, max_length=OUTPUT)
            except (self._format.error, EOFError, ValueError) as error:
                raise self._bad(error) from error
            if current.eof:
                self._raw.replay(current.unused_data)
                self._current = None
            if inflated:
                return inflated

    def _begin(self) -> bool:
        """Starts the next stream; whether there is one."""
        form = self._format
        while form.padding and self._raw.peek(form.padding) == bytes(form.padding):
            self._raw.read(form.padding)
        longest = max(len(beginning) for beginning in form.beginnings)
        head = self._raw.peek(longest)
        if not head:
            return False
        if any(head.startswith(beginning) for beginning in form.beginnings):
            # All at once: libzstd 1.5.7 takes a header that comes in two pieces for that of a
            # frame to be skipped if its second piece looks so, and the damage goes unnoticed.
            self._raw.peek(_HEADER)
            self._current = form.start()
            return True
        if any(beginning.startswith(head) for beginning in form.beginnings):
            raise self._truncated(beyond=len(head))
        raise CompressedInputError(
            f"{self._raw.name}: what follows the last {form.stream}, at byte {self._raw.offset}, "
            f"is none: {head!r}; cut it off, or {AGAIN}"
        )

    def _truncated(self, beyond: int = 0) -> CompressedInputError:
        return CompressedInputError(
            f"{self._raw.name}: the file ends inside a {self._format.stream}, at byte "
            f"{self._raw.offset + beyond}; it is truncated: {AGAIN}"
        )

    def _bad(self, error: Exception) -> CompressedInputError:
        form = self._format
        if form.too_large is not None and form.too_large in str(error):
            return CompressedInputError(
                f"{self._raw.name}: a {form.stream} asks for too much memory: {form.smaller}"
            )
        return CompressedInputError(
            f"{self._raw.name}: a {form.stream} cannot be inflated, somewhere before byte "
            f"{self._raw.offset} ({error}); the file is corrupt: {AGAIN}"
        )

    def close(self) -> None:
        """Forgets the stream in progress."""
        self._current = None
