"""Plain loops that kernels of several modules share, since they must agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import inlined
from biometal_stream.simd.words import Word

_SPACE = np.uint8(ord(" "))
_TAB = np.uint8(ord("\t"))
_ONE = np.uint64(1)


@inlined
def leads_to_tab(text: NDArray[np.uint8], first: Word, end: Word) -> bool:
    """Whether a tab stands in ``text[first:end]`` behind any number of spaces, none included.

    Such blanks belong to the description of a header. Reading and writing both ask this, so that
    each header is written as it was.
    """
    index = first
    while index < end and text[index] == _SPACE:
        index += _ONE
    return bool(index < end and text[index] == _TAB)
