"""Counts reads and bases, and sums up lengths, qualities and further columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.operators.base import ReadObserver

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.reports.summary import Summary, SummaryState
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class Summarize(ReadObserver):
    """Summarizes the reads that pass, and changes nothing.

    Reads, pairs and bases; shortest, mean, median and longest read and N50; mean quality, Q20, Q30,
    GC and N of all bases; least, mean and greatest of each further column of numbers; and the
    number of reads with each label. It may stand in several places of a line, before and after a
    filter, but not before ``head``: how many reads come by before the run ends depends on threads
    and memory.

    The summaries are printed, and are in ``--stats`` and in ``Report.results``, where the second
    one is ``summarize-2``. They are the same, to the bit, for every number of threads.
    """

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """Sequence, quality, numbers and labels, as far as there are any."""
        from biometal_stream.reports.summary import counted_columns

        return counted_columns(input_schema)

    def empty(self) -> SummaryState:
        """What is counted in no reads."""
        from biometal_stream.reports.summary import Summarizing

        return Summarizing().empty()

    def observe(self, view: BatchView, /) -> SummaryState:
        """Counts what a view holds.

        Raises:
            DataError: A quality holds a byte that is not Phred+33.
        """
        from biometal_stream.reports.summary import Summarizing

        return Summarizing().observe(view)

    def merge(self, one: SummaryState, two: SummaryState, /) -> SummaryState:
        """Adds up what was counted."""
        from biometal_stream.reports.summary import Summarizing

        return Summarizing().merge(one, two)

    def finish(self, state: SummaryState, /) -> Summary:
        """Makes the summary."""
        from biometal_stream.reports.summary import Summarizing

        return Summarizing().finish(state)
