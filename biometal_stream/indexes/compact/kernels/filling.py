"""The compiled loop that fills lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.indexes.compact.kernels.line import (
    BYTES,
    FIRST_ONES,
    HALF,
    MOST,
    REMAINDER,
    UPPER_BITS,
    address_of,
    cell_of,
)
from biometal_stream.indexes.compact.layout import GROUPS, LINE
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Word

_GROUPS = np.uint64(GROUPS)
_NOWHERE = np.uint64(2**64 - 1)
_OVER = np.uint8(0x80)
_LAST_BYTE = np.uint64(LINE - 1)
_LOW = np.uint64(0xFF)
_BYTE = np.uint8(1)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)
_SEVEN = np.uint64(7)
_EIGHT = np.uint64(8)


@kernel(writes=("target", "left", "tallies"))
def fill_lines(
    hashes: NDArray[np.uint64],
    lines: Word,
    first: Word,
    target: NDArray[np.uint8],
    left: NDArray[np.uint64],
    tallies: NDArray[np.uint64],
) -> Word:
    """Fills consecutive lines of a level.

    Args:
        hashes: ``uint64``, (n,), ascending: all of these lines.
        lines: The lines that hashes are spread over.
        first: The number of the first line of these.
        target: Output, ``uint8``, (lines * 64,), of 0.
        left: Output, ``uint64``, (n,): the hashes that there is no room for.
        tallies: Output, ``uint64``, (2,): the number of different cells that are taken is added to
            the first, and the number of groups that go on, of all lines, to the second.

    Returns:
        The number of hashes that there is no room for.
    """
    current = _NOWHERE
    last = _NOWHERE
    at = _ZERO
    slot = _ZERO
    over = _ZERO
    for place in range(np.uint64(len(hashes))):
        address = address_of(hashes[place], lines)
        line = address >> HALF
        cell = cell_of(address)
        if line != current:
            current = line
            last = _NOWHERE
            at = (line - first) * BYTES
            slot = _ZERO
        if slot == MOST:
            left[over] = hashes[place]
            over += _ONE
            if target[at + _LAST_BYTE] < _OVER:
                target[at + _LAST_BYTE] |= _OVER
                tallies[_ONE] += _GROUPS - (last >> REMAINDER)
            continue
        target[at + slot] = np.uint8(cell & _LOW)
        upper = np.uint8(((cell >> _EIGHT) & np.uint64(15)) << ((slot & _ONE) * _FOUR))
        target[at + UPPER_BITS + (slot >> _ONE)] |= upper
        bit = slot + (cell >> REMAINDER) + _FOUR
        target[at + FIRST_ONES + (bit >> _THREE)] |= _BYTE << np.uint8(bit & _SEVEN)
        if cell != last:
            tallies[_ZERO] += _ONE
            last = cell
        slot += _ONE
    return over
