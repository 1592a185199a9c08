"""libdeflate, which inflates and compresses whole buffers.

Each thread has a decompressor of its own, and a compressor for each level that it has used. They
are freed when the thread ends.
"""

from __future__ import annotations

import ctypes
import threading
from functools import cache
from typing import TYPE_CHECKING

import deflate
import numpy as np

from biometal_stream.codecs.libraries.calls import CRC32, HANDLE, WORK
from biometal_stream.codecs.libraries.symbols import addresses

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAMES = tuple(
    f"libdeflate_{name}"
    for name in (
        "crc32",
        *("alloc_decompressor", "deflate_decompress", "free_decompressor"),
        *("alloc_compressor", "deflate_compress", "free_compressor"),
    )
)


@cache
def functions() -> dict[str, int] | None:
    """The addresses of libdeflate's functions; ``None`` if the package ``deflate`` hides them."""
    return addresses(deflate.deflate_compress, _NAMES)


class _Handle:
    """A compressor or decompressor of libdeflate.

    Args:
        known: The addresses of libdeflate's functions.
        what: ``compressor`` or ``decompressor``.
        work: The function that it is for.
        level: The level of a compressor.

    Raises:
        MemoryError: There is no memory for it.
    """

    def __init__(self, known: dict[str, int], what: str, work: str, *level: int) -> None:
        allocate = ctypes.CFUNCTYPE(ctypes.c_void_p, *[ctypes.c_int] * len(level))
        free = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
        self._free = free(known[f"libdeflate_free_{what}"])
        self._handle: int | None = allocate(known[f"libdeflate_alloc_{what}"])(*level)
        if self._handle is None:
            raise MemoryError(f"libdeflate cannot allocate a {what}")
        self.numbers = np.zeros(3, np.uint64)
        self.numbers[WORK] = known[f"libdeflate_{work}"]
        self.numbers[CRC32] = known["libdeflate_crc32"]
        self.numbers[HANDLE] = self._handle

    def __del__(self) -> None:
        self._free(self._handle)


class _Kept(threading.local):
    def __init__(self) -> None:
        self.decompressor: _Handle | None = None
        self.compressors: dict[int, _Handle] = {}


_kept = _Kept()


def decompressor() -> NDArray[np.uint64] | None:
    """What a kernel inflates with, in the thread that calls this.

    Returns:
        ``uint64``, (3,): the addresses of ``libdeflate_deflate_decompress``, of
        ``libdeflate_crc32`` and of this thread's decompressor. ``None`` if the package ``deflate``
        hides libdeflate's functions.
    """
    if _kept.decompressor is None:
        known = functions()
        if known is None:
            return None
        _kept.decompressor = _Handle(known, "decompressor", "deflate_decompress")
    return _kept.decompressor.numbers


def compressor(level: int) -> NDArray[np.uint64] | None:
    """What a kernel compresses with, in the thread that calls this.

    Args:
        level: libdeflate's level, 1 to 12.

    Returns:
        ``uint64``, (3,), as `decompressor`, for ``libdeflate_deflate_compress``.
    """
    if level not in _kept.compressors:
        known = functions()
        if known is None:
            return None
        _kept.compressors[level] = _Handle(known, "compressor", "deflate_compress", level)
    return _kept.compressors[level].numbers
