"""``tokens/1``: a small number for each base."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from biometal_stream.models.encodings.kernels.parts import codes_of, first_in_room
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.numbers import store_numbers
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.vectors import keep_first, zeros
from biometal_stream.simd.words import WIDTH

Token = TypeVar("Token", np.uint8, np.int32, np.int64)
"""The type of tokens."""

_T_OR_U = np.uint8(0xDE)
_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_BYTE_1 = np.uint8(1)
_BYTE_4 = np.uint8(4)
_BYTE_5 = np.uint8(5)


@kernel(writes=("out", "room"))
def write_tokens(
    sequence: NDArray[np.uint8],
    firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[Token],
    room: NDArray[Token],
) -> None:
    """Writes a small number for each base.

    Args:
        sequence: (bytes,)
        firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``uint8``, ``int32`` or ``int64``, (n * length,).
        room: Output for the last windows.
    """
    ending = padded_end(sequence)
    target = out
    split = first_in_room(counts, room, length)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        first = firsts[window]
        count = counts[window]
        place = _ZERO
        while place < count:
            bases = load_starting(sequence, ending, first + place)
            tokens = codes_of(bases, _BYTE_1, _BYTE_4, _T_OR_U, _BYTE_5)
            store_numbers(
                target, at + place, length - place, keep_first(tokens, min(count - place, _WIDTH))
            )
            place += _WIDTH
        while place < length:
            store_numbers(target, at + place, length - place, zeros())
            place += _WIDTH
        at += length
