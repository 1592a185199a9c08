"""libzstd, which compresses and inflates the frames of zstd."""

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

_WINDOW_LOG_MAX = 100  # ZSTD_d_windowLogMax


class _Buffer(ctypes.Structure):
    """ZSTD_inBuffer, and ZSTD_outBuffer."""

    _fields_ = (("at", ctypes.c_void_p), ("size", ctypes.c_size_t), ("pos", ctypes.c_size_t))


_WORD, _HANDLE, _IN_OUT = ctypes.c_size_t, ctypes.c_void_p, ctypes.POINTER(_Buffer)
_CREATE = ctypes.CFUNCTYPE(_HANDLE)
_FREE = ctypes.CFUNCTYPE(_WORD, _HANDLE)
_SET = ctypes.CFUNCTYPE(_WORD, _HANDLE, ctypes.c_int, ctypes.c_int)
_COMPRESS = "ZSTD_compress2"
_KINDS: dict[str, Any] = {
    "ZSTD_createCCtx": _CREATE,
    "ZSTD_freeCCtx": _FREE,
    "ZSTD_CCtx_setParameter": _SET,
    _COMPRESS: ctypes.CFUNCTYPE(_WORD, _HANDLE, _HANDLE, _WORD, _HANDLE, _WORD),
    "ZSTD_createDCtx": _CREATE,
    "ZSTD_freeDCtx": _FREE,
    "ZSTD_DCtx_setParameter": _SET,
    "ZSTD_decompressStream": ctypes.CFUNCTYPE(_WORD, _HANDLE, _IN_OUT, _IN_OUT),
    "ZSTD_isError": ctypes.CFUNCTYPE(ctypes.c_uint, _WORD),
    "ZSTD_getErrorName": ctypes.CFUNCTYPE(ctypes.c_char_p, _WORD),
}


@cache
def functions() -> dict[str, Any] | None:
    """The functions of libzstd, which release the GIL; ``None`` if Python's module hides them."""
    known = addresses(zstd.get_frame_size, _KINDS)
    return known and {name: _KINDS[name](address) for name, address in known.items()}


def compress_address() -> int | None:
    """The address of ``ZSTD_compress2``; ``None`` if Python's module hides it."""
    known = functions()
    return None if known is None else ctypes.cast(known[_COMPRESS], _HANDLE).value


class Context:
    """What kernels compress with, by `compress_address`. For one thread at a time.

    Args:
        known: From `functions`.
        options: zstd's parameters and their values.

    Attributes:
        address: Of the ``ZSTD_CCtx``, until this object is freed.

    Raises:
        MemoryError: There is no memory for it.
        ValueError: zstd does not know a parameter.
    """

    address: int | None = None

    def __init__(self, known: dict[str, Any], options: dict[int, int]) -> None:
        self._free = known["ZSTD_freeCCtx"]
        self.address = known["ZSTD_createCCtx"]()
        if self.address is None:
            raise MemoryError("libzstd cannot allocate a compressor")
        for parameter, value in options.items():
            result = known["ZSTD_CCtx_setParameter"](self.address, parameter, value)
            if known["ZSTD_isError"](result):
                raise ValueError(f"zstd refuses {value} for its parameter {parameter}")

    def __del__(self) -> None:
        self._free(self.address)


class FrameInflater:
    """Inflates one frame, without the GIL and without a copy: an `Inflater`.

    Args:
        known: From `functions`.
        window_log: The largest window that is accepted, as a power of 2.

    Raises:
        MemoryError: There is no memory for it.
    """

    def __init__(self, known: dict[str, Any], window_log: int) -> None:
        self.eof = False
        self.needs_input = True
        self._known = known
        self._free = known["ZSTD_freeDCtx"]
        self._context: int | None = known["ZSTD_createDCtx"]()
        if self._context is None:
            raise MemoryError("libzstd cannot allocate a decompressor")
        known["ZSTD_DCtx_setParameter"](self._context, _WINDOW_LOG_MAX, window_log)
        self._data = memoryview(b"")
        self._input = _Buffer()

    def inflate(self, data: memoryview, target: memoryview) -> int:
        """As `Inflater.inflate`."""
        if data:
            self._data, self._input = data, _Buffer(_address(data), len(data), 0)
        output = _Buffer(_address(target), len(target), 0)
        source = self._input
        while True:
            left = self._call("ZSTD_decompressStream", self._context, output, source)
            self.eof = left == 0
            full = output.pos == output.size
            if self.eof or full or source.pos == source.size:
                break
        self.needs_input = not self.eof and not full and source.pos == source.size
        return int(output.pos)

    def _call(self, name: str, *arguments: Any) -> int:
        result: int = self._known[name](*arguments)
        if self._known["ZSTD_isError"](result):
            reason = self._known["ZSTD_getErrorName"](result).decode()
            raise zstd.ZstdError(f"Unable to decompress Zstandard data: {reason}")
        return result

    @property
    def unused_data(self) -> bytes:
        """As `Inflater.unused_data`."""
        return bytes(self._data[self._input.pos :])

    def __del__(self) -> None:
        self._free(self._context)


def _address(buffer: memoryview) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))
