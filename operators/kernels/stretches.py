"""The compiled loops over stretches of long reads that are marked: which to cut out, what is left.

A mark is a byte for each base of the reads of a column, whose rows follow each other: 1 for a base
that is cut out or masked, 0 for others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset

_OFFSET = np.int64(33)
_NONE = np.uint8(0)
_MARK = np.uint8(1)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel(writes=("marks",))
def mark_low_windows(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    window: np.uint64,
    quality: np.float64,
    marks: NDArray[np.uint8],
) -> None:
    """Marks all bases of each window whose mean quality is below a limit.

    A read that is shorter than the window has none.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends, which is where the next one starts.
        data: (bytes,): qualities.
        window: The bases of a window, at least 1.
        quality: The least mean of the Phred scores.
        marks: Output, ``uint8``, (bases of all reads,).
    """
    needed = (quality + np.float64(_OFFSET)) * np.float64(window)
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        before = np.uint64(starts[_ZERO])
        if end - start < window:
            continue
        total = np.int64(0)
        for index in range(start, start + window):
            total += np.int64(data[index])
        marked = start  # up to here all that is low is marked
        first = start
        while True:
            if np.float64(total) < needed:
                marked = max(marked, first)
                while marked < first + window:
                    marks[marked - before] = _MARK
                    marked += _ONE
            if first + window == end:
                break
            total += np.int64(data[first + window]) - np.int64(data[first])
            first += _ONE


@kernel(writes=("counts",))
def count_parts(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    marks: NDArray[np.uint8],
    counts: NDArray[np.int64],
) -> None:
    """Counts the stretches of each read without marks; 1 for a read that has none.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        marks: ``uint8``, (bases of all reads,).
        counts: Output, ``int64``, (rows,).
    """
    for row in range(np.uint64(len(counts))):
        before = np.uint64(starts[_ZERO])
        index = np.uint64(starts[row]) - before
        end = np.uint64(stops[row]) - before
        last = _MARK
        found = np.int64(0)
        while index < end:
            found += np.int64(last > marks[index])
            last = marks[index]
            index += _ONE
        counts[row] = max(found, np.int64(1))


@kernel(writes=("firsts", "lasts"))
def find_parts(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    marks: NDArray[np.uint8],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
) -> None:
    """Finds the stretches of each read without marks; an empty one for a read that has none.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        marks: ``uint8``, (bases of all reads,).
        firsts: Output, ``int64``, (parts,), as many as `count_parts` has counted: where each starts
            in its read.
        lasts: Output, ``int64``, (parts,): the base after its last.
    """
    part = _ZERO
    for row in range(np.uint64(len(starts))):
        before = np.uint64(starts[_ZERO])
        start = np.uint64(starts[row]) - before
        end = np.uint64(stops[row]) - before
        found = part
        index = start
        while index < end:
            while index < end and marks[index] != _NONE:
                index += _ONE
            if index == end:
                break
            firsts[part] = np.int64(index - start)
            while index < end and marks[index] == _NONE:
                index += _ONE
            lasts[part] = np.int64(index - start)
            part += _ONE
        if part == found:
            firsts[part] = np.int64(0)
            lasts[part] = np.int64(0)
            part += _ONE
