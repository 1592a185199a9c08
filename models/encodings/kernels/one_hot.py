"""``one-hot/1``: a channel for each of A, C, G and T."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.models.encodings.kernels.parts import Fraction, first_in_room, write_bases
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.padding import padded_end

_ZERO = np.uint64(0)
_FOUR = np.uint64(4)


@kernel(writes=("out", "room"))
def write_one_hot(
    sequence: NDArray[np.uint8],
    firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[Fraction],
    room: NDArray[Fraction],
) -> None:
    """Writes a channel for each of A, C, G and T.

    Args:
        sequence: (bytes,)
        firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``float32``, ``uint16`` or ``uint8``, (n * 4 * length,).
        room: Output for the last windows.
    """
    ending = padded_end(sequence)
    target = out
    split = first_in_room(counts, room, _FOUR * length)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        write_bases(sequence, ending, firsts[window], counts[window], length, target, at)
        at += _FOUR * length
