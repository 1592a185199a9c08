"""``quality-mask/1``: the qualities, then 1 for each base."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.models.encodings.kernels.parts import (
    Fraction,
    first_in_room,
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


@kernel(writes=("out", "room"))
def write_quality_mask(
    quality: NDArray[np.uint8],
    firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[Fraction],
    room: NDArray[Fraction],
) -> bool:
    """Writes the qualities, then 1 for each base.

    Args:
        quality: (bytes,)
        firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``float32``, ``uint16`` or ``uint8``, (n * 2 * length,).
        room: Output for the last windows.
    """
    ending = padded_end(quality)
    highest = zeros()
    target = out
    split = first_in_room(counts, room, _TWO * length)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        count = counts[window]
        highest = write_qualities(
            quality, ending, firsts[window], count, length, target, at, highest
        )
        write_mask(count, length, target, at + length)
        at += _TWO * length
    return bool(above_mask(highest, _HIGHEST) == _ZERO)
