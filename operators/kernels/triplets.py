"""The compiled loop that measures how varied the triplets of bases of reads are.

The two measures are those of PRINSEQ (Schmieder and Edwards, Bioinformatics 27 (2011), 863-864):
each the mean over windows of 64 bases, 32 bases apart. The last window has the rest of the read, 33
to 64 bases; a shorter read is one window. Of the ``n`` triplets of a window, ``c`` are alike:

- entropy: the sum of ``-c/n log(c/n)``, divided by ``log(n)``;
- DUST: the sum of ``c(c - 1)/2``, divided by ``n - 1``, times ``62/n`` and ``100/31``. In all but
  the last window PRINSEQ divides by ``n`` instead.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset

SHORTEST = 6
"""The fewest bases of a read that has values."""
LETTERS = 5
"""A, C, G, T or U, and all others alike."""
KINDS = LETTERS**3
"""The triplets of these."""

_WINDOW = 64
_TRIPLETS = 62
_UNIT = 2.0**-32
"""Logarithms are added up as whole numbers of this unit, so that the sum is always the same."""

_FIRST = np.uint64(LETTERS * LETTERS)
_LETTERS = np.uint64(LETTERS)
_ALL = np.uint64(KINDS)
_SIZE = np.uint64(_WINDOW)
_STEP = np.uint64(32)
_FEWEST = np.uint64(SHORTEST)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_MOST_DUST = 100.0 / 31.0


@kernel(writes=("counts", "found"))
def measure_triplets(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    codes: NDArray[np.uint8],
    weights: NDArray[np.int64],
    logarithms: NDArray[np.float64],
    counts: NDArray[np.int64],
    found: NDArray[np.float64],
) -> None:
    """Measures the entropy and the DUST score of each read.

    Args:
        starts: (rows,): where each read starts in the data.
        stops: (rows,): where it ends.
        data: (bytes,): bases.
        codes: From `codes`.
        weights: From `weights`.
        logarithms: From `logarithms`.
        counts: Scratch, ``int64``, (`KINDS`,): zeros, before and after.
        found: Output, ``float64``, (rows * 2,): the entropy and the score; NaN for a read of fewer
            than `SHORTEST` bases.
    """
    for row in range(np.uint64(len(starts))):
        index = np.uint64(starts[row])
        end = np.uint64(stops[row])
        if end - index < _FEWEST:
            found[_TWO * row] = np.nan
            found[_TWO * row + _ONE] = np.nan
            continue
        entropy = 0.0
        dust = 0.0
        windows = 0.0
        last = False
        while not last:
            last = bool(end - index <= _SIZE)
            stop = min(index + _SIZE, end)
            number = stop - index - _TWO
            pairs = np.int64(0)
            weight = np.int64(0)
            for place in range(number):
                at = index + place
                triplet = (
                    np.uint64(codes[data[at]]) * _FIRST
                    + np.uint64(codes[data[at + _ONE]]) * _LETTERS
                    + np.uint64(codes[data[at + _TWO]])
                )
                count = counts[triplet]
                pairs += count
                weight += weights[np.uint64(count)]
                counts[triplet] = count + np.int64(1)
            for kind in range(_ALL):
                counts[kind] = np.int64(0)
            most = logarithms[number]
            entropy += (most - np.float64(weight) * _UNIT / np.float64(number)) / most
            score = np.float64(pairs) / np.float64(number)
            dust += score * 62.0 / np.float64(number - _ONE) if last else score
            windows += 1.0
            index += _STEP
        found[_TWO * row] = max(entropy / windows, 0.0)
        found[_TWO * row + _ONE] = dust / windows * _MOST_DUST


@cache
def codes() -> NDArray[np.uint8]:
    """The number of each byte: 0 to 3 for the bases, in either case, and 4 for all others.

    Returns:
        ``uint8``, (256,), read-only.
    """
    table = np.full(256, LETTERS - 1, np.uint8)
    for code, letters in enumerate(("Aa", "Cc", "Gg", "TtUu")):
        table[[ord(letter) for letter in letters]] = code
    table.flags.writeable = False
    return table


@cache
def weights() -> NDArray[np.int64]:
    """What one more of ``c`` triplets that are alike adds to the sum of ``c log(c)``.

    Returns:
        ``int64``, (62,), in units of 2^-32, read-only.
    """
    sums = [count * math.log(count) if count else 0.0 for count in range(_TRIPLETS + 1)]
    whole = [round(each / _UNIT) for each in sums]
    table = np.array([two - one for one, two in pairwise(whole)], np.int64)
    table.flags.writeable = False
    return table


@cache
def logarithms() -> NDArray[np.float64]:
    """The logarithms of 0, for which it is 0, to 62.

    Returns:
        ``float64``, (63,), read-only.
    """
    table = np.array([math.log(max(number, 1)) for number in range(_TRIPLETS + 1)])
    table.flags.writeable = False
    return table
