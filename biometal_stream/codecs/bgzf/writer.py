"""Gzip as BGZF: independent blocks of 64 KiB.

Blocks are compressed and decompressed in parallel, any gzip reader can read them, and tools
such as ``bgzip`` and ``samtools`` can seek in them. The layout follows section 4.1 of the SAM
specification: gzip members with an extra field ``BC`` that holds the block's size.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import deflate
import numpy as np
import pyarrow as pa
from isal import isal_zlib

from biometal_stream.codecs.bgzf.packing import BLOCK, pack_blocks, room_for
from biometal_stream.codecs.libraries.isal import NO_STREAM, stream
from biometal_stream.codecs.libraries.libdeflate import compressor

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BLOCK", "DEFAULT_LEVEL", "END", "LEVELS", "Level", "compress_blocks"]

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
DEFAULT_LEVEL = 1
"""As of cutadapt 5."""

_HEADER = struct.Struct("<4BI2BH2BHH")
_TRAILER = struct.Struct("<II")
_FRAME = _HEADER.size + _TRAILER.size
_LARGEST = 2**16
_FINAL = b"\x03\x00"
"""An empty last block of DEFLATE, after ISA-L has flushed what comes before to a whole byte."""
_DICTIONARY = b"\0"
"""As `biometal_stream.codecs.libraries.calls.compress_by_isal` has it, and why."""


def compress_blocks(text: memoryview, level: int) -> memoryview:
    """Compresses text to blocks, without the block that ends a file.

    Releases the GIL; thread-safe.

    Args:
        text: The bytes.
        level: One of `LEVELS`.

    Returns:
        The blocks, which are the same for a text and level whatever thread compresses them.
    """
    packed = pa.allocate_buffer(room_for(len(text)), resizable=True)
    size = _pack(np.frombuffer(text, np.uint8), np.frombuffer(packed, np.uint8), level)
    if size is None:
        return memoryview(b"".join(_pieces(text, LEVELS[level])))
    packed.resize(size, shrink_to_fit=True)
    return memoryview(packed).cast("B")


def _pack(text: NDArray[np.uint8], out: NDArray[np.uint8], level: int) -> int | None:
    """Compresses text to blocks; ``None`` if the packages hide the functions of their libraries."""
    chosen = LEVELS[level]
    libdeflate = compressor(chosen.its_level)
    isal = stream() if chosen.library == "ISA-L" else NO_STREAM
    if libdeflate is None or isal is None:
        return None
    return int(pack_blocks(isal.functions, isal.memory, libdeflate, text, out))


def _pieces(text: memoryview, level: Level) -> list[bytes]:
    """The blocks in pieces, by the packages ``deflate`` and ``isal``, with the GIL at times."""
    pieces: list[bytes] = []
    for start in range(0, len(text), BLOCK):
        block = bytes(text[start : start + BLOCK])
        if level.library == "libdeflate" or _DICTIONARY in block:
            packed = bytes(deflate.deflate_compress(block, level.its_level))
        else:
            packed = _by_isal(block, level.its_level)
        if len(packed) + _FRAME > _LARGEST:  # cannot be smaller: stored as it is
            packed = zlib.compress(block, 0, wbits=-15)
        size = len(packed) + _FRAME
        pieces += (
            _HEADER.pack(0x1F, 0x8B, 8, 4, 0, 0, 255, 6, 66, 67, 2, size - 1),
            packed,
            _TRAILER.pack(isal_zlib.crc32(block), len(block)),
        )
    return pieces


def _by_isal(block: bytes, level: int) -> bytes:
    packed, _ = isal_zlib._ParallelCompress(2 * _LARGEST, level).compress_and_crc(
        block, _DICTIONARY
    )
    return packed + _FINAL
