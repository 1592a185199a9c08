"""Counts what reads are like, by mate, by cycle and in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.operators.base import ReadObserver
from biometal_stream.settings import option

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.quality.result import Quality
    from biometal_stream.reports.records.base import State
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class QualityControl(ReadObserver):
    """Counts what the reads that pass are like, and changes nothing.

    It counts what FastQC and fastp show, and more: bases and qualities by cycle, lengths, GC,
    duplicates, adapters, tiles; quality by length, channel and hour for long reads; and the labels,
    numbers and scores that other steps have added. Mates 1 and 2 are counted apart, and so are
    reads that two mates were merged to.

    It may be used several times, for example before and after trimming, but not before ``head``.
    The result is in ``Report.quality`` and in every file of ``--report``. It is the same, to the
    bit, for every number of threads.

    Attributes:
        place: The name of this place in the report; by default ``before``, ``after`` or ``reads``.
        inserts: Whether to count the sizes of inserts as well, by the overlap of mates, as
            `SummarizeInserts` does. It takes longer than everything else.
        kmers: Whether to count k-mers of 7 bases by cycle as well. It takes longer than all the
            rest.
        truth: The column of true labels. Then each column of predicted labels is compared with it,
            by score.

    Example:
        >>> QualityControl()
    """

    place: str | None = option(
        "The name of this place in the report; by default before, after or reads.", default=None
    )
    inserts: bool = option(
        "Whether to count the sizes of inserts as well, by the overlap of mates.", default=False
    )
    kmers: bool = option(
        "Whether to count k-mers of 7 bases by cycle as well; it takes longer than all the rest.",
        default=False,
    )
    truth: str | None = option(
        "The column of true labels, to compare predicted labels with.", default=None
    )

    @property
    def compares_mates(self) -> bool:
        """It needs whole pairs to find inserts."""
        return self.inserts

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: Inserts are to be counted and the reads are single or have no qualities;
                or there is no column of true labels.
        """
        if self.inserts:
            from biometal_stream.operators.pairs.checks import require_pairs

            require_pairs(input_schema, f"{self.name} --inserts")
        if self.truth is not None:
            from biometal_stream.schemas.checks import require_labels

            require_labels(input_schema, self.truth, f"{self.name} --truth")
        return input_schema

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """The columns that its modules read, if they are there, and all labels and numbers."""
        from biometal_stream.reports.quality.modules.all import modules
        from biometal_stream.reports.summary import counted_columns

        needs = {name for module in modules(kmers=self.kmers) for name in module.needs}
        needs |= {self.truth} if self.truth is not None else set()
        return counted_columns(input_schema) | needs.intersection(input_schema.names)

    def empty(self) -> State:
        """The counts of no reads."""
        return {}

    def observe(self, view: BatchView, /) -> State:
        """Counts in the reads of a view.

        Raises:
            DataError: A quality holds a byte that is not Phred+33, or rows are not pairs.
        """
        return self.observe_informed(view, {})

    def observe_informed(self, view: BatchView, so_far: State, /) -> State:
        """Counts in the reads of a view; samples leave out what cannot get into that of all."""
        from biometal_stream.reports.quality.reads import groups_of

        return {**self._counted(groups_of(view, so_far)), **self._pairs(view)}

    def counts_as(self, other: object, /) -> bool:
        """Whether another place counts the same, but for the sizes of inserts."""
        return isinstance(other, QualityControl) and (self.kmers, self.truth) == (
            other.kmers,
            other.truth,
        )

    def observe_twice(
        self,
        earlier: QualityControl,
        before: BatchView,
        after: BatchView,
        so_far: tuple[State, State, State],
        /,
    ) -> tuple[State, State, State]:
        """Counts at two places; reads that are the same in both views are counted once."""
        from biometal_stream.reports.quality.twice import counted_twice

        found = counted_twice(self._counted, before, after, so_far)
        first, second = earlier._pairs(before), self._pairs(after)
        return found.common, {**found.before, **first}, {**found.after, **second}

    def _counted(self, groups: Iterable[Reads]) -> State:
        from biometal_stream.reports.quality.modules.all import modules

        chosen = modules(kmers=self.kmers, truth=self.truth)
        return {
            reads.group: {
                name: record for module in chosen for name, record in module.observe(reads).items()
            }
            for reads in groups
        }

    def _pairs(self, view: BatchView) -> State:
        """What is counted of pairs, if anything is."""
        if not self.inserts:
            return {}
        from biometal_stream.operators.summarize_inserts import SummarizeInserts
        from biometal_stream.reports.quality.modules.inserts import insert_records
        from biometal_stream.reports.quality.reads import PAIRS

        found = SummarizeInserts().observe(view)
        return {PAIRS: insert_records(found.pairs, found.overlapping, found.insert_sizes)}

    def merge(self, one: State, two: State, /) -> State:
        """Adds up the counts."""
        from biometal_stream.reports.quality.state import added

        return added(one, two)

    def finish(self, state: State, /) -> Quality:
        """Makes the result."""
        from biometal_stream.reports.quality.result import Quality

        return Quality(state, self.place or "")
