"""The compiled loop that finds the instrument in the names of reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.loops import is_digit, same_bytes
from biometal_stream.simd.masks import above_mask, count_ones, low_bits, trailing_zeros
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.vectors import differing, repeated
from biometal_stream.simd.words import Offset

LONGEST = 4
"""The bytes of a prefix in the table of prefixes."""

_COLONS = np.uint64(6)
"""A name of Illumina's has at least seven fields: INSTRUMENT:RUN:FLOWCELL:LANE:TILE:X:Y."""
_LONGEST = np.uint64(LONGEST)
_COLON = np.uint8(ord(":"))
_SPACE = np.uint8(ord(" "))
_TAB = np.uint8(ord("\t"))
_NOTHING = np.uint8(0)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel(writes=("found",))
def find_instruments(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    prefixes: NDArray[np.uint8],
    found: NDArray[np.uint8],
) -> None:
    """Finds which instruments reads come from, by the names that Illumina gives them.

    The first field of such a name is a prefix that stands for a kind of instrument, and then a
    number. All fields are within 64 bytes.

    Args:
        starts: (rows,): where each name starts in the data.
        stops: (rows,): where it ends; a blank before that ends it, too.
        data: (bytes,)
        prefixes: ``uint8``, (prefixes * LONGEST,): the prefixes, zeros after each.
        found: Output, ``uint8``, (rows,): 1 for the first prefix and so on, 0 for none of them.
    """
    known = np.uint64(len(prefixes)) // _LONGEST
    behind = padded_end(data)
    before = _ZERO  # the last row with an instrument, and the bytes of its first field
    length = _ZERO
    for row in range(np.uint64(len(found))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        found[row] = np.uint8(0)
        text = load_starting(data, behind, start)
        blanks = ~above_mask(differing(text, repeated(_SPACE)), _NOTHING)
        blanks |= ~above_mask(differing(text, repeated(_TAB)), _NOTHING)
        end = min(end, start + trailing_zeros(blanks))
        colons = ~above_mask(differing(text, repeated(_COLON)), _NOTHING)
        if count_ones(colons & low_bits(end - start)) < _COLONS:
            continue
        field = start + length
        if length and field <= end and same_bytes(data, start, np.uint64(starts[before]), field):
            found[row] = found[before]
            continue
        letters = start
        while not is_digit(data[letters]) and data[letters] != _COLON:
            letters += _ONE
        digits = letters
        while is_digit(data[digits]):
            digits += _ONE
        size = letters - start
        if digits == letters or data[digits] != _COLON or size == _ZERO or size > _LONGEST:
            continue
        for each in range(known):
            first = each * _LONGEST
            alike = size == _LONGEST or prefixes[first + size] == _NOTHING
            for letter in range(size):
                alike = alike and data[start + letter] == prefixes[first + letter]
            if alike:
                found[row] = np.uint8(each + _ONE)
                before = np.uint64(row)
                length = digits + _ONE - start
