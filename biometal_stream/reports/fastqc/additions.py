"""A number added up again and again, with the rounding of each addition."""

from __future__ import annotations

import math

_FEW = 4096
"""So many additions are made one by one. After them none rounds a tie."""


def added_up(step: float, times: int) -> float:
    """What ``total += step`` gives after so many additions to 0.

    FastQC adds up reads by GC content in this way, by thirds for example, and the last digits show
    it. Between two powers of two each addition adds the same, so that few have to be made.

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
