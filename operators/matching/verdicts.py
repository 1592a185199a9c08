"""Which reads or pairs of a view match each index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from biometal_stream.indexes.hits import Hits, count_hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.indexes.index import Index
    from biometal_stream.indexes.minimizers import FoundKmers
    from biometal_stream.indexes.scheme import Scheme
    from biometal_stream.view import BatchView

_Value = TypeVar("_Value", bound=np.generic)


class Rule(NamedTuple):
    """When a read, or a pair, matches an index.

    Attributes:
        min_hits: How many of its different minimizers the index must have; 0 counts as 1.
        min_fraction: What share of its different minimizers the index must have.
        prefix: The first bases of each read, or mate, that count; ``None`` for all.
    """

    min_hits: int
    min_fraction: float
    prefix: int | None = None


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What is known of the units of a view: reads, or pairs if it has pairs.

    Attributes:
        found: The hits of each index, (units,) each.
        rule: When a unit matches.
        sizes: ``int64``, (units,): the rows of each unit.
        paired: Whether pairs are counted; a read that mates were merged to counts as one.
    """

    found: tuple[Hits, ...]
    rule: Rule
    sizes: NDArray[np.int64]
    paired: bool

    @classmethod
    def of(cls, view: BatchView, indexes: Sequence[Index], rule: Rule) -> Verdicts:
        """Looks up the minimizers of a view.

        Raises:
            DataError: A read is null.
        """
        starts = np.append(view.unit_starts, view.num_rows)
        found = []
        for index in indexes:
            kmers = minimizers_in(view, index.scheme, rule.prefix)
            has = index.contains(kmers.values)
            found.append(count_hits(kmers.values, has, kmers.offsets[starts]))
        paired = view.paired or view.merged is not None
        return cls(tuple(found), rule, np.diff(starts), paired)

    @cached_property
    def matches(self) -> NDArray[np.bool_]:
        """Which units match each index, (indexes, units)."""
        rule = self.rule
        return np.array([each.matches(rule.min_hits, rule.min_fraction) for each in self.found])

    @cached_property
    def matched(self) -> NDArray[np.bool_]:
        """Which units match any index, (units,)."""
        matched: NDArray[np.bool_] = np.logical_or.reduce(self.matches)
        return matched

    @property
    def without_minimizers(self) -> NDArray[np.bool_]:
        """Which units have no minimizer of any index, (units,)."""
        without: NDArray[np.bool_] = np.logical_and.reduce([x.totals == 0 for x in self.found])
        return without

    @property
    def best(self) -> NDArray[np.int64]:
        """The index that has the most of each unit, (units,); of equal ones the first.

        It is one that the unit matches, if there is any.
        """
        hits = np.array([each.hits for each in self.found], np.int64)
        best: NDArray[np.int64] = np.argmax(hits + (self.matches.astype(np.int64) << 32), axis=0)
        return best

    def by_row(self, values: NDArray[_Value]) -> NDArray[_Value]:
        """Values of units, (units,), as values of rows, (num_rows,)."""
        return values if len(values) == self.sizes.sum() else np.repeat(values, self.sizes)


def minimizers_in(view: BatchView, scheme: Scheme, prefix: int | None) -> FoundKmers:
    """The minimizers of the reads of a view, found once for all steps that share it."""
    from biometal_stream.indexes.minimizers import minimizers_of

    return view.once(
        ("minimizers", scheme, prefix),
        lambda view: minimizers_of(view.text("sequence"), scheme, prefix=prefix),
    )
