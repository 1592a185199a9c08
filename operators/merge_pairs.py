"""Merges the mates of pairs that overlap to one read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.operators.pairs.checks import NEEDS, require_pairs, require_unmerged
from biometal_stream.operators.pairs.rules import ADAPTERREMOVAL, ALGORITHMS, rule_of
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator
    from biometal_stream.operators.pairs.counts import MergedPairs
    from biometal_stream.operators.pairs.rules import Rule
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class MergePairs(StatelessOperator):
    """Merges the mates of pairs that overlap to one read: the insert, on the strand of mate 1.

    A merged read has the name and the other columns of mate 1, and null in ``mate``. Steps after
    this one treat it as a single read. Pairs whose mates do not overlap stay as they are; to write
    FASTQ they need a file of their own (``unmerged``).

    Trim adapters first: bases after the end of the insert are left out of a merged read, but not of
    other pairs. docs/guide/pairs.md explains the algorithms.

    Attributes:
        algorithm: How overlaps are found, and what becomes of bases in which mates differ:
            ``posterior`` takes the overlap, and the base, that is the likeliest by far; ``fastp``,
            ``vsearch`` and ``adapterremoval`` do what these programs do.
        min_overlap: The bases that must overlap: 12, or by default 30 for fastp, 10 for vsearch, 11
            for adapterremoval.
        max_mismatches: The most bases of the overlap in which mates may differ: no limit, or by
            default 5 for fastp, 10 for vsearch.
        max_mismatch_rate: The largest share of these: no limit, or by default 0.2 for fastp, 0.1667
            for adapterremoval.
        strategy: For adapterremoval, the quality of bases on which mates agree: the ``maximum`` of
            both, or ``additive``, their sum.
        max_quality: The highest quality that is computed.
        drop_unmerged: Whether other pairs leave the stream. Its reads are then single.

    Example:
        >>> MergePairs(min_overlap=15)
    """

    needs: ClassVar[tuple[str, ...]] = NEEDS

    algorithm: str = option(
        "How overlaps are found, and bases chosen where mates differ.",
        default="posterior",
        choices=ALGORITHMS,
    )
    min_overlap: int | None = option(
        "The bases that must overlap; by default 12, 30 for fastp, 10 for vsearch, 11 for"
        " adapterremoval.",
        default=None,
        unit="bases",
        minimum=1,
    )
    max_mismatches: int | None = option(
        "The most bases in which mates may differ; by default 5 for fastp, 10 for vsearch.",
        default=None,
        unit="bases",
        minimum=0,
    )
    max_mismatch_rate: float | None = option(
        "The largest share of the overlap in which mates may differ; by default 0.2 for fastp,"
        " 0.1667 for adapterremoval.",
        default=None,
        metavar="SHARE",
        minimum=0,
        maximum=1,
    )
    strategy: str | None = option(
        "For adapterremoval, the quality where mates agree; by default maximum.",
        default=None,
        choices=("maximum", "additive"),
    )
    max_quality: int = option(
        "The highest quality that is computed.", default=41, unit="Phred", minimum=0, maximum=93
    )
    drop_unmerged: bool = option("Drop pairs that are not merged.", default=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self._rule
        if self.strategy is not None and self.algorithm != ADAPTERREMOVAL:
            raise ConfigurationError(
                f"{self.name}: strategy is for adapterremoval, not for {self.algorithm}"
            )

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
    def keeps_pairs(self) -> bool:
        """Whether pairs that are not merged stay in the stream."""
        return not self.drop_unmerged

    @property
    def drops(self) -> str:
        """Why reads are dropped."""
        return "not merged" if self.drop_unmerged else ""

    @property
    def compares_mates(self) -> bool:
        """It needs whole pairs."""
        return True

    @property
    def before_merging(self) -> bool:
        """It merges once."""
        return True

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, with null in ``mate`` for merged reads; or without ``mate``.

        Raises:
            SchemaError: The reads are single, a string column that is needed is missing, or a
                column describes the whole reads.
        """
        from biometal_stream.operators.pairs.merging import output_schema
        from biometal_stream.schemas.cutting import per_base, require_fresh

        require_pairs(input_schema, self.name)
        require_fresh(input_schema, self.name)
        for column in per_base(input_schema):
            if column not in NEEDS:
                raise SchemaError(
                    f"{self.name} cannot merge column '{column}', which has a value for each base;"
                    " drop it first"
                )
        return output_schema(input_schema, keep_pairs=self.keeps_pairs)

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Merges the same pairs; reads bases, qualities and mates."""
        return self, columns | {*self.needs, "mate"}

    def reshape(self, batch: pa.RecordBatch, /) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
        """Merges the pairs of a batch; see `biometal_stream.interfaces.Reshaping`.

        Raises:
            DataError: Rows are not pairs; or a read is null, has a byte that is not a quality, or
                has a different number of bases and qualities.
        """
        from biometal_stream.operators.pairs.merging import merged_batch
        from biometal_stream.view import BatchView

        self.output_schema(batch.schema)
        view = BatchView(batch)
        require_unmerged(view, self.name)
        return merged_batch(
            view, self._rule, self.strategy, self.max_quality, keep_pairs=self.keeps_pairs
        )

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Merges the pairs of a batch."""
        return self.reshape(batch)[0]

    @property
    def observation(self) -> MergeTally:
        """Counts what is merged."""
        return MergeTally()


@dataclass(frozen=True)
class MergeTally:
    """The observation that counts merged reads, in what `MergePairs` returns."""

    def empty(self) -> MergedPairs:
        """The counts of no reads."""
        from biometal_stream.operators.pairs.counts import MergedPairs

        return MergedPairs()

    def observe(self, view: BatchView, /) -> MergedPairs:
        """Counts the reads of a view, and their lengths."""
        from biometal_stream.columns import validity_of
        from biometal_stream.operators.pairs.counts import MergedPairs, histogram

        lengths = view.text("sequence").lengths
        if "mate" in view.batch.schema.names:  # not `merged`: filters may ignore mates
            lengths = lengths[validity_of(view.column("mate")) == 0]
        pairs = (view.num_rows - len(lengths)) // 2
        return MergedPairs(len(lengths), pairs, int(lengths.sum()), histogram(lengths))

    def merge(self, one: Any, two: Any, /) -> Any:
        """Adds up the counts."""
        return one + two

    def finish(self, state: MergedPairs, /) -> MergedPairs:
        """Returns the counts."""
        return state
