"""Finds gzip headers with reserved flags, which ISA-L and rapidgzip ignore.

Source: RFC 1952, section 2.3.1.2: "Reserved FLG bits must be zero". A reader must report an
error if one is set, since an unknown field may follow.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from biometal_stream.codecs.damage import AGAIN
from biometal_stream.errors import CompressedInputError
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import equal_mask, trailing_zeros
from biometal_stream.simd.words import WIDTH, Word

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput

HEADER = 10
"""Bytes of a gzip header without optional fields."""

_RESERVED = 0xE0
_DEFLATE = b"\x1f\x8b\x08"
_FLAGS = len(_DEFLATE)
_FLAG_BITS = np.uint8(_RESERVED)
_FIRST, _SECOND, _THIRD = (np.uint8(byte) for byte in _DEFLATE)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_STEP = np.uint64(WIDTH)


@kernel
def find_reserved(data: NDArray[np.uint8], stop: Word) -> Word:
    """Finds bytes that could be the start of a gzip header with reserved flags.

    Args:
        data: ``uint8``, (stop or more,).
        stop: The index after the last byte to search.

    Returns:
        The index of the first match; ``stop`` if there is none.
    """
    index = _ZERO
    while index + _STEP + _ONE <= stop:
        found = equal_mask(data, index, _FIRST) & equal_mask(data, index + _ONE, _SECOND)
        while found:
            at = index + trailing_zeros(found)
            flagged = at + _THREE < stop and data[at + _THREE] & _FLAG_BITS
            if flagged and data[at + _TWO] == _THIRD:
                return at
            found &= found - _ONE
        index += _STEP
    while index + _THREE < stop:
        begins = data[index] == _FIRST and data[index + _ONE] == _SECOND
        if begins and data[index + _TWO] == _THIRD and data[index + _THREE] & _FLAG_BITS:
            return index
        index += _ONE
    return stop


def could_begin(data: bytes) -> int:
    """The length of the end of ``data`` that could be the start of such a header."""
    for length in range(min(_FLAGS, len(data)), 0, -1):
        if data.endswith(_DEFLATE[:length]):
            return length
    return 0


def has_reserved(header: bytes) -> bool:
    """Whether a gzip header sets reserved flags."""
    return header.startswith(_DEFLATE) and len(header) > _FLAGS and bool(header[_FLAGS] & _RESERVED)


def refusal(name: str, offset: int, flags: int) -> CompressedInputError:
    """The error for a member with reserved flags, given the byte of the file where it begins."""
    return CompressedInputError(
        f"{name}: the gzip member at byte {offset} has flags that RFC 1952 reserves"
        f" (0x{flags & _RESERVED:02x}); the file is corrupt, or its gzip is too new: {AGAIN}"
    )


def check_first(raw: RawInput) -> None:
    """Checks the header at the current position of an input.

    Raises:
        CompressedInputError: It has reserved flags.
    """
    header = raw.peek(_FLAGS + 1)
    if has_reserved(header):
        raise refusal(raw.name, raw.offset, header[_FLAGS])


def check_file(path: str, name: str) -> None:
    """Checks the first header of a file; if it cannot be read, its reader will report that.

    Raises:
        CompressedInputError: It has reserved flags.
    """
    with suppress(OSError), open(path, "rb") as file:  # noqa: PTH123 - the path may be text
        header = file.read(_FLAGS + 1)
        if has_reserved(header):
            raise refusal(name, 0, header[_FLAGS])


class HeaderWatch:
    """Watches the bytes that an input gives to ISA-L for headers with reserved flags.

    The same bytes can occur in compressed data, about once in 20 MB, and only ISA-L knows which
    they are. So ISA-L is given no more than the 10 bytes of a possible header. If it then reports
    the time stamp in them, it has read them as a header. Compressed data that matches by chance,
    time stamp included, is to be expected once in 80 petabytes.

    Args:
        raw: The input.
    """

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw
        self._seen = b""  # a possible header
        self._left = 0  # bytes of it that ISA-L has not been given yet

    def readinto(self, target: memoryview) -> int:
        """Reads from the input, up to the end of a possible header."""
        if self._left:
            count = self._raw.readinto(target[: self._left])
            self._left -= count
            return count
        count = self._raw.readinto(target)
        data = np.frombuffer(target, np.uint8)
        at = int(find_reserved(data, np.uint64(count)))
        if at == count:
            at -= could_begin(bytes(target[max(0, count - _FLAGS) : count]))
        if at == count:
            return count
        stop = min(count, at + HEADER)
        self._raw.replay(bytes(target[stop:count]))
        header = bytes(target[at:stop])
        header += self._raw.peek(HEADER - len(header))[: HEADER - len(header)]
        if len(header) == HEADER and has_reserved(header):
            self._seen, self._left = header, at + HEADER - stop
        return stop

    def check(self, last_time: int | None) -> None:
        """Checks whether the possible header was one; to be called before each `readinto`.

        Args:
            last_time: The time stamp that ISA-L found in the last header.

        Raises:
            CompressedInputError: It was a header.
        """
        if not self._seen or self._left:
            return
        seen, self._seen = self._seen, b""
        if last_time == int.from_bytes(seen[4:8], "little"):
            raise refusal(self._raw.name, self._raw.offset - HEADER, seen[_FLAGS])
