"""``one-hot-quality/1``: the channels of the bases, one of qualities, one of 1 for each base."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.models.encodings.kernels.parts import (
    Fraction,
    first_in_room,
    write_bases,
    write_mask,
    write_qualities,
)
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask
from biometal_stream.simd.padding import padded_end
from biometal_stream.simd.vectors import zeros

_HIGHEST = np.uint8(93)
_ZERO = np.uint64(0)
_TWO = np.uint64(2)
_FOUR = np.uint64(4)
_SIX = np.uint64(6)


@kernel(writes=("out", "room"))
def write_one_hot_quality(
    sequence: NDArray[np.uint8],
    sequence_firsts: NDArray[np.uint64],
    quality: NDArray[np.uint8],
    quality_firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[Fraction],
    room: NDArray[Fraction],
) -> bool:
    """Writes a channel for each of A, C, G and T, one of qualities, and one of 1 for each base.

    Args:
        sequence: (bytes,)
        sequence_firsts: (n,)
        quality: (bytes,)
        quality_firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``float32``, ``uint16`` or ``uint8``, (n * 6 * length,).
        room: Output for the last windows.
    """
    sequence_ending = padded_end(sequence)
    quality_ending = padded_end(quality)
    highest = zeros()
    target = out
    split = first_in_room(counts, room, _SIX * length)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        count = counts[window]
        write_bases(sequence, sequence_ending, sequence_firsts[window], count, length, target, at)
        at += _FOUR * length
        highest = write_qualities(
            quality, quality_ending, quality_firsts[window], count, length, target, at, highest
        )
        write_mask(count, length, target, at + length)
        at += _TWO * length
    return bool(above_mask(highest, _HIGHEST) == _ZERO)
