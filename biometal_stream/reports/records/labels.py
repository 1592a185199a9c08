"""How often each label of a column occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from biometal_stream.reports.records.packing import whole_number

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.view import BatchView

MOST_LABELS = 1000
"""Labels that are counted separately: the first ones in alphabetical order."""


@dataclass(frozen=True)
class LabelSummary:
    """How often each label of a dictionary column occurs, such as a column of predictions.

    Attributes:
        name: The column's name.
        counts: Rows by label, the most frequent first. If there are more than 1,000 labels, only
            the first 1,000 in alphabetical order are counted separately.
        others: Rows with other labels.
        nulls: Rows without a label.
    """

    name: str
    counts: Mapping[str, int]
    others: int
    nulls: int


@dataclass(frozen=True)
class LabelCounts:
    """Counts of the labels of a column so far.

    The set of labels that are counted separately does not depend on the order of batches: a label
    that others push out here would also be pushed out of any larger set.

    Attributes:
        counts: Rows by label, in alphabetical order; at most `MOST_LABELS`.
        others: Rows with labels that others have pushed out.
        nulls: Rows without a label.
    """

    kind: ClassVar[str] = "labels"

    counts: Mapping[str, int] = field(default_factory=dict)
    others: int = 0
    nulls: int = 0

    @classmethod
    def of(cls, column: pa.DictionaryArray) -> LabelCounts:
        """Counts a dictionary column of text."""
        indices = column.indices.drop_null().to_numpy()
        rows = np.bincount(indices, minlength=len(column.dictionary))
        counts: Counter[str] = Counter()
        nulls = column.indices.null_count
        for place in np.flatnonzero(rows).tolist():
            label = column.dictionary[place].as_py()
            if label is None:
                nulls += int(rows[place])
            else:
                counts[label] += int(rows[place])
        return cls._first(counts, 0, nulls)

    @classmethod
    def _first(cls, counts: Counter[str], others: int, nulls: int) -> LabelCounts:
        kept = dict(sorted(counts.items())[:MOST_LABELS])
        return cls(kept, others + counts.total() - sum(kept.values()), nulls)

    def __add__(self, other: LabelCounts, /) -> LabelCounts:
        """The counts of both."""
        counts = Counter(self.counts)
        counts.update(other.counts)
        return self._first(counts, self.others + other.others, self.nulls + other.nulls)

    def to_plain(self) -> dict[str, Any]:
        """The record as plain objects, for JSON."""
        counts = dict(self.counts)
        return {"kind": self.kind, "counts": counts, "others": self.others, "nulls": self.nulls}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], /) -> Self:
        """The record of such objects.

        Raises:
            ValueError: They are not those of counts of labels.
        """
        counts = {label: whole_number(number) for label, number in plain["counts"].items()}
        if len(counts) > MOST_LABELS:
            raise ValueError(f"{len(counts):,} labels; at most {MOST_LABELS:,} are counted")
        return cls(counts, whole_number(plain["others"]), whole_number(plain["nulls"]))

    def summary(self, name: str) -> LabelSummary:
        """The summary of a column with this name."""
        counts = dict(Counter(self.counts).most_common())
        return LabelSummary(name, counts, self.others, self.nulls)


@dataclass(frozen=True)
class LabelTally:
    """The observation that counts the labels of one column. Its result is a `LabelSummary`.

    Attributes:
        column: The name of a dictionary column of text.
    """

    column: str

    def empty(self) -> LabelCounts:
        """No labels."""
        return LabelCounts()

    def observe(self, view: BatchView, /) -> LabelCounts:
        """Counts the labels of a view."""
        return LabelCounts.of(view.column(self.column))

    def merge(self, one: LabelCounts, two: LabelCounts, /) -> LabelCounts:
        """Merges the counts."""
        return one + two

    def finish(self, state: LabelCounts, /) -> LabelSummary:
        """Makes the result."""
        return state.summary(self.column)
