"""Counts by key, where few of many possible keys occur: tiles, channels, hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

import numpy as np

from biometal_stream.reports.records.packing import packed, unpacked, unpacked_counts, whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Run: TypeAlias = tuple[NDArray[np.int64], NDArray[Any]]

_MOST_RUNS, _MOST_BYTES = 32, 1 << 24
"""How many runs may wait, and how many bytes of counts after the first."""

MOST_KEYS = 8192
"""Keys that are counted separately by default: the first ones in ascending order."""


@dataclass(frozen=True, eq=False)
class Keyed:
    """Arrays of counts, each with a key.

    The set of keys that are counted separately does not depend on the order of batches: a key that
    others push out here would also be pushed out of any larger set.

    It holds the runs of several records, which are joined when there are many, or when those after
    the first are larger than it. That makes it cheap to add many records.

    Attributes:
        runs: Keys in ascending order, ``int64``, (keys,), and their counts, (keys, ...): ``int64``,
            or ``int32`` until they are joined. Counts that are missing at the end of an axis are 0.
        others: The sum of the counts of all keys that others have pushed out, ``int64``, (...).
        most: How many keys are counted separately.
    """

    kind: ClassVar[str] = "keyed"

    runs: tuple[Run, ...]
    others: NDArray[np.int64]
    most: int = MOST_KEYS

    @classmethod
    def of(cls, keys: NDArray[np.int64], values: NDArray[Any], most: int = MOST_KEYS) -> Self:
        """Adds up counts that have the same key; keys come in any order.

        Args:
            keys: ``int64``, (rows,)
            values: ``int64``, (rows, ...); or ``int32``, if their sums by key fit.
            most: How many keys are counted separately.
        """
        others = np.zeros(values.shape[1:], np.int64)
        run, others = _first(_combined(keys, values), others, most)
        return cls((run,) if len(run[0]) else (), others, most)

    def __add__(self, other: Keyed, /) -> Keyed:
        """Adds the counts of both, key by key."""
        runs, others = (*self.runs, *other.runs), _sum(self.others, other.others)
        waiting = sum(values.nbytes for _, values in runs[1:])
        if len(runs) > _MOST_RUNS or waiting > max(_MOST_BYTES, runs[0][1].nbytes if runs else 0):
            run, others = _first(_joined(runs), others, self.most)
            runs = (run,)
        return Keyed(runs, others, self.most)

    @property
    def keys(self) -> NDArray[np.int64]:
        """The keys that are counted separately, ``int64``, (keys,), in ascending order."""
        return self._whole[0][0]

    @property
    def values(self) -> NDArray[np.int64]:
        """Their counts, ``int64``, (keys, ...)."""
        return self._whole[0][1]

    @property
    def left_out(self) -> NDArray[np.int64]:
        """The sum of the counts of all other keys, ``int64``, (...)."""
        return self._whole[1]

    @cached_property
    def _whole(self) -> tuple[Run, NDArray[np.int64]]:
        """All runs as one, and what was pushed out; the same for equal counts."""
        if not self.runs:
            shape = (0, *self.others.shape)
            return (np.zeros(0, np.int64), np.zeros(shape, np.int64)), self.others
        (keys, values), others = _first(_joined(self.runs), self.others, self.most)
        shape = tuple(np.maximum(values.shape[1:], others.shape))
        return (keys, _padded(values, (len(keys), *shape))), _padded(others, shape)

    def to_plain(self) -> dict[str, Any]:
        """The record as plain objects, for JSON."""
        return {
            "kind": self.kind,
            "most": self.most,
            "keys": packed(self.keys),
            "values": packed(self.values),
            "others": packed(self.left_out),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /) -> Self:
        """The record of such objects.

        Raises:
            ValueError: Keys and counts do not belong together.
        """
        run = keys, values = unpacked(plain["keys"]), unpacked_counts(plain["values"])
        others, most = unpacked_counts(plain["others"]), whole_number(plain["most"])
        fit = (
            keys.ndim == 1
            and keys.dtype == np.int64
            and keys.shape == values.shape[:1]
            and others.ndim == values.ndim - 1
        )
        if not fit or len(keys) > most or (keys[1:] <= keys[:-1]).any():
            raise ValueError("the keys and the counts of a record do not belong together")
        return cls((run,) if len(keys) else (), others, most)


def _joined(runs: Sequence[Run]) -> Run:
    """Adds up runs in 64 bits; a single one that has them is not copied."""
    if len(runs) == 1:
        return runs[0][0], runs[0][1].astype(np.int64, copy=False)
    keys = np.unique(np.concatenate([own for own, _ in runs]))
    lengths = np.max([values.shape[1:] for _, values in runs], axis=0)
    total = np.zeros((len(keys), *lengths), np.int64)
    for own, values in runs:
        corner = total[(slice(None), *map(slice, values.shape[1:]))]
        corner[np.searchsorted(keys, own)] += values  # no key occurs twice in a run
    return keys, total


def _combined(keys: NDArray[np.int64], values: NDArray[Any]) -> Run:
    """Sorts by key, and adds up what has the same key."""
    if len(keys) == 1 or (keys[1:] > keys[:-1]).all():
        return keys, np.ascontiguousarray(values)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[first], np.add.reduceat(values[order], first, axis=0)


def _first(run: Run, others: NDArray[np.int64], most: int) -> tuple[Run, NDArray[np.int64]]:
    """Keeps the first keys, and adds the counts of the rest to those of others."""
    keys, values = run
    if len(keys) <= most:
        return run, others
    return (keys[:most], values[:most]), _sum(others, values[most:].sum(axis=0))


def _sum(one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.int64]:
    if one.shape == two.shape:
        return one + two
    shape = tuple(np.maximum(one.shape, two.shape))
    return _padded(one, shape) + _padded(two, shape)


def _padded(values: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.int64]:
    if values.shape == shape:
        return values
    padded = np.zeros(shape, np.int64)
    padded[tuple(slice(length) for length in values.shape)] = values
    return padded
