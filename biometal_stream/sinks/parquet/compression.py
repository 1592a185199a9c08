"""Compression of Parquet's pages."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeAlias

import pyarrow as pa

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compress: TypeAlias = Callable[[bytes], bytes]

_CODES = {"none": 0, "snappy": 1, "gzip": 2, "zstd": 6, "lz4": 7}
_LEAST_MATCH = 7


class Compression:
    """Compresses pages. Thread-safe.

    Args:
        name: ``zstd``, ``snappy``, ``gzip``, ``lz4`` or ``none``.
        level: The level of zstd or gzip.
        table: For zstd without a level, the size of its hash table as a power of 2; matches are
            then at least 7 bytes long. If texts have few repeats, a small table saves time
            and loses nothing. ``None`` is level 1, with 2^14.

    Attributes:
        code: Parquet's code for the compression.
    """

    def __init__(self, name: str, level: int | None, table: int | None = None) -> None:
        self._name = name
        self._level = level
        self._table = table
        self._own = threading.local()
        self.code = _CODES[name]

    def compress(self, data: bytes) -> bytes:
        """Compresses all of the bytes."""
        compress: Compress | None = getattr(self._own, "compress", None)
        if compress is None:
            compress = self._own.compress = self._start()
        return compress(data)

    def _start(self) -> Compress:
        if self._name == "zstd" and self._level is None and self._table is not None:
            parameter = zstd.CompressionParameter
            options = {
                int(parameter.strategy): int(zstd.Strategy.fast),
                int(parameter.min_match): _LEAST_MATCH,
                int(parameter.hash_log): self._table,
            }
            compressor = zstd.ZstdCompressor(options=options)
            return lambda data: compressor.compress(data, zstd.ZstdCompressor.FLUSH_FRAME)
        level = 1 if self._name == "zstd" and self._level is None else self._level
        codec = pa.Codec("lz4_raw" if self._name == "lz4" else self._name, level)
        return lambda data: bytes(codec.compress(data, asbytes=True))
