"""The compiled loop of Parquet's plain encoding of text.

The layout is that of "Encodings" in the Parquet format: PLAIN, for a BYTE_ARRAY. The kernel does
not keep a reference to its arguments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel

LENGTH_BYTES = 4
"""Size in bytes of the length before each text."""

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_EIGHT = np.uint64(8)
_BYTE = np.uint64(0xFF)
_LENGTH_BITS = np.uint64(8 * LENGTH_BYTES)


@kernel(writes=("out",))
def put_lengths(text: NDArray[np.uint8], lengths: NDArray[np.int64], out: NDArray[np.uint8]) -> int:
    """Writes texts, each after its length in four bytes, little-endian.

    Args:
        text: ``uint8``: all texts, one after another.
        lengths: ``int64``, (n,): the bytes of each, less than 2^32.
        out: ``uint8``: room for the text and four bytes for each length.

    Returns:
        The number of bytes written.
    """
    taken = _ZERO
    to = _ZERO
    for row in range(np.uint64(len(lengths))):
        length = np.uint64(lengths[row])
        for shift in range(_ZERO, _LENGTH_BITS, _EIGHT):
            out[to] = (length >> shift) & _BYTE
            to += _ONE
        for index in range(length):
            out[to + index] = text[taken + index]
        to += length
        taken += length
    return int(to)
