"""The marks of mates at the end of names: one rule for the parser, for pairs and for `Sample`.

A mark is a separator and a digit: ``/1`` and ``/2``. ``.1`` and ``_1`` may be marks too, or number
the reads (SRA calls its spots ``SRR1.1``, ``SRR1.2``, ...); which, the caller has to know.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import inlined
from biometal_stream.simd.vectors import Word

SLASH = np.uint8(ord("/"))
DOT = np.uint8(ord("."))
UNDERSCORE = np.uint8(ord("_"))
SEPARATORS = b"/._"
"""What can stand before the digit of a mark."""

_MATE_1 = np.uint8(ord("1"))
_MATE_2 = np.uint8(ord("2"))
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)


@inlined
def marked_mate(text: NDArray[np.uint8], first: Word, end: Word, other: np.uint8) -> Word:
    """The mate that the name ``text[first:end]`` is marked as: 1 or 2, or 0 without a mark.

    Args:
        text: The bytes.
        first: The name's first byte.
        end: The byte after its last.
        other: A separator that counts beside the slash; the slash again for none.
    """
    if end < first + _TWO:
        return _ZERO
    separator = text[end - _TWO]
    if separator != SLASH and separator != other:
        return _ZERO
    if text[end - _ONE] == _MATE_1:
        return _ONE
    if text[end - _ONE] == _MATE_2:
        return _TWO
    return _ZERO


def split_mark(name: bytes, separators: bytes = SEPARATORS) -> tuple[bytes, int]:
    """Parts a name into its stem and the mate that it is marked as, 0 without a mark.

    The plain twin of `marked_mate`.

    Args:
        name: The name.
        separators: The bytes that count as separators.
    """
    if len(name) > 1 and name[-2] in separators and name[-1] in b"12":
        return name[:-2], int(name[-1:])
    return name, 0
