"""The compiled loops that look up k-mers in batches, a level at a time.

All k-mers of a batch are looked for in lines of the first level, which are fetched some k-mers
ahead. Those that may be in a later level wait for their turn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.indexes.compact.kernels.line import (
    BYTES,
    HALF,
    address_of,
    cell_of,
    goes_on,
    is_in,
)
from biometal_stream.indexes.compact.layout import LEVELS, LINES_OF_BLOCK
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.hashing import mix
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import prefetch
from biometal_stream.simd.words import Word

_LATER = np.uint64(LEVELS - 1)
_LINES_OF_BLOCK = np.uint64(LINES_OF_BLOCK)
_AHEAD = np.uint64(32)
"""How many k-mers ahead lines are fetched; 16 or 64 are as good, 8 take half as long again."""

_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel(writes=("addresses",))
def find_addresses(values: NDArray[np.uint64], lines: Word, addresses: NDArray[np.uint64]) -> None:
    """Finds out where k-mers belong in the first level.

    Args:
        values: ``uint64``, (n,)
        lines: The lines of the first level.
        addresses: Output, ``uint64``, (n,).
    """
    for place in range(np.uint64(len(values))):
        addresses[place] = address_of(mix(values[place]), lines)


@kernel(writes=("found", "waiting"))
def look_first(
    addresses: NDArray[np.uint64],
    lines: NDArray[np.uint8],
    found: NDArray[np.bool_],
    waiting: NDArray[np.uint32],
) -> Word:
    """Looks for k-mers in the first level.

    Args:
        addresses: ``uint64``, (n,)
        lines: ``uint8``, (lines * 64,)
        found: Output, ``bool``, (n,).
        waiting: Output, ``uint32``, (n,): which of those that are not found may be in the next.

    Returns:
        The number of those.
    """
    count = np.uint64(len(addresses))
    over = _ZERO
    for place in range(count):
        if place + _AHEAD < count:
            prefetch(lines, (addresses[place + _AHEAD] >> HALF) * BYTES)
        address = addresses[place]
        at = (address >> HALF) * BYTES
        cell = cell_of(address)
        has = is_in(lines, at, cell)
        found[place] = has
        waiting[over] = place
        over += np.uint64(goes_on(lines, at, cell) and not has)
    return over


@kernel(writes=("found", "waiting"))
def look_further(
    values: NDArray[np.uint64],
    level: Word,
    lines: Word,
    later: NDArray[np.uint8],
    directory: NDArray[np.uint32],
    found: NDArray[np.bool_],
    waiting: NDArray[np.uint32],
    count: Word,
) -> Word:
    """Looks for k-mers in a later level.

    Args:
        values: ``uint64``, (n,)
        level: Which, from 1.
        lines: The lines of the first level.
        later: ``uint8``: the lines of later levels.
        directory: ``uint32``: for each block and later level its first line, and in the end the
            number of lines.
        found: ``bool``, (n,). Is set for those that are found.
        waiting: ``uint32``, (n,): which are looked for. In the end, which may be in the next level.
        count: The number of those that are looked for.

    Returns:
        The number of those that may be in the next level.
    """
    over = _ZERO
    for each in range(count):
        if each + _AHEAD < count:
            ahead = values[np.uint64(waiting[each + _AHEAD])]
            prefetch(later, (_address(ahead, level, lines, directory) >> HALF) * BYTES)
        place = np.uint64(waiting[each])
        address = _address(values[place], level, lines, directory)
        at = (address >> HALF) * BYTES
        cell = cell_of(address)
        if at < np.uint64(len(later)):
            has = is_in(later, at, cell)
            found[place] = has
            waiting[over] = place
            over += np.uint64(not has and goes_on(later, at, cell))
    return over


@inlined
def _address(value: Word, level: Word, lines: Word, directory: NDArray[np.uint32]) -> Word:
    """Where a k-mer belongs among the lines of later levels."""
    code = mix(value)
    block = (address_of(code, lines) >> HALF) // _LINES_OF_BLOCK
    entry = block * _LATER + level - _ONE
    first = np.uint64(directory[entry])
    for _ in range(level):
        code = mix(code)
    return (first << HALF) + address_of(code, np.uint64(directory[entry + _ONE]) - first)
