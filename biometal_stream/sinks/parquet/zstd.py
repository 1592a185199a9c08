"""Contexts of zstd, for kernels that compress: by address, without a copy that holds the GIL."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

if sys.version_info >= (3, 14):
    import _zstd as library
    from compression import zstd
else:
    from backports import zstd
    from backports.zstd import _zstd as library

LEAST_MATCH = 7

_FUNCTIONS = {
    "ZSTD_compress2": ctypes.c_size_t,
    "ZSTD_createCCtx": ctypes.c_void_p,
    "ZSTD_freeCCtx": ctypes.c_size_t,
    "ZSTD_CCtx_setParameter": ctypes.c_size_t,
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
def _functions() -> dict[str, Any] | None:
    """The functions from Python's own module; ``None`` where it hides them."""
    try:
        found = ctypes.CDLL(library.__file__)
        functions = {name: getattr(found, name) for name in _FUNCTIONS}
    except (AttributeError, OSError):
        return None
    for name, result in _FUNCTIONS.items():
        functions[name].restype = result
    functions["ZSTD_freeCCtx"].argtypes = [ctypes.c_void_p]
    functions["ZSTD_CCtx_setParameter"].argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
    return functions


def compress_address() -> int | None:
    """The address of ``ZSTD_compress2``; ``None`` where it cannot be called."""
    functions = _functions()
    if functions is None:
        return None
    return ctypes.cast(functions["ZSTD_compress2"], ctypes.c_void_p).value


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
        functions = _functions()
        assert functions is not None
        self._free = functions["ZSTD_freeCCtx"]
        address: int | None = functions["ZSTD_createCCtx"]()
        if not address:
            raise MemoryError("there is no memory for zstd")
        self.address = address
        for parameter, value in options(level, table).items():
            if functions["ZSTD_CCtx_setParameter"](address, parameter, value) > _LARGEST:
                raise ValueError(f"zstd refuses {value} for its parameter {parameter}")

    def __del__(self) -> None:
        if self.address:
            self._free(self.address)


_LARGEST = 2 ** (8 * ctypes.sizeof(ctypes.c_size_t)) - 256  # larger results are errors
