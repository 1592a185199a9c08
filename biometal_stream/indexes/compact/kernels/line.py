"""What is in a line of 64 bytes, and how a k-mer is looked for in it.

A k-mer has a cell of the line: 5 bits for its group and 12 for its remainder. The line has the
cells of up to 37 k-mers, in ascending order:

=========== ==================================================================================
bits
=========== ==================================================================================
0 to 295    the lower 8 bits of each remainder
296 to 443  the upper 4 bits of each remainder
444 to 510  the groups: bit ``444 + i + g`` is 1 if k-mer ``i``, from 0, is in group ``g``
511         1 if more k-mers came to the line than it has room for: those of the highest cells
=========== ==================================================================================

So the last 8 bytes, a word, have all bits of the groups but the first four.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.indexes.compact.layout import GROUPS, LINE, SLOTS
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.masks import count_ones, equal_mask, low_bits, trailing_zeros
from biometal_stream.simd.memory import load_word
from biometal_stream.simd.words import Word

HALF = np.uint64(32)
LOWER = np.uint64(2**32 - 1)
BYTES = np.uint64(LINE)
MOST = np.uint64(SLOTS)
UPPER_BITS = np.uint64(37)
"""The byte where the upper bits of remainders begin."""
FIRST_ONES = np.uint64(55)
"""The byte whose upper half is the first bits of the groups."""
ONES = np.uint64(56)
"""The byte where the others begin."""
REMAINDER = np.uint64(12)

_GROUPS = np.uint64(GROUPS)
_CELL = np.uint64(20)
_SLOT_MASK = np.uint64(2**SLOTS - 1)
_OVER = np.uint64(2**63)
_AFTER_LAST = np.uint64(SLOTS - 4)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_FOUR = np.uint64(4)
_EIGHT = np.uint64(8)
_FIFTEEN = np.uint64(15)


@inlined
def address_of(code: Word, lines: Word) -> Word:
    """Where a hash belongs: the line in the upper 32 bits, how far into it in the lower.

    That is the hash times the lines, divided by 2³². Larger hashes never come before smaller ones.
    """
    return (code >> HALF) * lines + (((code & LOWER) * lines) >> HALF)


@inlined
def cell_of(address: Word) -> Word:
    """The cell of an address in its line."""
    return ((address & LOWER) * _GROUPS) >> _CELL


@inlined
def is_in(lines: NDArray[np.uint8], at: Word, cell: Word) -> bool:
    """Whether the line at a byte has a cell.

    K-mers with the lower 8 bits are found by one comparison of vectors. Each that has the upper 4
    bits, too, is number ``i`` of the line, and in the group if bit ``i + g`` is 1 and there are
    ``i`` ones before it.
    """
    group = cell >> REMAINDER
    upper = (cell >> _EIGHT) & _FIFTEEN
    alike = equal_mask(lines, at, np.uint8(cell)) & _SLOT_MASK
    while alike:
        slot = trailing_zeros(alike)
        alike &= alike - _ONE
        pair = np.uint64(lines[at + UPPER_BITS + (slot >> _ONE)])
        if (pair >> ((slot & _ONE) * _FOUR)) & _FIFTEEN == upper:
            bit = slot + group
            first = np.uint64(lines[at + FIRST_ONES]) >> _FOUR
            if bit < _FOUR:
                if (first >> bit) & _ONE and count_ones(first & low_bits(bit)) == slot:
                    return True
            else:
                bit -= _FOUR
                ones = load_word(lines, at + ONES)
                before = count_ones(first) + count_ones(ones & ((_ONE << bit) - _ONE))
                if (ones >> bit) & _ONE and before == slot:
                    return True
    return False


@inlined
def goes_on(lines: NDArray[np.uint8], at: Word, cell: Word) -> bool:
    """Whether a k-mer with a cell may be among those that the line at a byte has no room for.

    It may be if its group is the last k-mer's or a later one: then no bit after that of the last
    k-mer in its group is 1 but the very last, which says that there are such k-mers.
    """
    after = (cell >> REMAINDER) + _AFTER_LAST
    return bool(load_word(lines, at + ONES) >> after == _OVER >> after)
