"""The compiled loop that copies rows of text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import store
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.words import WIDTH, Offset

PADDING = WIDTH
"""The bytes that `copy_rows` may write after the last row."""

_WIDTH = np.uint64(WIDTH)


@kernel(writes=("out",))
def copy_rows(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> None:
    """Copies rows one after another.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        out: Output, ``uint8``, (bytes of all rows + PADDING,).
    """
    behind = padded_end(data)
    to = np.uint64(0)
    for row in range(np.uint64(len(starts))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        # Whole vectors are written. What is too much the next one overwrites.
        while index < end:
            count = min(end - index, _WIDTH)
            store(out, to, load_starting(data, behind, index))
            index += count
            to += count
