"""Gzip as BGZF: independent blocks of 64 KiB.

Blocks are compressed and decompressed in parallel, any gzip reader can read them, and tools
such as ``bgzip`` and ``samtools`` can seek in them. The layout follows section 4.1 of the SAM
specification: gzip members with an extra field ``BC`` that holds the block's size.
"""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import deflate
import pyarrow as pa
from isal import isal_zlib

BLOCK = 65_280
"""Bytes of text in a block, as in bgzip: even incompressible text stays within 64 KiB."""
END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that marks the end of a complete file."""


@dataclass(frozen=True)
class Level:
    """What a level of compression stands for.

    Attributes:
        library: What compresses.
        its_level: The library's own level.
    """

    library: Literal["ISA-L", "libdeflate"]
    its_level: int

    def __str__(self) -> str:
        return f"{self.library} {self.its_level}"


LEVELS: dict[int, Level] = {
    1: Level("ISA-L", 1),
    2: Level("libdeflate", 1),
    **{level: Level("libdeflate", level) for level in range(3, 13)},
}
"""The levels, fastest first; `docs/guide/write.md` has the speed and the ratio of each. Left out
are ISA-L 2, as large as 1; ISA-L 3, half as fast as 1 and hardly smaller; and libdeflate 2, which
is 10 to 20 % faster than 3 for files that are 1 to 8 % larger."""
DEFAULT_LEVEL = 2
"""The fastest level whose bytes are the same in every run: ISA-L, on several threads, was seen to
write one block of thousands in another way."""

_HEADER = struct.Struct("<4BI2BH2BHH")
_TRAILER = struct.Struct("<II")
_FRAME = _HEADER.size + _TRAILER.size
_LARGEST = 2**16
_FINAL = b"\x03\x00"
"""An empty last block of DEFLATE, after ISA-L has flushed what comes before to a whole byte."""


def compress_blocks(text: memoryview, level: int) -> memoryview:
    """Compresses text to blocks, without the block that ends a file.

    Releases the GIL most of the time; thread-safe.

    Args:
        text: The bytes.
        level: One of `LEVELS`.

    Returns:
        The blocks, which are the same for a text and level whatever thread compresses them.
    """
    compress = _COMPRESSORS[LEVELS[level].library]
    pieces: list[bytes | bytearray] = []
    for start in range(0, len(text), BLOCK):
        block = text[start : start + BLOCK]
        packed, crc = compress(block, LEVELS[level].its_level)
        size = len(packed) + _FRAME
        if size > _LARGEST:  # cannot be smaller: stored as it is
            packed = zlib.compress(block, 0, wbits=-15)
            size = len(packed) + _FRAME
        pieces += (
            _HEADER.pack(0x1F, 0x8B, 8, 4, 0, 0, 255, 6, 66, 67, 2, size - 1),
            packed,
            _TRAILER.pack(crc, len(block)),
        )
    return _joined(pieces)


def _by_libdeflate(block: memoryview, level: int) -> tuple[bytearray, int]:
    return deflate.deflate_compress(block, level), isal_zlib.crc32(block)


class _Kept(threading.local):
    """The working memory of ISA-L in each thread, by level.

    If it is allocated for each block, the system clears new pages each time: 3 % of a run.
    """

    def __init__(self) -> None:
        self.by_level: dict[int, isal_zlib._ParallelCompress] = {}


_kept = _Kept()


def _by_isal(block: memoryview, level: int) -> tuple[bytes, int]:
    kept = _kept.by_level
    if level not in kept:
        kept[level] = isal_zlib._ParallelCompress(2 * _LARGEST, level)
    packed, crc = kept[level].compress_and_crc(block, b"")
    return packed + _FINAL, crc


_Compressor: TypeAlias = "Callable[[memoryview, int], tuple[bytes | bytearray, int]]"

_COMPRESSORS: dict[str, _Compressor] = {"ISA-L": _by_isal, "libdeflate": _by_libdeflate}


def _joined(pieces: list[bytes | bytearray]) -> memoryview:
    """Joins pieces in memory of Arrow's pool, whose pages are mapped already."""
    joined = memoryview(pa.allocate_buffer(sum(map(len, pieces)))).cast("B")
    at = 0
    for piece in pieces:
        joined[at : at + len(piece)] = piece
        at += len(piece)
    return joined
