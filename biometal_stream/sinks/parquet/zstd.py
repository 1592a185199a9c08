"""The parameters of zstd for pages, and a compressor for Python."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEAST_MATCH = 7


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
