"""The compiled loop that finds the most frequent scores in a sample of reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.reports.kernels.cycles import VALUES
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset

MOST_VALUES = 16
"""The most values that are worth counting before any others."""

ROOM = 4 * 256
"""Cells that `choose_values` counts in."""

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_THREE = np.uint64(3)
_LANES = np.uint64(4)
_EIGHT = np.uint64(8)
_FIRST, _AFTER = np.uint64(33), np.uint64(127)
_SAMPLES = np.uint64(16)
_SAMPLED = np.uint64(256)
_STEP = np.uint64(VALUES)
_MOST = np.uint64(MOST_VALUES)
_DOUBLED = 8  # times: a power of 256, and 255 bytes are counted together


@kernel(writes=("counts", "values"))
def choose_values(
    starts: NDArray[Offset],
    data: NDArray[np.uint8],
    counts: NDArray[np.int64],
    values: NDArray[np.uint8],
) -> np.uint64:
    """Chooses the scores to count first, if that takes less time than to count any.

    Four values take a sixth of the time that any take. Where one of 255 reads has another value in
    a cycle, all are looked at again, in 1.4 times that time; `benches` has the loops. The sample is
    16 parts of the data, which may contain bytes between reads.

    Neighbouring bytes are counted apart, since in a run of one byte, which qualities are made of,
    each addition would wait for the one before.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        data: (bytes,), Phred+33.
        counts: Scratch, ``int64``, (`ROOM`,).
        values: Output, ``uint8``, (`MOST_VALUES`,): the characters, the most frequent first.

    Returns:
        How many to count first: 4, 8, 12, 16, or 0.
    """
    rows = np.uint64(len(starts))
    for each in range(np.uint64(len(counts))):
        counts[each] = 0
    for sample in range(_SAMPLES if rows != _ZERO else _ZERO):
        first = np.uint64(starts[sample * rows // _SAMPLES])
        for index in range(first, min(first + _SAMPLED, np.uint64(len(data)))):
            counts[(index & _THREE) << _EIGHT | np.uint64(data[index])] += 1
    total = np.int64(0)
    kinds = _ZERO
    for each in range(_FIRST, _AFTER):
        for lane in range(_ONE, _LANES):
            counts[each] += counts[lane << _EIGHT | each]
        total += counts[each]
        kinds += np.uint64(counts[each] > 0)
    best, least = _ZERO, 0.9  # the sample may be better than the rest
    covered = np.int64(0)
    for place in range(_MOST):
        highest = _FIRST
        for each in range(_FIRST, _AFTER):
            if counts[each] > counts[highest]:
                highest = np.uint64(each)
        values[place] = np.uint8(highest)
        covered += max(counts[highest], np.int64(0))
        counts[highest] = np.int64(-1)
        number = place + _ONE
        if number % _STEP == _ZERO:
            share = covered / max(total, np.int64(1))
            alike = share
            for _ in range(_DOUBLED):
                alike *= alike
            cost = number / _STEP / 6 + 1.4 * (1 - alike) + 32 * (1 - share)
            if cost < least:
                best, least = number, cost
            if number >= kinds:
                break
    return best
