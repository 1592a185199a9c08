"""Totals of numeric columns, added without rounding, so the order of batches does not matter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from biometal_stream.reports.kernels.summaries import add_exactly
from biometal_stream.reports.records.packing import whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNIT = 1074
"""Every finite double is a multiple of 2^-1074."""

_DIGITS = 1000
"""The longest total that is read. The sum of 2^60 doubles has fewer digits in units of 2^-1074."""


@dataclass(frozen=True)
class ColumnSummary:
    """A summary of a numeric column.

    Attributes:
        name: The column's name.
        minimum: The least number; ``None`` if there are no numbers.
        mean: The mean of the numbers; for bools the share that is true.
        maximum: The greatest number.
        nulls: Rows without a number: nulls and NaN.
    """

    name: str
    minimum: float | None
    mean: float | None
    maximum: float | None
    nulls: int


@dataclass(frozen=True)
class Totals:
    """The totals of a column so far.

    Attributes:
        count: The number of values, including infinities.
        total: The sum of the finite values, in units of ``2 ** -unit``.
        unit: 0 for whole numbers, 1,074 for floats.
        minimum: The least value; ``None`` if there are none.
        maximum: The greatest value.
        infinite: The numbers of negative and of positive infinities.
        nulls: Rows without a number.
    """

    kind: ClassVar[str] = "totals"

    count: int = 0
    total: int = 0
    unit: int = 0
    minimum: float | None = None
    maximum: float | None = None
    infinite: tuple[int, int] = (0, 0)
    nulls: int = 0

    @classmethod
    def of(cls, column: pa.Array) -> Totals:
        """Adds up a column of whole numbers, floats or bools."""
        rows = len(column)
        column = column.drop_null()
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.uint8())
        values = column.to_numpy(zero_copy_only=False)
        if values.dtype.kind != "f":
            return cls._of(values, _whole_total(values), rows)
        values = values.astype(np.float64)
        values = values[~np.isnan(values)]
        finite = values[np.isfinite(values)]
        below, above = (int(np.count_nonzero(values == each)) for each in (-np.inf, np.inf))
        totals = cls._of(values, _float_total(finite), rows)
        return replace(totals, unit=_UNIT, infinite=(below, above))

    @classmethod
    def _of(cls, values: NDArray[np.generic], total: int, rows: int) -> Totals:
        count = len(values)
        if not count:
            return cls(nulls=rows)
        least, greatest = values.min().item(), values.max().item()
        return cls(count, total, 0, least, greatest, nulls=rows - count)

    def __add__(self, other: Totals, /) -> Totals:
        """The totals of both."""
        minima = [each.minimum for each in (self, other) if each.minimum is not None]
        maxima = [each.maximum for each in (self, other) if each.maximum is not None]
        below, above = zip(self.infinite, other.infinite, strict=True)
        return Totals(
            self.count + other.count,
            self.total + other.total,
            max(self.unit, other.unit),
            min(minima, default=None),
            max(maxima, default=None),
            (sum(below), sum(above)),
            self.nulls + other.nulls,
        )

    def to_plain(self) -> dict[str, Any]:
        """The record as plain objects, for JSON: the total as text, since it may be very large.

        Infinities are text, too: JSON has none.
        """
        extremes = {"minimum": _written(self.minimum), "maximum": _written(self.maximum)}
        return {"kind": self.kind, **asdict(self), **extremes, "total": str(self.total)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /) -> Self:
        """The record of such objects.

        Raises:
            ValueError: They are not those of totals.
        """
        below, above = map(whole_number, plain["infinite"])
        unit, total = plain["unit"], plain["total"]
        if unit not in {0, _UNIT} or not isinstance(total, str) or len(total) > _DIGITS:
            raise ValueError("the total of a record is not one of numbers")
        return cls(
            count=whole_number(plain["count"]),
            total=int(total),
            unit=unit,
            minimum=_read(plain["minimum"]),
            maximum=_read(plain["maximum"]),
            infinite=(below, above),
            nulls=whole_number(plain["nulls"]),
        )

    def summary(self, name: str) -> ColumnSummary:
        """The summary of a column with this name."""
        return ColumnSummary(name, self.minimum, self._mean(), self.maximum, self.nulls)

    def _mean(self) -> float | None:
        if not self.count:
            return None
        below, above = self.infinite
        if below or above:
            return math.nan if below and above else math.inf if above else -math.inf
        return self.total / (self.count << self.unit)  # an integer division, rounded once


def _written(extreme: float | None) -> float | str | None:
    return str(extreme) if extreme is not None and math.isinf(extreme) else extreme


def _read(extreme: float | str | None) -> float | None:
    if isinstance(extreme, bool) or not isinstance(extreme, int | float | str | None):
        raise TypeError(f"{extreme!r} is not a number")
    return float(extreme) if isinstance(extreme, str) else extreme


def _whole_total(values: NDArray[np.generic]) -> int:
    # Halves, because the sum of 64-bit numbers can exceed 64 bits.
    wide = values.astype(np.int64 if values.dtype.kind == "i" else np.uint64)
    half = wide.dtype.type(32)
    low = wide.dtype.type(0xFFFFFFFF)
    return (int((wide >> half).sum()) << 32) + int((wide & low).sum())


def _float_total(values: NDArray[np.float64]) -> int:
    low, high = np.zeros(2048, np.int64), np.zeros(2048, np.int64)
    add_exactly(np.ascontiguousarray(values).view(np.uint64), low, high)
    total = 0
    for exponent in np.flatnonzero(low | high).tolist():
        significands = (int(high[exponent]) << 26) + int(low[exponent])
        total += significands << max(exponent, 1) - 1
    return total
