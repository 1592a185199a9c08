"""What zstd, bzip2 and xz share: sequences of streams, each inflated by a decompressor object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from biometal_stream.codecs.copying import copy_unlocked
from biometal_stream.codecs.damage import AGAIN, corrupt, truncated
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.codecs.reader import Codec

INPUT = 128 * 1024
"""Bytes of compressed input read at a time."""
OUTPUT = 1 << 20
"""The most bytes that one step inflates, however well the input is compressed. If the data is
corrupt, the step that fails is not delivered; if it is truncated, everything before its end is."""

_HEADER = 18
"""The longest header of a zstd frame, in bytes."""


class Inflater(Protocol):
    """Inflates one stream."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether `inflate` needs more input to continue."""

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the stream."""

    def inflate(self, data: memoryview, target: memoryview, /) -> int:
        """Inflates until the target is full, or the input or the stream ends.

        Args:
            data: Writable memory with more input, which stays as it is until more is needed;
                empty unless it is.
            target: Where the text goes, at least one byte.

        Returns:
            The number of bytes written.
        """


class Decompressor(Protocol):
    """What Python's decompressor objects have in common."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether `decompress` needs more input to continue."""

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the stream."""

    def decompress(self, data: bytes | memoryview, /, max_length: int) -> bytes:
        """Inflates ``data`` and what is left of earlier input, at most ``max_length`` bytes."""


class PythonInflater:
    """An `Inflater` that is one of Python's decompressor objects.

    These give new bytes, which they join while they hold the GIL.

    Args:
        decompressor: The object.
    """

    def __init__(self, decompressor: Decompressor) -> None:
        self._decompressor = decompressor

    @property
    def eof(self) -> bool:
        """As `Inflater.eof`."""
        return self._decompressor.eof

    @property
    def needs_input(self) -> bool:
        """As `Inflater.needs_input`."""
        return self._decompressor.needs_input

    @property
    def unused_data(self) -> bytes:
        """As `Inflater.unused_data`."""
        return self._decompressor.unused_data

    def inflate(self, data: memoryview, target: memoryview, /) -> int:
        """As `Inflater.inflate`."""
        text = self._decompressor.decompress(data, max_length=len(target))
        copy_unlocked(text, target)
        return len(text)


@dataclass(frozen=True)
class StreamFormat:
    """A format that consists of one stream or several.

    Attributes:
        codec: Its name.
        stream: What messages call a stream, such as ``a zstd frame``.
        beginnings: The magic bytes that a stream can begin with.
        start: Starts to inflate a stream.
        error: The exception that it raises for bad data.
        padding: NULs may occur between and after streams in multiples of this; 0 for none.
        too_large: Text in that exception if a stream needs too much memory.
        remedy: What to do in that case.
    """

    codec: Codec
    stream: str
    beginnings: tuple[bytes, ...]
    start: Callable[[], Inflater]
    error: type[Exception]
    padding: int = 0
    too_large: str | None = None
    remedy: str = ""


class StreamDecoder:
    """Inflates the streams of a format, one after another.

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
        self._current: Inflater | None = None
        self._held = memoryview(b"")  # bytes of a step that did not fit in the target
        self._step: memoryview | None = None

    def readinto(self, target: memoryview, /) -> int:
        """Inflates a step into the target, or what did not fit into the last one.

        Raises:
            CompressedInputError: The input is truncated, corrupt, or followed by junk.
        """
        if not self._held:
            if len(target) >= OUTPUT:
                return self._inflate(target[:OUTPUT])
            if self._step is None:
                self._step = memoryview(bytearray(OUTPUT))
            self._held = self._step[: self._inflate(self._step)]
        count = min(len(self._held), len(target))
        copy_unlocked(self._held[:count], target)
        self._held = self._held[count:]
        return count

    def _inflate(self, target: memoryview) -> int:
        """Inflates one step, the same bytes for all targets; 0 at the end."""
        while True:
            if self._current is None and not self._begin():
                return 0
            current = self._current
            assert current is not None
            data = self._buffer[:0]
            if current.needs_input:
                data = self._buffer[: self._raw.readinto(self._buffer)]
                if not data:
                    raise self._truncated()
            try:
                count = current.inflate(data, target)
            except (self._format.error, EOFError, ValueError) as error:
                raise self._bad(error) from error
            if current.eof:
                self._raw.replay(current.unused_data)
                self._current = None
            if count:
                return count

    def _begin(self) -> bool:
        """Starts the next stream; returns whether there is one."""
        form = self._format
        while form.padding and self._raw.peek(form.padding) == bytes(form.padding):
            self._raw.read(form.padding)
        longest = max(len(beginning) for beginning in form.beginnings)
        head = self._raw.peek(longest)
        if not head:
            return False
        if any(head.startswith(beginning) for beginning in form.beginnings):
            # In one piece: if a header comes in two, and the second looks like the header of a
            # skippable frame, libzstd 1.5.7 takes it for one, and damage goes undetected.
            self._raw.peek(_HEADER)
            self._current = form.start()
            return True
        if any(beginning.startswith(head) for beginning in form.beginnings):
            raise self._truncated(beyond=len(head))
        raise CompressedInputError(
            f"{self._raw.name}: trailing data at byte {self._raw.offset} is not {form.stream}: "
            f"{head!r}; remove it, or {AGAIN}"
        )

    def _truncated(self, beyond: int = 0) -> CompressedInputError:
        return truncated(self._raw.name, self._format.stream, self._raw.offset + beyond)

    def _bad(self, error: Exception) -> CompressedInputError:
        form = self._format
        if form.too_large is not None and form.too_large in str(error):
            return CompressedInputError(
                f"{self._raw.name}: {form.stream} needs too much memory: {form.remedy}"
            )
        fault = f"{form.stream} cannot be inflated, somewhere before byte {self._raw.offset}"
        return corrupt(self._raw.name, f"{fault} ({error})")

    def close(self) -> None:
        """Drops the stream in progress."""
        self._current = None
