"""Corrects the mates of pairs by each other where they overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import ReadEditor
from biometal_stream.operators.pairs.checks import NEEDS, require_pairs
from biometal_stream.operators.pairs.rules import FASTP, POSTERIOR, rule_of
from biometal_stream.settings import option

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.pairs.correcting import Corrected
    from biometal_stream.operators.pairs.counts import CorrectedPairs
    from biometal_stream.operators.pairs.rules import Rule
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class CorrectPairs(ReadEditor):
    """Corrects bases in which the mates of a pair differ where they overlap.

    The base of the better quality replaces the other. Both then have the quality of the likelier
    base; with ``fastp`` only the base that is replaced gets the quality of the other. Bases of
    equal quality stay. Bases on which mates agree keep their qualities.

    Attributes:
        algorithm: How overlaps are found, and what is corrected: ``posterior`` corrects by the
            probability of each base; ``fastp`` corrects a base of at most Q14 by one of at least
            Q30, as ``fastp --correction`` does.
        min_overlap: The bases that must overlap: 12, or by default 30 for fastp.
        max_mismatches: The most bases of the overlap in which mates may differ: no limit, or by
            default 5 for fastp.
        max_mismatch_rate: The largest share of these: no limit, or by default 0.2 for fastp.
        max_quality: The highest quality that is computed.

    Example:
        >>> CorrectPairs(algorithm="fastp")
    """

    needs: ClassVar[tuple[str, ...]] = NEEDS
    changes: ClassVar[tuple[str, ...]] = NEEDS

    algorithm: str = option(
        "How overlaps are found, and bases corrected.",
        default=POSTERIOR,
        choices=(POSTERIOR, FASTP),
    )
    min_overlap: int | None = option(
        "The bases that must overlap; by default 12, and 30 for fastp.",
        default=None,
        unit="bases",
        minimum=1,
    )
    max_mismatches: int | None = option(
        "The most bases in which mates may differ; by default 5 for fastp.",
        default=None,
        unit="bases",
        minimum=0,
    )
    max_mismatch_rate: float | None = option(
        "The largest share of the overlap in which mates may differ; by default 0.2 for fastp.",
        default=None,
        metavar="SHARE",
        minimum=0,
        maximum=1,
    )
    max_quality: int = option(
        "The highest quality that is computed.", default=41, unit="Phred", minimum=0, maximum=93
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self._rule

    @property
    def _rule(self) -> Rule:
        return rule_of(
            self.name,
            self.algorithm,
            self.min_overlap,
            self.max_mismatches,
            self.max_mismatch_rate,
        )

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
        from biometal_stream.schemas.cutting import require_fresh

        require_pairs(input_schema, self.name)
        require_fresh(input_schema, self.name)
        return input_schema

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """Sequence, quality and the column of mates."""
        return frozenset((*self.needs, "mate"))

    def edit(self, view: BatchView, /) -> Mapping[str, StringColumn]:
        """Returns the corrected bases and qualities; merged reads stay.

        Raises:
            DataError: Rows are not pairs; or a read is null, has a byte that is not a quality, or
                has a different number of bases and qualities.
        """
        return self._corrected(view).columns

    def _corrected(self, view: BatchView) -> Corrected:
        from biometal_stream.operators.pairs.correcting import corrected

        rule, most = self._rule, self.max_quality
        return view.once(("corrected", self), lambda view: corrected(view, rule, most, self.name))

    def empty(self) -> CorrectedPairs:
        """The counts of no reads."""
        from biometal_stream.operators.pairs.counts import CorrectedPairs

        return CorrectedPairs()

    def observe(self, view: BatchView, /) -> CorrectedPairs:
        """Counts what is corrected in a view."""
        return self._corrected(view).counts

    def merge(self, one: CorrectedPairs, two: CorrectedPairs, /) -> CorrectedPairs:
        """Adds up the counts."""
        return one + two

    def finish(self, state: CorrectedPairs, /) -> CorrectedPairs:
        """Returns the counts."""
        return state
