"""Numbers as Java prints them, and the order in which its hash tables list text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def double(value: float) -> str:
    """A number as ``Double.toString`` of Java 19 and later prints it: the shortest that is exact.

    Older versions print a few numbers with more digits.
    """
    if 1e-3 <= abs(value) < 1e7 or value == 0:
        return repr(float(value))  # where Python and Java agree
    return _printed(value, repr(abs(value)))


def single(value: float) -> str:
    """A number as ``Float.toString`` of Java 19 and later prints it."""
    number = np.float32(value)
    return _printed(float(number), np.format_float_scientific(abs(number), unique=True))


def _printed(value: float, shortest: str) -> str:
    if math.isnan(value):
        return "NaN"
    sign = "-" if math.copysign(1, value) < 0 else ""
    if math.isinf(value):
        return f"{sign}Infinity"
    if value == 0:
        return f"{sign}0.0"
    _, figures, exponent = Decimal(shortest).normalize().as_tuple()
    digits = "".join(map(str, figures))
    point = len(digits) + int(exponent)
    if not -3 < point <= 7:
        return f"{sign}{digits[0]}.{digits[1:] or '0'}E{point - 1}"
    whole = digits[: max(point, 0)].ljust(point, "0") or "0"
    part = "0" * -point + digits[max(point, 0) :]
    return f"{sign}{whole}.{part or '0'}"


def in_hash_order(texts: Iterable[str], size: int) -> list[str]:
    """Texts in the order in which a ``HashMap`` lists them.

    Args:
        texts: Some of its keys. Those of one bucket are listed as they come.
        size: The number of its keys. No key has been removed.
    """
    capacity = 16
    while size > capacity * 3 // 4:
        capacity *= 2
    return sorted(texts, key=lambda text: _spread(text) & (capacity - 1))


def _spread(text: str) -> int:
    """The hash of a text, with its high half mixed into the low one as ``HashMap`` does."""
    units: NDArray[np.uint16] = np.frombuffer(text.encode("utf-16-le"), "<u2")
    code = 0
    for unit in units.tolist():
        code = (31 * code + unit) & 0xFFFFFFFF
    return code ^ (code >> 16)
