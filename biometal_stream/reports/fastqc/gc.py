"""Reads by GC content, with the rounding of FastQC's additions."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.reports.quality.gc_model import claimed, distribution
from biometal_stream.reports.quality.tabulate import record
from biometal_stream.reports.records.spread import Spread

if TYPE_CHECKING:
    from biometal_stream.reports.records.base import Records

_FEW = 4096
"""So many additions are made one by one. After them none rounds a tie."""


def gc_counts(records: Records) -> list[float]:
    """Reads by GC content in whole percent, as FastQC adds them up.

    It adds one divided by a small number for each read, a third for example, which rounds each
    time. With reads of one length, or with weights that are powers of two, the order of the reads
    does not matter, and the sums are FastQC's to the last bit. Otherwise they are rounded once, and
    may differ in the last digits.

    Args:
        records: The counts of a group of reads.

    Returns:
        The 101 sums.
    """
    keys = record(records, "gc_of_reads", Spread)
    if keys is None or not len(keys.sorted()[0]):
        return [0.0] * 101
    sums: list[float] = distribution(*keys.sorted()).tolist()
    found: list[Counter[int]] = [Counter() for _ in sums]
    for counts, claims in claimed(*keys.sorted()):
        for percent in np.flatnonzero(counts).tolist():
            found[percent][int(claims[percent])] += int(counts[percent])
    for percent, numbers in enumerate(found):
        if len(numbers) == 1:
            ((claim, number),) = numbers.items()
            sums[percent] = added_up(1 / claim, number)
    return sums


def added_up(step: float, times: int) -> float:
    """What ``total += step`` gives after so many additions to 0.

    Between two powers of two each addition adds the same, so that few have to be made.

    Args:
        step: A positive number.
        times: The number of additions.
    """
    total = 0.0
    while times:
        grown = total + step
        number = 1
        if total > _FEW * step and math.frexp(total)[1] == math.frexp(grown)[1]:
            room = math.ldexp(1.0, math.frexp(total)[1]) - total
            number = min(times, max(1, int(room / (grown - total))))
        total += number * (grown - total) if number > 1 else step
        times -= number
    return total
