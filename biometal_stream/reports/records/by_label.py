"""Counts by label and key, such as reads by predicted label and score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from biometal_stream.reports.records.keyed import Keyed
from biometal_stream.reports.records.labels import MOST_LABELS
from biometal_stream.reports.records.packing import whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPAN = 1 << 16
"""Keys of one label are whole numbers from 0 to below this."""

_ALL = MOST_LABELS * SPAN


@dataclass(frozen=True, eq=False)
class ByLabel:
    """Arrays of counts, each with a label and a key.

    The set of labels that are counted separately does not depend on the order of batches: a label
    that others push out here would also be pushed out of any larger set.

    Attributes:
        labels: The labels that occur, in alphabetical order; at most `MOST_LABELS`.
        counts: By ``SPAN * label + key``.
        others: The sum of the counts of all labels that others have pushed out, ``int64``, (...).
    """

    kind: ClassVar[str] = "by label"

    labels: tuple[str, ...]
    counts: Keyed
    others: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        labels: list[str],
        codes: NDArray[np.int64],
        keys: NDArray[np.int64],
        values: NDArray[np.int64],
    ) -> Self:
        """Adds up counts that have the same label and key.

        Args:
            labels: Labels, in any order; several may be the same, and some may not occur.
            codes: ``int64``, (rows,): which label each row has.
            keys: ``int64``, (rows,)
            values: ``int64``, (rows, ...)
        """
        used = np.unique(codes)
        names = sorted({labels[code] for code in used.tolist()})
        places = _places([labels[code] for code in used.tolist()], names)
        placed = places[np.searchsorted(used, codes)]
        kept = placed < MOST_LABELS
        others = values[~kept].sum(axis=0)
        counts = Keyed.of((SPAN * placed + keys)[kept], values[kept], _ALL)
        return cls(tuple(names[:MOST_LABELS]), counts, others)

    def __add__(self, other: ByLabel, /) -> ByLabel:
        """Adds the counts of both, label by label."""
        others = self.others + other.others
        if self.labels == other.labels:
            return ByLabel(self.labels, self.counts + other.counts, others)
        names = sorted({*self.labels, *other.labels})
        one, left = self._among(names)
        two, right = other._among(names)
        return ByLabel(tuple(names[:MOST_LABELS]), one + two, others + left + right)

    def _among(self, names: list[str]) -> tuple[Keyed, NDArray[np.int64]]:
        """The counts with the places of labels among more names, and the sum of what is too much.

        Args:
            names: All of its labels and others, in alphabetical order.
        """
        if list(self.labels) == names[: len(self.labels)]:
            return self.counts, np.zeros_like(self.others)
        places = _places(self.labels, names)
        runs, others = [], np.zeros_like(self.others)
        for keys, values in self.counts.runs:
            placed = SPAN * places[keys // SPAN] + keys % SPAN
            end = int(np.searchsorted(placed, _ALL))
            others = others + values[end:].sum(axis=0)
            if end:
                runs.append((placed[:end], values[:end]))
        return Keyed(tuple(runs), self.counts.others, _ALL), others

    @cached_property
    def by_label(self) -> Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The keys of each label in ascending order, (keys,), and their counts, (keys, ...)."""
        keys, values = self.counts.keys, self.counts.values
        ends = np.searchsorted(keys, SPAN * np.arange(len(self.labels) + 1)).tolist()
        return {
            label: (keys[first:last] % SPAN, values[first:last])
            for label, first, last in zip(self.labels, ends, ends[1:], strict=False)
        }

    def to_plain(self) -> dict[str, Any]:
        """The record as plain objects, for JSON."""
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "counts": self.counts.to_plain(),
            "others": self.others.tolist(),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /) -> Self:
        """The record of such objects.

        Raises:
            ValueError: Labels and counts do not belong together.
        """
        counts, labels = Keyed.from_plain(plain["counts"]), plain["labels"]
        others = np.array([whole_number(number) for number in plain["others"]], np.int64)
        keys = counts.keys
        places = len(labels) * SPAN
        fit = len(labels) <= MOST_LABELS and all(isinstance(each, str) for each in labels)
        if not fit or labels != sorted(set(labels)) or ((keys < 0) | (keys >= places)).any():
            raise ValueError("the labels and the counts of a record do not belong together")
        if others.shape != counts.values.shape[1:]:
            raise ValueError("the counts of other labels have another shape")
        return cls(tuple(labels), counts, others)


def _places(labels: list[str] | tuple[str, ...], names: list[str]) -> NDArray[np.int64]:
    """Where labels are among names."""
    place_of = {name: place for place, name in enumerate(names)}
    return np.array([place_of[label] for label in labels], np.int64)
