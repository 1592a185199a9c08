"""The compiled loops that turn the first bases of reads, and their names, into numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.hashing import mix
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import load_word
from biometal_stream.simd.padding import load_word_ending, padded_start
from biometal_stream.simd.words import Offset

_UPPER = np.uint64(0xDFDFDFDFDFDFDFDF)
_EIGHT = np.uint64(8)


@kernel(writes=("hashes",))
def hash_beginnings(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    most: np.uint64,
    hashes: NDArray[np.uint64],
) -> None:
    """Turns the beginning of each text, in upper or lower case, into 64 bits.

    It is cut into words of eight bytes, the first byte lowest, the last word filled up with zeros;
    of each byte the bit that makes a letter lower case is cleared. ``h`` starts as the length, and
    becomes ``mix(h ^ word)`` for each word, and at last ``mix(h)``. This will never change: counts
    made years apart can be added.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        most: The most bytes of each text that count.
        hashes: Output, ``uint64``, (rows,).
    """
    first = padded_start(data)
    for row in range(np.uint64(len(hashes))):
        index = np.uint64(starts[row])
        length = min(np.uint64(stops[row]) - index, most)
        end = index + length
        state = length
        while index + _EIGHT <= end:
            state = mix(state ^ (load_word(data, index) & _UPPER))
            index += _EIGHT
        if index < end:
            word = load_word_ending(data, first, end) >> ((_EIGHT - (end - index)) * _EIGHT)
            state = mix(state ^ (word & _UPPER))
        hashes[row] = mix(state)


@kernel(writes=("hashes",))
def hash_further(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    hashes: NDArray[np.uint64],
) -> None:
    """Turns each hash and a text into another hash.

    ``h`` starts as the hash, becomes ``mix(h ^ word)`` for each word of the text, as for
    `hash_beginnings` but in its own case, and at last ``mix(h ^ length)``.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        hashes: Input and output, ``uint64``, (rows,).
    """
    first = padded_start(data)
    for row in range(np.uint64(len(hashes))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        length = end - index
        state = hashes[row]
        while index + _EIGHT <= end:
            state = mix(state ^ load_word(data, index))
            index += _EIGHT
        if index < end:
            word = load_word_ending(data, first, end) >> ((_EIGHT - (end - index)) * _EIGHT)
            state = mix(state ^ word)
        hashes[row] = mix(state ^ length)
