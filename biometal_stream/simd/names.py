"""The marks of mates at the end of names: one rule for the parser, for pairs and for `Sample`.

A mark is a separator and a digit: ``/1`` and ``/2``. ``.1`` and ``_1`` may be marks too, or number
the reads (SRA calls its spots ``SRR1.1``, ``SRR1.2``, ...); which, the caller has to know.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import inlined
from biometal_stream.simd.words import Word

SLASH = np.uint8(ord("/"))
DOT = np.uint8(ord("."))
UNDERSCORE = np.uint8(ord("_"))
SEPARATORS = b"/._"
"""What can stand before the digit of a mark."""

_SPACE = np.uint8(ord(" "))
_TAB = np.uint8(ord("\t"))
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
    if separator != SLASH and separator != other:  # noqa: PLR1714 - numba
        return _ZERO
    if text[end - _ONE] == _MATE_1:
        return _ONE
    if text[end - _ONE] == _MATE_2:
        return _TWO
    return _ZERO


@inlined
def _repeats(text: NDArray[np.uint8], first: Word, end: Word, other: Word) -> bool:
    """Whether ``text[first:end]`` is repeated at ``other``."""
    for k in range(end - first):  # noqa: SIM110 - numba has no generators
        if text[first + k] != text[other + k]:
            return False
    return True


@inlined
def repeats_name(
    text: NDArray[np.uint8], header: Word, end: Word, plus: Word, plus_end: Word
) -> bool:
    """Whether a plus line repeats a header without its ``/1``, its description, or both.

    NCBI's loader and old pipelines write it so.

    Args:
        text: The bytes.
        header: The byte after the ``@``.
        end: The end of the header line.
        plus: The byte after the ``+``.
        plus_end: The end of the plus line.
    """
    length = plus_end - plus
    if length >= end - header:
        return False
    blank = header
    while blank < end and text[blank] != _SPACE and text[blank] != _TAB:
        blank += _ONE
    if length == blank - header and _repeats(text, header, blank, plus):
        return True
    if not marked_mate(text, header, blank, SLASH):
        return False
    stem = blank - _TWO
    if length < stem - header or not _repeats(text, header, stem, plus):
        return False
    rest = plus + stem - header
    return bool(
        rest == plus_end or (plus_end - rest == end - blank and _repeats(text, blank, end, rest))
    )


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
