"""Counts by key, where few of many possible keys occur: tiles, channels, hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from biometal_stream.reports.records.packing import packed, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Keyed:
    """Rows of counts, each with a key.

    Attributes:
        keys: ``int64``, (keys,), in ascending order.
        values: ``int64``, (keys, columns). Missing columns at the end count as 0.
    """

    kind: ClassVar[str] = "keyed"

    keys: NDArray[np.int64]
    values: NDArray[np.int64]

    @classmethod
    def of(cls, keys: NDArray[np.int64], values: NDArray[np.int64]) -> Self:
        """Adds up rows that have the same key; keys come in any order.

        Args:
            keys: ``int64``, (rows,)
            values: ``int64``, (rows, columns)
        """
        found, places = np.unique(keys, return_inverse=True)
        total = np.zeros((len(found), values.shape[1]), np.int64)
        np.add.at(total, places, values)
        return cls(found, total)

    def __add__(self, other: Keyed, /) -> Keyed:
        """Adds the counts of both, key by key."""
        one, two = self.values, other.values
        width = max(one.shape[1], two.shape[1])
        if np.array_equal(self.keys, other.keys) and one.shape == two.shape:
            return Keyed(self.keys, one + two)
        keys = np.union1d(self.keys, other.keys)
        total = np.zeros((len(keys), width), np.int64)
        for each in (self, other):
            rows = np.searchsorted(keys, each.keys)
            total[rows, : each.values.shape[1]] += each.values  # no key occurs twice
        return Keyed(keys, total)

    def to_plain(self) -> dict[str, Any]:
        """The record as plain objects, for JSON."""
        return {"kind": self.kind, "keys": packed(self.keys), "values": packed(self.values)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /) -> Self:
        """The record of such objects."""
        return cls(unpacked(plain["keys"]), unpacked(plain["values"]))
