"""How kernels call the C libraries of codecs; imports none of them, as kernels are built without.

Sources: ``libdeflate.h`` and ``igzip_lib.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.foreign import call
from biometal_stream.simd.words import Word

WORK, CRC32, HANDLE = range(3)
"""The numbers that libdeflate is called by: the address of the function that compresses or
inflates, that of ``libdeflate_crc32``, and the compressor or decompressor."""

SHORT_OUTPUT = 2
"""LIBDEFLATE_SHORT_OUTPUT: the data inflates to fewer bytes than it should."""

_ZERO = np.uint64(0)
_LOW = np.uint64(0xFFFFFFFF)


@inlined
def inflate(libdeflate: Any, data: Any, count: Any, text: Any, size: Any) -> Word:
    """Inflates DEFLATE data that must give text of a known size.

    Args:
        libdeflate: From `biometal_stream.codecs.libraries.libdeflate.decompressor`.
        data: The address of the data.
        count: Its bytes.
        text: Where the text goes.
        size: Its bytes.

    Returns:
        0, `SHORT_OUTPUT`, or another number if the data is bad or gives more.
    """
    # The last argument is where the size would go; without it, the size must be right.
    work, handle = libdeflate[WORK], libdeflate[HANDLE]
    return call(work, handle, data, count, text, size, _ZERO) & _LOW


@inlined
def compress(libdeflate: Any, text: Any, size: Any, data: Any, room: Any) -> Word:
    """Compresses text to DEFLATE data; returns its bytes, 0 if it does not fit in the room."""
    return call(libdeflate[WORK], libdeflate[HANDLE], text, size, data, room)


@inlined
def crc32(libdeflate: Any, text: Any, size: Any) -> Word:
    """The CRC32 of some bytes at an address."""
    return call(libdeflate[CRC32], _ZERO, text, size) & _LOW
