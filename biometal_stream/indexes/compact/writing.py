"""Writes a compact index in one pass over sorted hashes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from biometal_stream.indexes.compact.header import FOOTER, Footer, Header
from biometal_stream.indexes.compact.layout import LINES_OF_BLOCK, blocks_for, lines_for
from biometal_stream.indexes.compact.levels import block_levels
from biometal_stream.indexes.compact.rate import RateOfKmers
from biometal_stream.indexes.mixing import HASH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.indexes.scheme import Scheme


CHUNK = 4 * 2**20
"""Bytes that are written at once: two huge pages."""


class Target(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes | memoryview, /) -> Any:
        """Writes all of the bytes."""


def write_compact(
    file: Target,
    hashes: Iterable[NDArray[np.uint64]],
    count: int,
    scheme: Scheme,
    about: dict[str, Any],
) -> None:
    """Writes a compact index, from its first byte to its last.

    The same hashes give the same bytes, however they are cut into blocks. Beside the hashes of one
    block, at most 200,000, a tenth of the file is in memory: the lines of later levels.

    Args:
        file: Where to; written in order, so it may be a pipe.
        hashes: The mixed values of the k-mers (`biometal_stream.indexes.mixing.mixed`), ascending
            and each once, in blocks of any size: ``uint64``, (n,).
        count: How many there are.
        scheme: Which k-mers they are.
        about: What JSON can hold about the index.

    Raises:
        ValueError: The hashes are not ascending, or not ``count``. The file is not complete then.
    """
    lines = lines_for(count, 0)
    header = Header(scheme, HASH, count, lines, about).packed()
    out = _Chunks(file)
    out.write(header)
    checksum = checksum_later = 0
    rate = RateOfKmers()
    later: list[NDArray[np.uint8]] = []
    begins = [0]
    rest = []
    for block, own in enumerate(_blocks(_checked(hashes, count), lines)):
        levels, left = block_levels(own, block, lines)
        data = levels[0].lines.data
        out.write(data)
        checksum = zlib.crc32(data, checksum)
        for level in levels[1:]:
            checksum_later = zlib.crc32(level.lines.data, checksum_later)
            later.append(level.lines)
            begins.append(begins[-1] + level.count)
        rate.add(levels)
        rest.append(left)
    for lines_of_block in later:
        out.write(lines_of_block.data)
    whole = np.concatenate(rest).astype("<u8").tobytes()
    directory = np.array(begins, "<u4").tobytes()
    out.write(whole)
    out.write(directory)
    checksums = (checksum, checksum_later, zlib.crc32(whole), zlib.crc32(directory))
    size = out.written + FOOTER
    out.write(Footer(begins[-1], len(whole) // 8, rate.rate, checksums, size).packed())
    out.flush()


class _Chunks:
    """Writes in large chunks, whose ends are multiples of their size.

    On Linux, file systems that can (ext4 since 6.16, XFS, Btrfs) then keep the file in huge pages
    from the start. Otherwise they do only once it has been read again. In pages of 4 KiB a look-up
    takes two to four times as long.
    """

    def __init__(self, file: Target) -> None:
        self._file = file
        self._waiting = bytearray()
        self.written = 0

    def write(self, data: bytes | memoryview) -> None:
        self._waiting += data
        self.written += len(data)
        if len(self._waiting) >= CHUNK:
            whole = len(self._waiting) // CHUNK * CHUNK
            with memoryview(self._waiting) as view:
                self._file.write(view[:whole])
            del self._waiting[:whole]

    def flush(self) -> None:
        self._file.write(bytes(self._waiting))
        self._waiting.clear()


def _checked(hashes: Iterable[NDArray[np.uint64]], count: int) -> Iterator[NDArray[np.uint64]]:
    """The hashes, as they come, and an error where they are not what they should be."""
    last = -1
    found = 0
    for block in hashes:
        if not len(block):
            continue
        if int(block[0]) <= last or (block[1:] <= block[:-1]).any():
            raise ValueError("the hashes of an index must be ascending, each of them once")
        last = int(block[-1])
        found += len(block)
        if found > count:
            break
        yield block
    if found != count:
        more = "or more " if found > count else ""
        raise ValueError(f"expected {count:,} hashes, and there are {found:,} {more}".rstrip())


def _blocks(hashes: Iterator[NDArray[np.uint64]], lines: int) -> Iterator[NDArray[np.uint64]]:
    """Cuts the hashes into those of each block of the first level."""
    waiting: list[NDArray[np.uint64]] = []
    block = 0
    blocks = blocks_for(lines)
    for each in hashes:
        some = each
        while block < blocks - 1:
            end = int(np.searchsorted(some, np.uint64(_first_hash(block + 1, lines))))
            if end == len(some):
                break
            yield np.concatenate([*waiting, some[:end]])
            waiting = []
            some = some[end:]
            block += 1
        waiting.append(some)
    for _ in range(block, blocks):
        yield np.concatenate([*waiting, np.empty(0, np.uint64)])
        waiting = []


def _first_hash(block: int, lines: int) -> int:
    """The least hash of a block: lines begin at multiples of 2⁶⁴ / lines, rounded up."""
    return -(-(block * LINES_OF_BLOCK << 64) // lines)
