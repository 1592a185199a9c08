"""Counts what reads are like, by mate, by cycle and in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.operators.base import ReadObserver
from biometal_stream.settings import option

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.reports.quality.module import State
    from biometal_stream.reports.quality.result import Quality
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class QualityControl(ReadObserver):
    """Counts what the reads that pass are like, and changes nothing.

    It may be used several times, for example before and after trimming, but not before ``head``.

    Attributes:
        place: The name of this place in the report.
        kmers: Whether to count k-mers of 7 bases by cycle.

    Example:
        >>> QualityControl()
    """

    place: str | None = option("The name of this place in the report.", default=None)

    kmers: bool = option(
        "Count k-mers of 7 bases by cycle, too, which takes longer than all the rest.",
        default=False,
    )

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """The columns that its modules read, if they are there."""
        from biometal_stream.reports.quality.modules.all import modules

        needs = {name for module in modules(kmers=self.kmers) for name in module.needs}
        return frozenset((*needs, "mate")).intersection(input_schema.names)

    def empty(self) -> State:
        """The counts of no reads."""
        return {}

    def observe(self, view: BatchView, /) -> State:
        """Counts in the reads of a view."""
        return self.observe_informed(view, {})

    def observe_informed(self, view: BatchView, so_far: State, /) -> State:
        """Counts in the reads of a view; samples leave out what cannot get into that of all."""
        from biometal_stream.reports.quality.modules.all import modules
        from biometal_stream.reports.quality.reads import groups_of

        chosen = modules(kmers=self.kmers)
        return {
            reads.group: {
                name: record for module in chosen for name, record in module.observe(reads).items()
            }
            for reads in groups_of(view, so_far)
        }

    def merge(self, one: State, two: State, /) -> State:
        """Adds up the counts."""
        from biometal_stream.reports.quality.state import added

        return added(one, two)

    def finish(self, state: State, /) -> Quality:
        """Makes the result."""
        from biometal_stream.reports.quality.result import Quality

        return Quality(state, self.place or "")
