"""Plain loops that kernels of several modules share, since they must agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.words import Word

_SPACE = np.uint8(ord(" "))
_TAB = np.uint8(ord("\t"))
_DIGIT_0 = np.uint8(ord("0"))
_DIGIT_9 = np.uint8(ord("9"))
_ONE = np.uint64(1)


@inlined
def leads_to_tab(text: NDArray[np.uint8], first: Word, end: Word) -> bool:
    """Whether ``text[first:end]`` begins with a tab, or with spaces and a tab.

    Such blanks belong to the description of a header. Reading and writing both ask this, so that
    each header is written as it was.
    """
    index = first
    while index < end and text[index] == _SPACE:
        index += _ONE
    return bool(index < end and text[index] == _TAB)


@inlined
def same_bytes(text: NDArray[np.uint8], first: Word, other: Word, end: Word) -> bool:
    """Whether ``text[first:end]`` is repeated at ``other``."""
    for k in range(end - first):  # noqa: SIM110 - numba has no generators
        if text[first + k] != text[other + k]:
            return False
    return True


@inlined
def is_digit(byte: np.uint8) -> bool:
    """Whether a byte is a decimal digit."""
    return bool(_DIGIT_0 <= byte <= _DIGIT_9)
