"""gzip, one member or many, inflated by ISA-L in one thread."""

from __future__ import annotations

from collections import deque
from gzip import BadGzipFile
from typing import BinaryIO, cast

from isal import isal_zlib

from biometal_stream.codecs.raw import RawInput
from biometal_stream.codecs.reader import Codec
from biometal_stream.codecs.signatures import GZIP
from biometal_stream.errors import CompressedInputError

BUFFER = 512 * 1024
"""Bytes of compressed input that are read at a time."""

_HEADER = 10  # bytes of a member's fixed header
_TRAILER = 8  # CRC32 and ISIZE
_AGAIN = "copy or download it again"


class _Remembering:
    """The file object that ISA-L reads, which keeps the last bytes that went through."""

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw
        self._pieces: deque[bytes] = deque(maxlen=_HEADER + _TRAILER)

    def readinto(self, target: memoryview, /) -> int:
        view = memoryview(target)
        count = self._raw.readinto(view)
        if count:
            self._pieces.append(bytes(view[max(0, count - _HEADER - _TRAILER) : count]))
        return count

    def read(self, size: int = -1, /) -> bytes:
        return self._raw.read(size)

    @property
    def tail(self) -> bytes:
        return b"".join(self._pieces)[-_HEADER - _TRAILER :]


class GzipDecoder:
    """Inflates gzip members one after the other, each up to its check sum.

    NULs after a member are padding. The GIL is released while inflating.

    Args:
        raw: The input, at the beginning of a member.
    """

    codec: Codec = "gzip"

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw
        self._feed = _Remembering(raw)
        self._reader = isal_zlib._GzipReader(cast("BinaryIO", self._feed), BUFFER)
        self._delivered = 0

    def readinto(self, target: memoryview, /) -> int:
        """Fills the target, unless the input ends.

        Raises:
            CompressedInputError: The input is truncated, corrupt, or followed by junk. What the
                same call has inflated before is not delivered.
        """
        try:
            count = int(self._reader.readinto(target))
        except EOFError as error:
            raise self._ended_early(len(target)) from error
        except BadGzipFile as error:
            raise self._bad(str(error)) from error
        except (isal_zlib.IsalError, OverflowError) as error:
            raise self._bad(f"gzip data that cannot be inflated ({error})") from error
        self._delivered += count
        return count

    def _ended_early(self, room: int) -> CompressedInputError:
        """Junk of a few bytes looks like a header that is cut short; see which it is."""
        tail = self._feed.tail
        for length in range(1, _HEADER):
            junk = tail[-length:]
            size = int.from_bytes(tail[-length - 4 : -length], "little")
            after_member = (size - self._delivered) % (1 << 32) < room
            if len(tail) >= length + _TRAILER and after_member and junk[:2] != GZIP[:length]:
                return CompressedInputError(
                    f"{self._raw.name}: {length} stray bytes stand after the last gzip member, "
                    f"from byte {self._raw.offset - length} on: {junk!r}; cut them off, or {_AGAIN}"
                )
        return CompressedInputError(
            f"{self._raw.name}: the file ends inside a gzip member, at byte {self._raw.offset}; "
            f"it is truncated: {_AGAIN}"
        )

    def _bad(self, reason: str) -> CompressedInputError:
        where = f"before byte {self._raw.offset}"
        if reason.startswith("Not a gzipped file"):
            return CompressedInputError(
                f"{self._raw.name}: what follows the last gzip member, somewhere {where}, is not "
                f"gzip; cut it off, or {_AGAIN}"
            )
        if reason.startswith("CRC check failed"):
            reason = "a gzip member fails its check sum (CRC32)"
        elif reason.startswith("Incorrect length"):
            reason = "a gzip member has not the length that it tells (ISIZE)"
        return CompressedInputError(
            f"{self._raw.name}: {reason}, somewhere {where}; the file is corrupt: {_AGAIN}"
        )

    def close(self) -> None:
        """Has nothing to end."""
