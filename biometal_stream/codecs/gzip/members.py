"""gzip, one member or many, inflated by ISA-L in one thread."""

from __future__ import annotations

import struct
from collections import deque
from gzip import BadGzipFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from isal import isal_zlib

from biometal_stream.codecs.damage import AGAIN, corrupt, truncated
from biometal_stream.codecs.detect import GZIP
from biometal_stream.codecs.gzip.headers import HeaderWatch
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.codecs.reader import Codec

BUFFER = 512 * 1024
"""Bytes of compressed input read at a time."""
STEP = 256 * 1024
"""Bytes inflated at a time. If the data is corrupt, the step that fails is not delivered, since
the bytes just before the point of failure may already be wrong."""

_CRC_AND_SIZE = struct.Struct("<II")
_TRAILER = _CRC_AND_SIZE.size
_REMEMBERED = _TRAILER + 9  # one byte less than a member's fixed header
_CANNOT_INFLATE: tuple[type[Exception], ...] = (
    isal_zlib.IsalError,  # type: ignore[assignment]  # isal's stub declares an instance
    OverflowError,  # a header longer than the buffer
)


class _Remembering:
    """The file object that ISA-L reads; it checks headers and keeps the last bytes."""

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw
        self._watch = HeaderWatch(raw)
        self._pieces: deque[bytes] = deque(maxlen=_REMEMBERED)
        self.reader: Any = None
        """The reader during a read; ``None`` between reads, so that there is no reference cycle."""

    def readinto(self, target: memoryview, /) -> int:
        self._watch.check(self.reader._last_mtime)
        view = memoryview(target)
        count = self._watch.readinto(view)
        if count:
            self._pieces.append(bytes(view[max(0, count - _REMEMBERED) : count]))
        return count

    def read(self, size: int = -1, /) -> bytes:
        return self._raw.read(size)

    @property
    def tail(self) -> bytes:
        return b"".join(self._pieces)[-_REMEMBERED:]


class GzipDecoder:
    """Inflates gzip members one after another, and verifies each checksum.

    NULs after a member are padding. The GIL is released while inflating. Data is inflated in whole
    steps, whatever the size of the targets, so damage is always found at the same place. If the
    file is truncated, everything up to its end is delivered.

    Args:
        raw: The input, at the beginning of a member.
    """

    codec: Codec = "gzip"

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw
        self._feed = _Remembering(raw)
        self._reader = isal_zlib._GzipReader(cast("BinaryIO", self._feed), BUFFER)
        self._delivered = 0
        self._held = memoryview(b"")  # bytes of a step that did not fit in the target
        self._step: memoryview | None = None
        self._failure: CompressedInputError | None = None

    def readinto(self, target: memoryview, /) -> int:
        """Inflates a step into the target.

        Raises:
            CompressedInputError: The input is truncated, corrupt, followed by junk, or has a
                member with reserved flags.
        """
        if not self._held:
            if len(target) >= STEP:
                return self._inflate(target[:STEP])
            if self._step is None:
                self._step = memoryview(bytearray(STEP))
            self._held = self._step[: self._inflate(self._step)]
        count = min(len(self._held), len(target))
        target[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def _inflate(self, target: memoryview) -> int:
        if self._failure is not None:
            raise self._failure
        self._feed.reader = self._reader
        try:
            count = int(self._reader.readinto(target))
        except EOFError as error:
            self._failure = self._ended_early(target)
            count = int(self._reader.tell()) - self._delivered
            if count == 0:
                raise self._failure from error
        except BadGzipFile as error:
            raise self._bad(str(error)) from error
        except _CANNOT_INFLATE as error:
            raise self._bad(f"gzip data that cannot be inflated ({error})") from error
        finally:
            self._feed.reader = None
        self._delivered += count
        return count

    def _ended_early(self, target: memoryview) -> CompressedInputError:
        stray = self._stray_bytes(target)
        if stray:
            return CompressedInputError(
                f"{self._raw.name}: trailing data at byte {self._raw.offset - len(stray)} is not a "
                f"gzip member: {stray!r}; remove it, or {AGAIN}"
            )
        return truncated(self._raw.name, "a gzip member", self._raw.offset)

    def _stray_bytes(self, target: memoryview) -> bytes:
        """Looks for a trailer before the last bytes, which ISA-L takes for a truncated header.

        A trailer is recognized by its length, which is that of everything inflated. After
        several members none is found, and the bytes count as a truncated member.
        """
        inflated = int(self._reader.tell())
        tail = self._feed.tail
        for length in range(1, len(tail) - _TRAILER + 1):
            crc, size = _CRC_AND_SIZE.unpack_from(tail, len(tail) - length - _TRAILER)
            stray = tail[-length:]
            if stray[0] == 0 or stray[:2] == GZIP[:length] or size != inflated % (1 << 32):
                continue
            if self._delivered or isal_zlib.crc32(target[:inflated]) == crc:
                return stray
        return b""

    def _bad(self, reason: str) -> CompressedInputError:
        where = f"before byte {self._raw.offset}"
        if reason.startswith("Not a gzipped file"):
            return CompressedInputError(
                f"{self._raw.name}: trailing data, somewhere {where}, is not a gzip member; "
                f"remove it, or {AGAIN}"
            )
        if reason.startswith("CRC check failed"):
            reason = "checksum mismatch (CRC32) in a gzip member"
        elif reason.startswith("Incorrect length"):
            reason = "length mismatch (ISIZE) in a gzip member"
        return corrupt(self._raw.name, f"{reason}, somewhere {where}")

    def close(self) -> None:
        """Does nothing: no work is in flight."""
