"""xz."""

from __future__ import annotations

import lzma

from biometal_stream.codecs.detect import XZ
from biometal_stream.codecs.streams import Inflater, PythonInflater, StreamFormat

MEMORY = 192 << 20
"""The memory limit of a stream in bytes; ``xz -9`` needs 65 MiB."""


def _start() -> Inflater:
    return PythonInflater(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY))


XZ_FORMAT = StreamFormat(
    codec="xz",
    stream="an xz stream",
    beginnings=(XZ,),
    start=_start,
    error=lzma.LZMAError,
    padding=4,
    too_large="Memory usage limit",
    remedy="its dictionary is above 128 MiB; pipe it in with 'xz -dc'",
)
