"""Cuts what mates have read after the end of the insert, by their overlap alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import ReadTrimmer
from biometal_stream.operators.pairs.checks import NEEDS, pairs_of, require_pairs
from biometal_stream.operators.pairs.rules import POSTERIOR, rule_of
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class TrimOverhangs(ReadTrimmer):
    """Cuts what mates have read after the end of the insert, by their overlap alone.

    A mate begins where the insert of the other ends. So all that follows in the other is not of the
    insert, whatever it is: after `Extract`, the UMI or the barcode of the mate, and the adapter.
    Pairs whose mates do not overlap stay as they are, and so do inserts of fewer bases than must
    overlap.

    `TrimAdapters` also looks at single reads, and finds the end of short inserts; it needs the
    adapter right after the insert. With UMIs put it before `Extract`, and this step after it.

    Attributes:
        min_overlap: The bases that must overlap.

    Example:
        >>> TrimOverhangs(min_overlap=14)
    """

    needs: ClassVar[tuple[str, ...]] = NEEDS

    min_overlap: int = option("The bases that must overlap.", default=12, unit="bases", minimum=1)

    @property
    def compares_mates(self) -> bool:
        """It needs whole pairs."""
        return True

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: The reads are single, a string column that is needed is missing, or a
                column describes the whole reads.
        """
        require_pairs(input_schema, self.name)
        return super().output_schema(input_schema)

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """Sequence, quality and the column of mates."""
        return frozenset((*self.needs, "mate"))

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds where the insert of each read ends; merged reads stay whole.

        Raises:
            DataError: Rows are not pairs; or a read is null, has a byte that is not a quality, or
                has a different number of bases and qualities.
        """
        import numpy as np

        from biometal_stream.operators.pairs.overlap import find_overlaps

        pairs, rows = pairs_of(view, self.name)
        ends = view.text("sequence").lengths.copy()
        found = find_overlaps(pairs, rule_of(self.name, POSTERIOR, self.min_overlap))
        inserts = np.repeat(np.where(found.inserts < 0, np.iinfo(np.int64).max, found.inserts), 2)
        ends[rows] = np.minimum(ends[rows], inserts)
        return np.zeros(view.num_rows, np.int64), ends
