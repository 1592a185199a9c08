"""The first reads of a stream, and what is learnt from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.columns import empty_batch, string_column, together
from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.interfaces import Look, has_to_learn, needs_order
from biometal_stream.settings import as_typed

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Learner, Operator


class FirstReads:
    """Collects the first reads for a learner: the same ones for every batch size.

    Args:
        look: How many reads to collect.

    Attributes:
        batches: The reads so far.
        reads: The number of reads.
        enough: Whether no more reads are needed.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._bases = 0
        self.batches: list[pa.RecordBatch] = []
        self.reads = 0
        self.enough = False

    def add(self, batch: pa.RecordBatch) -> None:
        """Takes what is needed from the next batch, without a copy."""
        rows = 0 if self.enough else self._wanted(batch)
        if rows:
            self.batches.append(batch.slice(0, rows))
            self.reads += rows

    def _wanted(self, batch: pa.RecordBatch) -> int:
        rows = int(batch.num_rows)
        limit = self._look.reads - self.reads
        if self._look.bases is not None and "sequence" in batch.schema.names:
            ends = np.cumsum(string_column(batch.column("sequence"), "sequence").lengths)
            limit = min(limit, int(np.searchsorted(ends, self._look.bases - self._bases)) + 1)
            self._bases += int(ends[-1]) if rows else 0
        self.enough = limit <= rows
        return together(batch, min(limit, rows))


@dataclass(frozen=True)
class Learnt:
    """What an operator has learnt, for the run's report.

    Attributes:
        reads: The number of reads that it looked at.
        operator: The resulting operator as typed on the command line, such as ``min-length 50``. If
            it is typed like this, it does not learn again.
        settings: The settings that were learnt.
        findings: What the first reads showed, in short lines; empty if the operator has no more to
            say than its settings.
    """

    reads: int
    operator: str
    settings: Mapping[str, object]
    findings: tuple[str, ...] = ()


def learn(learner: Learner, first: FirstReads, schema: pa.Schema) -> tuple[Operator, Learnt]:
    """Makes a learner learn.

    Args:
        learner: The learner.
        first: The reads to learn from.
        schema: The schema of these reads.

    Raises:
        SchemaError: The learnt operator makes other columns than promised.
        ConfigurationError: The learnt operator cannot be used in the learner's place.
    """
    operator = learner.learn(first.batches or [empty_batch(schema)])
    name = learner.name
    if not hasattr(operator, "output_schema"):
        raise ConfigurationError(f"{name}: learn() must return an operator: {operator!r}")
    if has_to_learn(operator):
        raise ConfigurationError(f"{name}: what it has learnt, {operator!r}, must learn again")
    if needs_order(operator) and not needs_order(learner):
        raise ConfigurationError(
            f"{name}: what it has learnt, {operator.name}, needs all reads in order; then the"
            " learner's concurrency must be serial, too"
        )
    promised, made = learner.output_schema(schema), operator.output_schema(schema)
    if not made.equals(promised):
        raise SchemaError(
            f"{name}: what it has learnt, {operator.name}, returns the columns"
            f" {', '.join(made.names)}, but the learner's output_schema has"
            f" {', '.join(promised.names)}, or other types"
        )
    findings = tuple(getattr(operator, "findings", ()))
    typed = as_typed(operator, options=True)
    return operator, Learnt(first.reads, typed, _new(learner, operator), findings)


def _new(learner: Operator, operator: Operator) -> dict[str, object]:
    """The settings that an operator has and its learner did not have."""
    return {
        name: value
        for name, value in _settings(operator).items()
        if type(operator) is not type(learner) or value != _settings(learner)[name]
    }


def _settings(operator: object) -> dict[str, object]:
    if not dataclasses.is_dataclass(operator):
        return {}
    return {field.name: getattr(operator, field.name) for field in dataclasses.fields(operator)}


def taught(operator: Operator, batch: pa.RecordBatch) -> Operator:
    """The operator learnt from a batch that is a whole stream; unchanged if not a learner."""
    if not has_to_learn(operator):
        return operator
    look = operator.look
    assert look is not None
    first = FirstReads(look)
    first.add(batch)
    return learn(operator, first, batch.schema)[0]
