"""Counts on axes that begin at 0, such as reads by quality, or bases by cycle and letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from biometal_stream.reports.records.packing import packed, unpacked_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Counts:
    """An array of counts. What lies beyond the end of an axis counts as 0.

    Attributes:
        values: ``int64``, of any number of axes.
    """

    kind: ClassVar[str] = "counts"

    values: NDArray[np.int64]

    def __add__(self, other: Counts, /) -> Counts:
        """Adds the counts; each axis is as long as the longer one."""
        one, two = self.values, other.values
        if one.shape == two.shape:
            return Counts(one + two)
        shape = tuple(map(max, one.shape, two.shape))
        if two.shape == shape:
            one, two = two, one
        if one.shape == shape:
            total = one.copy()
        else:
            total = np.zeros(shape, np.int64)
            total[tuple(map(slice, one.shape))] = one
        total[tuple(map(slice, two.shape))] += two
        return Counts(total)

    def to_plain(self) -> dict[str, Any]:
        """The record as plain objects, for JSON."""
        return {"kind": self.kind, "values": packed(self.values)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /) -> Self:
        """The record of such objects.

        Raises:
            ValueError: They are not those of counts.
        """
        return cls(unpacked_counts(plain["values"]))
