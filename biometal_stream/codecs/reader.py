"""What an opened input is to whoever reads it, and what a decoder is to an opened input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias, runtime_checkable

Codec: TypeAlias = Literal["plain", "gzip", "bgzf", "zstd", "bzip2", "xz", "rapidgzip"]
"""How an input is compressed; ``rapidgzip`` is gzip that is inflated by several threads."""


Job: TypeAlias = Callable[[], int]
"""Writes bytes of an input where they are wanted, from any thread, and tells how many."""


class Look(Protocol):
    """Judges what an input holds by its first decompressed bytes."""

    def __call__(self, head: bytes, name: str, /, *, ended: bool) -> bool:
        """Looks at the first bytes.

        Args:
            head: The first bytes, as many as are known.
            name: The input's name, for messages.
            ended: Whether the input ends after them.

        Returns:
            Whether they were enough; otherwise it is called again with more of them.

        Raises:
            ForeignInputError: This is not what is to be read.
        """


class ByteReader(Protocol):
    """The decompressed bytes of one input.

    Belongs to one thread, but for `interrupt`, `bytes_read` and `bytes_total`.
    """

    @property
    def codec(self) -> Codec:
        """How the input is compressed, told by its first bytes.

        A pipe is first read here or in `readinto`, so this may wait for it.
        """

    @property
    def name(self) -> str:
        """The path as given, ``-`` for standard input, a file object's name or ``<stream>``."""

    @property
    def bytes_read(self) -> int:
        """Compressed bytes taken so far."""

    @property
    def bytes_total(self) -> int | None:
        """Compressed bytes from where reading began to the end of a regular file, else none."""

    def readinto(self, target: memoryview, /) -> int:
        """Writes the next bytes over the beginning of the target.

        Of damaged input the bytes before the damage come first, and the error with the next
        call: how many they are does not depend on how large the targets are.

        Args:
            target: Bytes, writable, at least one.

        Returns:
            How many were written; 0 only at the end of the input.

        Raises:
            CompressedInputError: The input is truncated, corrupt, or followed by junk.
            InputError: It cannot be read, is refused by what it holds, or is a file that has
                changed meanwhile.
            Aborted: `interrupt` was called.
        """

    def job(self, target: memoryview, /) -> Job | None:
        """Takes the next bytes, for a worker to write them over the beginning of the target.

        What comes after them is given by the next call of this or of `readinto`, before the
        job is done or after.

        Args:
            target: Bytes, writable, which belong to the job until it is done.

        Returns:
            The job, which raises what `readinto` does, and writes at least one byte; to be
            called once, before `close`. Of damaged blocks it has written those before the first,
            ``CompressedInputError.written`` bytes. ``None`` where the next bytes are for
            `readinto`, as at the end of the input, or for bytes that come one after the other.

        Raises:
            CompressedInputError, InputError, Aborted: As `readinto`.
        """

    def interrupt(self) -> None:
        """Ends a `readinto` that waits for a pipe, and all later ones; from any thread."""

    def close(self) -> None:
        """Ends the work in flight and closes what `open_bytes` opened; may be called again."""


class Decoder(Protocol):
    """What turns the bytes of an input into decompressed ones. Belongs to one thread."""

    @property
    def codec(self) -> Codec:
        """What it decodes."""

    def readinto(self, target: memoryview, /) -> int:
        """As `ByteReader.readinto`."""

    def close(self) -> None:
        """Ends the work in flight, and leaves the input open; may be called again."""


@runtime_checkable
class SpreadDecoder(Decoder, Protocol):
    """A decoder that has jobs for the workers."""

    def job(self, target: memoryview, /) -> Job | None:
        """As `ByteReader.job`."""
