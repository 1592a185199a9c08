"""zstd frames, and Python's module for them."""

from __future__ import annotations

import sys

from biometal_stream.codecs.detect import SKIPPABLE, ZSTD
from biometal_stream.codecs.libraries import libzstd
from biometal_stream.codecs.streams import Inflater, PythonInflater, StreamFormat

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["WINDOW_LOG", "ZSTD_FORMAT", "zstd"]

WINDOW_LOG = 27
"""The largest window of a frame, as a power of 2: 128 MiB, as in ``zstd -d``."""


def _start() -> Inflater:
    known = libzstd.functions()
    if known is not None:
        return libzstd.FrameInflater(known, WINDOW_LOG)
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: WINDOW_LOG}
    return PythonInflater(zstd.ZstdDecompressor(options=options))


ZSTD_FORMAT = StreamFormat(
    codec="zstd",
    stream="a zstd frame",
    beginnings=(ZSTD, *SKIPPABLE),
    start=_start,
    error=zstd.ZstdError,
    too_large="too much memory",
    remedy="its window is above 128 MiB; pipe it in with 'zstd -dc --long=31'",
)
