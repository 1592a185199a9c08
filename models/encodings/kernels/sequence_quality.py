"""``sequence-quality-300/1``: quarters for the bases, then ninety-thirds for the qualities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.models.encodings.kernels.parts import (
    clear,
    codes_of,
    first_in_room,
    write_qualities,
)
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask
from biometal_stream.simd.numbers import store_fractions
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.vectors import keep_first, zeros
from biometal_stream.simd.words import WIDTH

# As in `operators/kernels/sequence.py`: with these bits cleared one comparison finds both.
_ANY_CASE = np.uint8(0xDF)
_HIGHEST = np.uint8(93)
_QUARTER = np.float32(0.25)
_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_TWO = np.uint64(2)
_BYTE_0 = np.uint8(0)
_BYTE_3 = np.uint8(3)
_BYTE_4 = np.uint8(4)


@kernel(writes=("out", "room"))
def write_sequence_quality(
    sequence: NDArray[np.uint8],
    sequence_firsts: NDArray[np.uint64],
    quality: NDArray[np.uint8],
    quality_firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[np.float32],
    room: NDArray[np.float32],
) -> bool:
    """Writes quarters for the bases, then ninety-thirds for the qualities.

    Args:
        sequence: (bytes,)
        sequence_firsts: (n,)
        quality: (bytes,)
        quality_firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``float32``, (n * 2 * length,).
        room: Output for the last windows.
    """
    sequence_ending = padded_end(sequence)
    quality_ending = padded_end(quality)
    highest = zeros()
    target = out
    split = first_in_room(counts, room, _TWO * length)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        first = sequence_firsts[window]
        count = counts[window]
        place = _ZERO
        while place < count:
            bases = load_starting(sequence, sequence_ending, first + place)
            # In this layout U is a letter like any other.
            codes = codes_of(bases, _BYTE_0, _BYTE_3, _ANY_CASE, _BYTE_4)
            kept = keep_first(codes, min(count - place, _WIDTH))
            store_fractions(target, at + place, length - place, kept, _QUARTER)
            place += _WIDTH
        clear(target, at, place, length)
        highest = write_qualities(
            quality,
            quality_ending,
            quality_firsts[window],
            count,
            length,
            target,
            at + length,
            highest,
        )
        at += _TWO * length
    return bool(above_mask(highest, _HIGHEST) == _ZERO)
