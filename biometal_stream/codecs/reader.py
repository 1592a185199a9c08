"""The interfaces of an opened input and of a decoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias, runtime_checkable

Codec: TypeAlias = Literal["plain", "gzip", "bgzf", "zstd", "bzip2", "xz", "rapidgzip"]
"""How an input is compressed; ``rapidgzip`` is gzip that is inflated by several threads."""


Job: TypeAlias = Callable[[], int]
"""Writes bytes of an input into its target, from any thread, and returns their number."""


class Look(Protocol):
    """Checks the content of an input by its first decompressed bytes."""

    def __call__(self, head: bytes, name: str, /, *, ended: bool) -> bool:
        """Looks at the first bytes.

        Args:
            head: The first bytes, as many as there are so far.
            name: The input's name, for messages.
            ended: Whether the input ends after them.

        Returns:
            Whether they were enough; otherwise it is called again with more.

        Raises:
            ForeignInputError: The input has another format.
        """


class ByteReader(Protocol):
    """The decompressed bytes of one input.

    For use by one thread, except for `interrupt`, `bytes_read` and `bytes_total`.
    """

    @property
    def codec(self) -> Codec:
        """How the input is compressed, detected by its first bytes.

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
        """Compressed bytes of a regular file from where reading began; otherwise ``None``."""

    def readinto(self, target: memoryview, /) -> int:
        """Writes the next bytes to the beginning of the target.

        If the input is damaged, the bytes before the damage come first, and the next call raises
        the error. The number of these bytes does not depend on the size of the targets.

        Args:
            target: A writable buffer of at least one byte.

        Returns:
            The number of bytes written; 0 only at the end of the input.

        Raises:
            CompressedInputError: The input is truncated, corrupt, or followed by junk.
            InputError: It cannot be read, its content is refused, or it is a file that has
                changed meanwhile.
            Aborted: `interrupt` was called.
        """

    def job(self, target: memoryview, /) -> Job | None:
        """Takes the next bytes, for a worker to write to the beginning of the target.

        The next call of this or of `readinto` continues after them, whether the job is done or
        not.

        Args:
            target: A writable buffer, which belongs to the job until it is done.

        Returns:
            The job. It raises what `readinto` does, writes at least one byte, and must be called
            once, before `close`. If blocks are damaged, it has written those before the first,
            ``CompressedInputError.written`` bytes. ``None`` if the next bytes must come from
            `readinto`: at the end of the input, or if they cannot be decoded in parallel.

        Raises:
            CompressedInputError, InputError, Aborted: As `readinto`.
        """

    def interrupt(self) -> None:
        """Ends a `readinto` that waits for a pipe, and all later ones; thread-safe."""

    def close(self) -> None:
        """Ends the work in flight and closes what `open_bytes` opened; may be called again."""


class Decoder(Protocol):
    """Decompresses the bytes of an input. For use by one thread."""

    @property
    def codec(self) -> Codec:
        """The codec it decodes."""

    def readinto(self, target: memoryview, /) -> int:
        """As `ByteReader.readinto`."""

    def close(self) -> None:
        """Ends the work in flight, and leaves the input open; may be called again."""


@runtime_checkable
class SpreadDecoder(Decoder, Protocol):
    """A decoder that has jobs for the workers."""

    def job(self, target: memoryview, /) -> Job | None:
        """As `ByteReader.job`."""
