"""The columns of what indexes have of each read, and their counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.indexes.hits import Hits
from biometal_stream.operators.matching.counts import MatchCounts, Matches
from biometal_stream.operators.matching.verdicts import Rule, Verdicts
from biometal_stream.schemas.predictions import LABELS_KEY, label_column

if TYPE_CHECKING:
    from biometal_stream.view import BatchView


def marked_fields(column: str, names: tuple[str, ...]) -> list[pa.Field]:
    """The new columns, which are the same for both mates of a pair.

    ==================== =========================== ===========================================
    column               type                        what
    ==================== =========================== ===========================================
    index_label          dictionary<int16, string>   the index that the read matches; null if none
    index_hits           int32                       its different minimizers that this index has
    index_minimizers     int32                       all its different minimizers
    NAME_hits            int32                       the same for each of several indexes
    NAME_minimizers      int32
    ==================== =========================== ===========================================

    Args:
        column: What the first three begin with.
        names: The names of the indexes.
    """
    labels = json.dumps(names, ensure_ascii=False).encode()
    kind = pa.dictionary(pa.int16(), pa.string())
    numbers = [column, *(names if len(names) > 1 else ())]
    return [
        pa.field(label_column(column), kind, metadata={LABELS_KEY: labels}),
        *(
            pa.field(f"{name}_{what}", pa.int32(), nullable=False)
            for name in numbers
            for what in ("hits", "minimizers")
        ),
    ]


def marked_columns(verdicts: Verdicts, names: tuple[str, ...]) -> list[pa.Array]:
    """The values of `marked_fields`, (num_rows,) each."""
    best = verdicts.best
    units = np.arange(len(best))
    labels = pa.array(
        verdicts.by_row(best.astype(np.int16)), mask=verdicts.by_row(~verdicts.matched)
    )
    numbers = [np.array([each[what] for each in verdicts.found])[best, units] for what in (0, 1)]
    if len(names) > 1:
        numbers += [each[what] for each in verdicts.found for what in (0, 1)]
    return [
        pa.DictionaryArray.from_arrays(labels, pa.array(names, pa.string())),
        *(pa.array(verdicts.by_row(each)) for each in numbers),
    ]


@dataclass(frozen=True)
class MarkedMatches:
    """The observation of such columns. Its result is a `Matches`.

    Attributes:
        column: As for `marked_fields`.
        names: The names of the indexes.
        rule: When a read matches.
        shortest: The bases that a read with a minimizer has at least.
    """

    column: str
    names: tuple[str, ...]
    rule: Rule
    shortest: int

    def empty(self) -> MatchCounts:
        """The counts of no reads."""
        return MatchCounts.none(len(self.names))

    def observe(self, view: BatchView, /) -> MatchCounts:
        """Counts the reads, or pairs, of a view."""
        starts = view.unit_starts
        found = tuple(
            Hits(*(view.column(f"{name}_{w}").to_numpy()[starts] for w in ("hits", "minimizers")))
            for name in (self.names if len(self.names) > 1 else (self.column,))
        )
        paired = view.paired or view.merged is not None
        sizes = np.diff(starts, append=view.num_rows)
        return MatchCounts.of(Verdicts(found, self.rule, sizes, paired))

    def merge(self, one: MatchCounts, two: MatchCounts, /) -> MatchCounts:
        """Adds up the counts."""
        return one + two

    def finish(self, state: MatchCounts, /) -> Matches:
        """Makes the result."""
        return Matches.of(state, self.names, matching="marked", shortest=self.shortest)
