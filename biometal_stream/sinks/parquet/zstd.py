"""Contexts of zstd, for kernels that compress: by address, without a copy that holds the GIL."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

from biometal_stream.codecs.libraries.symbols import addresses

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEAST_MATCH = 7

_COMPRESS = "ZSTD_compress2"
_WORD, _HANDLE = ctypes.c_size_t, ctypes.c_void_p
_KINDS: dict[str, Any] = {
    _COMPRESS: ctypes.CFUNCTYPE(_WORD, _HANDLE, _HANDLE, _WORD, _HANDLE, _WORD),
    "ZSTD_createCCtx": ctypes.CFUNCTYPE(_HANDLE),
    "ZSTD_freeCCtx": ctypes.CFUNCTYPE(_WORD, _HANDLE),
    "ZSTD_CCtx_setParameter": ctypes.CFUNCTYPE(_WORD, _HANDLE, ctypes.c_int, ctypes.c_int),
    "ZSTD_isError": ctypes.CFUNCTYPE(ctypes.c_uint, _WORD),
}


def options(level: int, table: int | None) -> dict[int, int]:
    """The parameters of zstd.

    Args:
        level: The level.
        table: The size of the hash table as a power of 2, for text with few repeats; matches are
            then at least `LEAST_MATCH` bytes long. ``None`` is what the level has.
    """
    parameter = zstd.CompressionParameter
    found = {int(parameter.compression_level): level}
    if table is not None:
        found[int(parameter.strategy)] = int(zstd.Strategy.fast)
        found[int(parameter.min_match)] = LEAST_MATCH
        found[int(parameter.hash_log)] = table
    return found


def compressor(level: int, table: int | None) -> zstd.ZstdCompressor:
    """A compressor for Python, with `options`."""
    return zstd.ZstdCompressor(options=options(level, table))


@cache
def _addresses() -> dict[str, int] | None:
    """The addresses of libzstd's functions; ``None`` where Python's module hides them."""
    return addresses(zstd.get_frame_size, _KINDS)


def compress_address() -> int | None:
    """The address of ``ZSTD_compress2``; ``None`` where it cannot be called."""
    known = _addresses()
    return None if known is None else known[_COMPRESS]


class Context:
    """A compression context, for one thread at a time. Only where `compress_address` has one.

    Args:
        level: As for `options`.
        table: Likewise.

    Attributes:
        address: Of the ``ZSTD_CCtx``, until this object is freed.

    Raises:
        MemoryError: There is no memory for it.
        ValueError: zstd does not know a parameter.
    """

    address: int = 0

    def __init__(self, level: int, table: int | None) -> None:
        known = _addresses()
        assert known is not None
        functions = {name: _KINDS[name](address) for name, address in known.items()}
        self._free = functions["ZSTD_freeCCtx"]
        address: int | None = functions["ZSTD_createCCtx"]()
        if address is None:
            raise MemoryError("libzstd cannot allocate a compressor")
        self.address = address
        for parameter, value in options(level, table).items():
            result = functions["ZSTD_CCtx_setParameter"](address, parameter, value)
            if functions["ZSTD_isError"](result):
                raise ValueError(f"zstd refuses {value} for its parameter {parameter}")

    def __del__(self) -> None:
        if self.address:
            self._free(self.address)
