"""The compiled loops that compare all of an adapter with an end of a read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.operators.kernels.alignment import (
    ABOUT,
    ERRORS,
    FAR,
    FIRST,
    FLAGS,
    LENGTH,
    MISTAKES,
    NO_INDELS,
    SCORE,
    SKIP_READ_END,
    describe,
)
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.words import Word

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_ABOUT = np.uint64(ABOUT)
_FIRST, _LENGTH, _FLAGS, _ERRORS = map(np.uint64, (FIRST, LENGTH, FLAGS, ERRORS))
_SCORE, _MISTAKES = np.uint64(SCORE), np.uint64(MISTAKES)


@inlined
def compare(
    text: NDArray[np.uint8],
    low: Word,
    high: Word,
    about: NDArray[np.int64],
    adapter: Word,
    rate: np.float64,
    classes: NDArray[np.uint8],
    equal: NDArray[np.uint8],
    width: Word,
    unknown: NDArray[np.int64],
    found: NDArray[np.int64],
) -> np.bool_:
    """Compares an anchored adapter with the start or the end of a read, without indels.

    The arguments are those of `biometal_stream.operators.kernels.alignment.align`.
    """
    entry = adapter * _ABOUT
    first = np.uint64(about[entry + _FIRST])
    whole = np.uint64(about[entry + _LENGTH])
    if high - low < whole:
        return np.bool_(False)
    start = low if about[entry + _FLAGS] & SKIP_READ_END else high - whole
    errors = np.int64(0)
    for place in range(whole):
        letters = np.uint64(classes[text[start + place]]) * width + first
        errors += np.int64(equal[letters + place] == 0)
    counted = np.int64(whole) - unknown[first + adapter + whole]
    if errors > np.int64(rate * np.float64(counted)):
        return np.bool_(False)
    origin = np.int64(start - low)
    score = np.int64(whole) - errors - errors
    describe(found, origin, np.int64(whole), origin + np.int64(whole), score, errors)
    return np.bool_(True)


@inlined
def whole_errors(
    text: NDArray[np.uint8],
    low: Word,
    high: Word,
    about: NDArray[np.int64],
    adapter: Word,
    classes: NDArray[np.uint8],
    equal: NDArray[np.uint8],
    width: Word,
    column: NDArray[np.int64],
    room: Word,
    found: NDArray[np.int64],
) -> np.bool_:
    """Aligns all of an adapter with all of a text, and counts errors and matching bases.

    The arguments are those of `biometal_stream.operators.kernels.alignment.align`. Of ``found``,
    the errors are written, and the matching bases as the score.

    Returns:
        Whether the adapter allows so many errors.
    """
    entry = adapter * _ABOUT
    first = np.uint64(about[entry + _FIRST])
    whole = np.uint64(about[entry + _LENGTH])
    most = about[entry + _ERRORS]
    gap = np.int64(FAR) if about[entry + _FLAGS] & NO_INDELS else np.int64(1)
    for row in range(whole + _ONE):
        column[row] = np.int64(row) * gap
        column[room + row] = 0
    for place in range(high - low):
        letters = np.uint64(classes[text[low + place]]) * width + first
        cost_before = column[_ZERO]
        matches_before = np.int64(0)
        column[_ZERO] += gap
        least = column[_ZERO]
        for row in range(_ONE, whole + _ONE):
            cost_here = column[row]
            matches_here = column[room + row]
            match = np.int64(equal[letters + row - _ONE] != 0)
            deleted = column[row - _ONE] + gap
            inserted = cost_here + gap
            cost = cost_before + 1 - match
            matches = matches_before + match
            if cost > deleted or cost > inserted:
                if deleted <= inserted:
                    cost = deleted
                    matches = column[room + row - _ONE]
                else:
                    cost = inserted
                    matches = matches_here
            column[row] = cost
            column[room + row] = matches
            least = min(least, cost)
            cost_before = cost_here
            matches_before = matches_here
        if least > most:
            return np.bool_(False)
    found[_SCORE] = column[room + whole]
    found[_MISTAKES] = column[whole]
    return np.bool_(column[whole] <= most)
