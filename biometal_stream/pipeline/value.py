"""A source and the operators after it, as a value that every kind of run starts from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Operator, Repairing, Source, unchecked
from biometal_stream.joined import operators_of
from biometal_stream.pipeline.mates import PAIRS, Pairs
from biometal_stream.settings import check_kind
from biometal_stream.sizes import number_of_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa


@dataclass(frozen=True)
class Recipe:
    """What to read, what to do to it, and the limits of the run.

    It cannot run: `Pipeline` adds the methods for that.

    Attributes:
        source: Where batches come from.
        operators: What to do to them, in order.
        threads: The number of workers; by default the number of cores.
        memory: Bytes that batches in flight may hold; by default 128 MiB and 64 MiB per worker,
            and at most a quarter of the memory of the machine or the control group.
        min_reads: The fewest reads that a run may keep. A run that keeps fewer fails with
            `TooFewReadsError` before its target is committed, or after the last batch.
        pairs: What each filter does to a pair if it keeps only one mate: ``both`` must pass or
            the pair is dropped; ``either`` keeps the pair; ``split`` keeps the mate, as an orphan.
        statistics: Whether the report has times, page faults and the like. Measuring them takes
            about one per cent of a run.

    Raises:
        ConfigurationError: A number has the wrong type, or is out of range.
        TypeError: One of the operators is not an operator.
    """

    source: Source
    operators: tuple[Operator, ...] = field(default=())
    threads: int | None = None
    memory: int | None = None
    min_reads: int | None = None
    pairs: Pairs = "both"
    statistics: bool = False

    def __post_init__(self) -> None:
        from biometal_stream.run import check_limits

        if self.memory is not None:
            object.__setattr__(self, "memory", number_of_bytes("memory", self.memory))
        check_limits(self.threads, self.memory, self.min_reads)
        check_kind("statistics", self.statistics, "bool")
        if self.pairs not in PAIRS:
            raise ConfigurationError(f"pairs must be one of {', '.join(PAIRS)}: {self.pairs!r}")
        object.__setattr__(self, "operators", operators_of(*self.operators))
        if self.operators and isinstance(self.operators[0], Repairing):
            object.__setattr__(self, "source", unchecked(self.source))

    @property
    def schema(self) -> pa.Schema:
        """The schema of the output.

        Raises:
            SchemaError: An operator cannot work on what comes before it.
        """
        return fold_schema(self.source.schema, self.operators)


def fold_schema(schema: pa.Schema, operators: Iterable[Operator]) -> pa.Schema:
    """The schema after the last operator.

    Raises:
        SchemaError: An operator cannot work on what comes before it.
    """
    for operator in operators:
        schema = operator.output_schema(schema)
    return schema
