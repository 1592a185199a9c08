"""Summarizes how long the inserts of pairs are, by the overlap of their mates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import ReadObserver
from biometal_stream.operators.pairs.checks import NEEDS, pairs_of, require_pairs
from biometal_stream.operators.pairs.rules import ALGORITHMS, POSTERIOR, rule_of
from biometal_stream.settings import option

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.operators.pairs.counts import InsertSizes
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class SummarizeInserts(ReadObserver):
    """Counts the sizes of inserts, by the overlap of mates, and changes nothing.

    A mate says where the insert of the other ends if they overlap. Other inserts are longer than
    both mates together, less the overlap that is needed, and are counted as pairs that do not
    overlap. Put it before `TrimAdapters` or after it; bases after the insert's end do not matter.
    After `MergePairs`, which must keep the other pairs, the insert of a merged read has its length.

    The result is in ``--stats`` and in ``Report.results["summarize-inserts"]``. It is the same for
    every number of threads.

    Attributes:
        algorithm: How overlaps are found, as for `MergePairs`.

    Example:
        >>> SummarizeInserts()
    """

    needs: ClassVar[tuple[str, ...]] = NEEDS

    algorithm: str = option("How overlaps are found.", default=POSTERIOR, choices=ALGORITHMS)

    @property
    def compares_mates(self) -> bool:
        """It needs whole pairs."""
        return True

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: The reads are single, or a string column that is needed is missing.
        """
        require_pairs(input_schema, self.name)
        return input_schema

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """Sequence, quality and the column of mates."""
        return frozenset((*self.needs, "mate"))

    def empty(self) -> InsertSizes:
        """The counts of no pairs."""
        from biometal_stream.operators.pairs.counts import InsertSizes

        return InsertSizes()

    def observe(self, view: BatchView, /) -> InsertSizes:
        """Counts the sizes of a view.

        Raises:
            DataError: Rows are not pairs; or a read is null, has a byte that is not a quality, or
                has a different number of bases and qualities.
        """
        import numpy as np

        from biometal_stream.operators.pairs.counts import InsertSizes, histogram
        from biometal_stream.operators.pairs.overlap import find_overlaps

        pairs, _ = pairs_of(view, self.name)
        found = find_overlaps(pairs, rule_of(self.name, self.algorithm))
        sizes = found.inserts[found.inserts >= 0]
        merged = (
            view.text("sequence").lengths[view.merged] if view.merged is not None else sizes[:0]
        )
        return InsertSizes(
            pairs=len(found.inserts) + len(merged),
            overlapping=len(sizes) + len(merged),
            merged=len(merged),
            overlap_bases=int(found.overlaps.sum()),
            mismatches=int(found.mismatches.sum()),
            insert_sizes=histogram(np.concatenate([sizes, merged])),
        )

    def merge(self, one: InsertSizes, two: InsertSizes, /) -> InsertSizes:
        """Adds up the counts."""
        return one + two

    def finish(self, state: InsertSizes, /) -> InsertSizes:
        """Returns the counts."""
        return state
