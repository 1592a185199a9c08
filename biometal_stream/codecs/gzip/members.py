"""gzip, one member or many, inflated by ISA-L in one thread."""

from __future__ import annotations

import struct
from collections import deque
from gzip import BadGzipFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from isal import isal_zlib

from biometal_stream.codecs.detect import GZIP
from biometal_stream.codecs.gzip.headers import HeaderWatch
from biometal_stream.codecs.raw import AGAIN
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from biometal_stream.codecs.raw import RawInput
    from biometal_stream.codecs.reader import Codec

BUFFER = 512 * 1024
"""Bytes of compressed input that are read at a time."""
STEP = 256 * 1024
"""Bytes that are inflated at a time. Of corrupt data the step that fails is not delivered, since
what comes out shortly before the fault is noticed may be wrong already."""

_CRC_AND_SIZE = struct.Struct("<II")
_TRAILER = _CRC_AND_SIZE.size
_REMEMBERED = _TRAILER + 9  # one byte less than a member's fixed header
_CANNOT_INFLATE: tuple[type[Exception], ...] = (
    isal_zlib.IsalError,  # type: ignore[assignment]  # isal's stub takes the class for an instance
    OverflowError,  # a header longer than the buffer
)


class _Remembering:
    """The file object that ISA-L reads, which checks headers and keeps the last bytes."""

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw
        self._watch = HeaderWatch(raw)
        self._pieces: deque[bytes] = deque(maxlen=_REMEMBERED)
        self.reader: Any = None
        """Who reads now; none between reads, or the two would keep each other for ever."""

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
    """Inflates gzip members one after the other, each up to its check sum.

    NULs after a member are padding. The GIL is released while inflating. Always whole steps are
    inflated, whatever the targets, so that damage is met at the same place each time. Of a file
    that is cut short everything up to the cut is delivered.

    Args:
        raw: The input, at the beginning of a member.
    """

    codec: Codec = "gzip"

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw
        self._feed = _Remembering(raw)
        self._reader = isal_zlib._GzipReader(cast("BinaryIO", self._feed), BUFFER)
        self._delivered = 0
        self._held = memoryview(b"")  # of a step that the target had no room for
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
                f"{self._raw.name}: after the last gzip member, from byte "
                f"{self._raw.offset - len(stray)} on, stand stray bytes: {stray!r}; cut them off, "
                f"or {AGAIN}"
            )
        return CompressedInputError(
            f"{self._raw.name}: the file ends inside a gzip member, at byte {self._raw.offset}; "
            f"it is truncated: {AGAIN}"
        )

    def _stray_bytes(self, target: memoryview) -> bytes:
        """Looks for a trailer before the last bytes, which ISA-L takes for a header cut short.

        The trailer's length tells it: that of all that was inflated. Where there are several
        members it is not found, and the bytes count as a member cut short.
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
                f"{self._raw.name}: what follows the last gzip member, somewhere {where}, is not "
                f"gzip; cut it off, or {AGAIN}"
            )
        if reason.startswith("CRC check failed"):
            reason = "a gzip member fails its check sum (CRC32)"
        elif reason.startswith("Incorrect length"):
            reason = "a gzip member has not the length that it tells (ISIZE)"
        return CompressedInputError(
            f"{self._raw.name}: {reason}, somewhere {where}; the file is corrupt: {AGAIN}"
        )

    def close(self) -> None:
        """Has nothing to end."""
