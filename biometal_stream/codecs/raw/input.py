"""What all raw inputs have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

from biometal_stream.channel import Aborted
from biometal_stream.codecs.raw.ahead import Ahead
from biometal_stream.codecs.raw.once import Given
from biometal_stream.errors import InputError


class RawInput(ABC):
    """The bytes of one input, which can be peeked at before they are read.

    For use by one thread, except for `interrupt`, `bytes_read` and `bytes_total`.

    Attributes:
        name: The input's name in messages.
        bytes_total: For a regular file the number of bytes from where reading began; otherwise
            ``None``.
        elsewhere: Bytes that a decoder has read after opening the path itself.
    """

    def __init__(self, name: str, bytes_total: int | None) -> None:
        self.name = name
        self.bytes_total = bytes_total
        self.elsewhere = 0
        self._taken = 0
        self._ahead = Ahead()
        self._interrupted = False
        self._given: Given | None = None

    @abstractmethod
    def _take(self, target: memoryview) -> int:
        """Reads from the system, waits if necessary; returns 0 at the end."""

    @property
    def bytes_read(self) -> int:
        """Bytes taken from the system so far."""
        return max(self._taken, self.elsewhere)

    @property
    def offset(self) -> int:
        """The offset in the input of the next byte that `readinto` returns."""
        return self._taken - len(self._ahead)

    @property
    def ready(self) -> bool:
        """Whether `readinto` would probably return without waiting."""
        return True

    @property
    def path(self) -> str | None:
        """The path of a regular file that can be opened again; ``None`` for other inputs."""
        return None

    def confirm(self) -> None:  # noqa: B027 - only files can
        """Raises `InputError` if this is a file that has changed since the run began."""

    def check(self) -> None:
        """Raises `Aborted` if `interrupt` was called."""
        if self._interrupted:
            raise Aborted

    def _take_counted(self, target: memoryview) -> int:
        self.check()
        try:
            count = self._take(target)
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise InputError(
                f"{self.name}: cannot be read after byte {self._taken}: {reason}"
            ) from error
        self._note(count)
        return count

    def _note(self, count: int) -> None:
        self._taken += count
        if self._given is not None:
            self._given.taken += count

    def given(self, given: Given | None) -> Self:
        """Counts the bytes taken from an input that the caller opened."""
        self._given = given
        if given is not None:
            given.taken += len(self._ahead)
        return self

    def readinto(self, target: memoryview, /) -> int:
        """Reads the next bytes into the target; returns their number, 0 at the end.

        Raises:
            InputError: The system reports an error.
            Aborted: `interrupt` was called.
        """
        if self._ahead:
            return self._ahead.take(target)
        return self._take_counted(target)

    def read(self, size: int = -1) -> bytes:
        """Reads up to ``size`` bytes, by default all; for libraries that need a file object."""
        pieces = bytearray()
        while size < 0 or len(pieces) < size:
            piece = bytearray(size - len(pieces) if size >= 0 else 1 << 16)
            count = self.readinto(memoryview(piece))
            if count == 0:
                break
            pieces += piece[:count]
        return bytes(pieces)

    def peek(self, count: int) -> bytes:
        """Returns the next ``count`` bytes, fewer at the end, without consuming them."""
        while len(self._ahead) < count:
            piece = bytearray(count - len(self._ahead))
            taken = self._take_counted(memoryview(piece))
            if taken == 0:
                break
            self._ahead.append(piece[:taken])
        return self._ahead.peek(count)

    def peek_more(self, most: int) -> bytes:
        """Waits for one read of up to ``most`` bytes; returns all unread bytes, unconsumed."""
        piece = bytearray(most)
        self._ahead.append(piece[: self._take_counted(memoryview(piece))])
        return self._ahead.peek(len(self._ahead))

    def replay(self, data: bytes) -> None:
        """Puts bytes back before the unread ones."""
        self._ahead.replay(data)

    def interrupt(self) -> None:
        """Ends a waiting read, if the input can be woken, and all later reads."""
        self._interrupted = True

    @abstractmethod
    def close(self) -> None:
        """Closes what was opened here; may be called again."""
