"""Compression of Parquet's pages."""

from __future__ import annotations

import threading
from typing import Any

import pyarrow as pa

from biometal_stream.codecs.libraries import libzstd
from biometal_stream.sinks.buffers import Bytes
from biometal_stream.sinks.parquet import zstd

_LEVEL = 1
_CODES = {"none": 0, "snappy": 1, "gzip": 2, "zstd": 6, "lz4": 7}


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
        chooses: Whether it is zstd without a level, so the settings depend on the data.
    """

    def __init__(self, name: str, level: int | None, table: int | None = None) -> None:
        self._name = name
        self._level = level
        self._own = threading.local()
        self.code = _CODES[name]
        self.chooses = name == "zstd" and level is None
        self._table = table if self.chooses else None

    @property
    def is_zstd(self) -> bool:
        """Whether it is zstd, of any level."""
        return self._name == "zstd"

    def compress(self, data: Bytes) -> Bytes:
        """Compresses all of the bytes, without the interpreter's lock."""
        own: Any = getattr(self._own, "codec", None)
        if own is None:
            own = self._own.codec = self._start()
        if self._table is None:
            buffer = own.compress(data)
            return memoryview(buffer)[
                : buffer.size
            ]  # the view still has the length before the resize
        compressed: bytes = own.compress(data, own.FLUSH_FRAME)
        return compressed

    def _start(self) -> Any:
        if self._table is None:
            level = _LEVEL if self._name == "zstd" and self._level is None else self._level
            return pa.Codec("lz4_raw" if self._name == "lz4" else self._name, level)
        return zstd.compressor(_LEVEL, self._table)

    def context(self) -> libzstd.Context:
        """This thread's context of zstd, for kernels; only where `libzstd.functions` are known."""
        own: libzstd.Context | None = getattr(self._own, "context", None)
        if own is None:
            known = libzstd.functions()
            assert known is not None
            level = _LEVEL if self._level is None else self._level
            own = self._own.context = libzstd.Context(known, zstd.options(level, self._table))
        return own
