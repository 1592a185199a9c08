"""Leaves out of a run the columns that nothing uses, and the work that makes them.

From the last operator back to the source each is asked what it needs for the columns that are
taken of it. What comes out is the same, column for column and row for row. Two things are not:
an operator of which nothing is taken does not run, so it has no stage in the report; and of a
column that is not made nothing can be found wrong. The schemas are checked before, with all
operators and columns. A source of FASTQ checks each record whole all the same.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from biometal_stream.errors import SchemaError
from biometal_stream.interfaces import Concurrency, Operator, ProjectedSource, Pushdown
from biometal_stream.pipeline.chain import is_member
from biometal_stream.schemas import require_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from biometal_stream.interfaces import BatchFunction, Source


@dataclass(frozen=True)
class TakeColumns:
    """Drops the columns that were needed up to here, and are not any more. None may be left.

    Attributes:
        columns: Those that are taken; what else there is is dropped.
    """

    columns: tuple[str, ...]

    name = "take-columns"
    concurrency = Concurrency.SHARED

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The fields that are taken, with the metadata of the input.

        Raises:
            SchemaError: One is missing.
        """
        require_columns(input_schema, self.columns, self.name)
        return pa.schema(
            [input_schema.field(name) for name in self.columns], metadata=input_schema.metadata
        )

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Takes the columns, without a copy."""
        return batch.select(list(self.columns))

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields the operator."""
        yield self


def pushdown(
    source: Source,
    operators: tuple[Operator, ...],
    dropped: Callable[[Operator, pa.Schema], frozenset[str]] = lambda operator, schema: frozenset(),  # noqa: ARG005 - nothing of any
) -> tuple[Source, tuple[Operator, ...]]:
    """Finds the source and the operators that give the same with the least work.

    Args:
        source: Where batches come from.
        operators: What is done to them, in order; their schemas fit.
        dropped: The columns that are taken of the rows that an operator drops, of those that come
            to it.

    Returns:
        The source without the columns that are not taken, if it can do without them, and what
        is left of the operators, with a `TakeColumns` where columns are dropped before their
        end: behind filters, so that their rows are not copied, and before operators that might
        add a column of the same name.

    Raises:
        SchemaError: An operator's own `pushdown` leaves out what is taken.
    """
    schemas = [source.schema]
    for operator in operators:
        schemas.append(operator.output_schema(schemas[-1]))
    if any(len(set(schema.names)) < len(schema.names) for schema in schemas):
        return source, operators  # which of two columns is taken cannot be told by a name
    left: list[tuple[Operator, frozenset[str]]] = []
    taken = frozenset(schemas[-1].names)
    for operator, schema in zip(reversed(operators), reversed(schemas[:-1]), strict=True):
        before = frozenset(schema.names)
        taken |= dropped(operator, schema)
        pruned: Operator | None = operator
        needed = before
        if isinstance(operator, Pushdown):
            pruned, needed = operator.pushdown(taken, schema)
        if pruned is not None:
            left.append((pruned, taken))
        taken = needed & before
    left.reverse()
    if isinstance(source, ProjectedSource) and taken < frozenset(source.schema.names):
        source = source.project(taken)
    return source, _with_drops(source.schema, taken, left, schemas[-1])


def _with_drops(
    schema: pa.Schema,
    taken: frozenset[str],
    operators: list[tuple[Operator, frozenset[str]]],
    wanted: pa.Schema,
) -> tuple[Operator, ...]:
    """Puts in a `TakeColumns` wherever there are more columns than are taken, and it pays.

    Between members of a chain it would part what they share, and between serial operators it
    would be a stage of its own.

    Args:
        schema: The source's.
        taken: The columns that are taken of it.
        operators: Each with the columns that are taken of its output.
        wanted: The schema that must come out.
    """
    found: list[Operator] = []
    serial = False
    for operator, taken_next in operators:
        serial_next = operator.concurrency is Concurrency.SERIAL
        in_chain = serial if serial_next else is_member(operator)
        if not in_chain and not taken.issuperset(schema.names):
            schema = _drop(found, schema, taken)
        found.append(operator)
        schema = operator.output_schema(schema)
        taken, serial = taken_next, serial_next
    if not taken.issuperset(schema.names):
        schema = _drop(found, schema, taken)
    if not schema.equals(wanted, check_metadata=True):
        raise SchemaError(
            f"pruned, the pipeline gives the columns {', '.join(schema.names) or 'none'} in place"
            f" of {', '.join(wanted.names)}, or other types or metadata; an operator's pushdown()"
            " leaves out what is taken of it"
        )
    return tuple(found)


def _drop(found: list[Operator], schema: pa.Schema, taken: frozenset[str]) -> pa.Schema:
    drop = TakeColumns(tuple(name for name in schema.names if name in taken))
    found.append(drop)
    return drop.output_schema(schema)
