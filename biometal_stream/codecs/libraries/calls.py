"""How kernels call the C libraries of codecs; imports none of them, as kernels are built without.

Sources: ``libdeflate.h`` and ``igzip_lib.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.foreign import address_of, call
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


INIT, SET_DICTIONARY, DEFLATE = range(3)
"""The numbers that ISA-L is called by: the addresses of ``isal_deflate_init``, of
``isal_deflate_set_dict`` and of ``isal_deflate``."""

_STRUCT_WORDS = 1 << 15  # of a `struct isal_zstream`: three times what it takes today
_LEVEL_BYTES = 300_000  # more than `ISAL_DEF_LVL1_LARGE`: room for all tokens of a block of BGZF
STREAM_WORDS = _STRUCT_WORDS + 1 + _LEVEL_BYTES // 8
"""The ``uint64`` of the memory of a stream: the structure, a 0 that is the dictionary, and the
memory of level 1."""

# The public fields of `struct isal_zstream`, as `uint64`: two fields of 32 bits have the first in
# the lower half. `isal_deflate_init` sets all but the input and the output.
NEXT_IN, AVAILABLE_IN, NEXT_OUT, AVAILABLE_OUT, TABLES, LEVEL, BUFFER, END_OF_STREAM = range(8)

_ONE = np.uint64(1)
_HALF = np.uint64(32)
_DICTIONARY = np.uint64(_STRUCT_WORDS)
_LEVEL_BUFFER = np.uint64(_STRUCT_WORDS + 1)
_LEVEL_1 = np.uint64(1 | _LEVEL_BYTES << 32)


@inlined
def compress_by_isal(isal: Any, stream: Any, text: Any, size: Any, data: Any, room: Any) -> Word:
    """Compresses text without a NUL to DEFLATE data, at level 1.

    If a stream has no history, ISA-L's code for AVX2 hashes a register that it has not set, which
    holds bits of the stream's address, so a few blocks of thousands depend on where that lies. A
    dictionary of one NUL is a history, and text without a NUL never refers to it.

    Args:
        isal: `Stream.functions` of `biometal_stream.codecs.libraries.isal`.
        stream: `Stream.memory`.
        text: The address of the text.
        size: Its bytes.
        data: Where the data goes.
        room: The bytes that may be written there.

    Returns:
        The bytes of the data; 0 if it does not fit in the room.
    """
    state = address_of(stream, _ZERO)
    call(isal[INIT], state)
    stream[NEXT_IN] = text
    stream[AVAILABLE_IN] = size
    stream[NEXT_OUT] = data
    stream[AVAILABLE_OUT] = room
    stream[LEVEL] = _LEVEL_1
    stream[BUFFER] = address_of(stream, _LEVEL_BUFFER)
    stream[END_OF_STREAM] = _ONE
    call(isal[SET_DICTIONARY], state, address_of(stream, _DICTIONARY), _ONE)
    fault = call(isal[DEFLATE], state) & _LOW
    complete = not stream[AVAILABLE_IN] & _LOW and stream[AVAILABLE_OUT] & _LOW
    return stream[AVAILABLE_OUT] >> _HALF if complete and not fault else _ZERO
