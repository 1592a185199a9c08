"""Counts reads and bases, and summarizes lengths, qualities and other columns."""

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

    Reads, pairs and bases; shortest, mean, median and longest read, and N50; mean quality, Q20,
    Q30, GC and N of all bases; minimum, mean and maximum of each other numeric column; and the
    number of reads with each label. It may be used several times, for example before and after a
    filter, but not before ``head``: how many reads pass before the run ends depends on threads
    and memory.

    The summaries are printed, and are in ``--stats`` and in ``Report.results``, where the second
    one is ``summarize-2``. They are the same, to the bit, for every number of threads.
    """

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """Sequence, quality, numeric columns and labels, if there are any."""
        from biometal_stream.reports.summary import counted_columns

        return counted_columns(input_schema)

    def empty(self) -> SummaryState:
        """The state of no reads."""
        from biometal_stream.reports.summary import Summarizing

        return Summarizing().empty()

    def observe(self, view: BatchView, /) -> SummaryState:
        """Counts the contents of a view.

        Raises:
            DataError: A quality holds a byte that is not Phred+33.
        """
        from biometal_stream.reports.summary import Summarizing

        return Summarizing().observe(view)

    def merge(self, one: SummaryState, two: SummaryState, /) -> SummaryState:
        """Adds up the counts."""
        from biometal_stream.reports.summary import Summarizing

        return Summarizing().merge(one, two)

    def finish(self, state: SummaryState, /) -> Summary:
        """Makes the summary."""
        from biometal_stream.reports.summary import Summarizing

        return Summarizing().finish(state)
