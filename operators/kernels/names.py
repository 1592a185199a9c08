"""The compiled loop that turns the names of reads into numbers, for `Sample`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.mates.kernels import unmarked_end
from biometal_stream.simd.hashing import mix
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import load_word
from biometal_stream.simd.padding import load_word_ending, padded_start
from biometal_stream.simd.words import Offset

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_EIGHT = np.uint64(8)


@kernel(writes=("hashes",))
def hash_names(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    seed: np.uint64,
    hashes: NDArray[np.uint64],
) -> None:
    """Turns each name, without a mark of mates at its end, into 64 bits.

    ``/1``, ``.1`` and ``_1`` count as marks, and so do those with a 2, always: a batch does not
    show whether ``.1`` marks a mate or numbers a read.

    The name is cut into words of eight bytes, the first byte lowest, the last word filled up
    with zeros. ``h`` starts as ``mix(seed)``, becomes ``mix(h ^ word)`` for each word, and at
    last ``mix(h ^ length)``. This will never change: samples drawn years apart must agree.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        seed: Another seed gives other numbers.
        hashes: Output, ``uint64``, (rows,).
    """
    first = padded_start(data)
    start = mix(seed)
    for row in range(np.uint64(len(hashes))):
        index = np.uint64(starts[row])
        end = unmarked_end(data, index, np.uint64(stops[row]))
        length = end - index
        state = start
        while index + _EIGHT <= end:
            state = mix(state ^ load_word(data, index))
            index += _EIGHT
        if index < end:
            word = load_word_ending(data, first, end) >> ((_EIGHT - (end - index)) * _EIGHT)
            state = mix(state ^ word)
        hashes[row] = mix(state ^ length)
