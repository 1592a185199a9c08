"""Projection pushdown: leaves out columns that nothing uses, and the work that makes them.

From the last operator back to the source, each is asked which columns it needs to make those that
are used. The output is the same, column for column and row for row. Two things differ: an operator
whose columns are not used does not run, so it has no stage in the report; and errors in the values
of a column that is not built are not found. The schemas are checked first, with all operators and
columns. A FASTQ source always checks whole records.
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
    """Drops columns that later steps do not need. It may drop all of them.

    Attributes:
        columns: The columns to keep.
    """

    columns: tuple[str, ...]

    name = "take-columns"
    concurrency = Concurrency.SHARED

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The fields that are kept, with the metadata of the input.

        Raises:
            SchemaError: A column is missing.
        """
        require_columns(input_schema, self.columns, self.name)
        return pa.schema(
            [input_schema.field(name) for name in self.columns], metadata=input_schema.metadata
        )

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Selects the columns, without a copy."""
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
    """Finds the source and the operators that give the same output with the least work.

    Args:
        source: Where batches come from.
        operators: What to do to them, in order; their schemas fit.
        dropped: Returns the columns that are needed for rows that an operator drops.

    Returns:
        The source without unused columns, if it supports that, and the remaining operators, with
        a `TakeColumns` where columns can be dropped before the end: after filters, so that their
        rows are not copied, and before operators that might add a column of the same name.

    Raises:
        SchemaError: The `pushdown` of an operator leaves out a column that is used.
    """
    schemas = [source.schema]
    for operator in operators:
        schemas.append(operator.output_schema(schemas[-1]))
    if any(len(set(schema.names)) < len(schema.names) for schema in schemas):
        return source, operators  # the name does not say which of two columns is used
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
    """Inserts a `TakeColumns` where there are unused columns and dropping them pays.

    Inside a chain it would split the shared view, and between serial operators it would need a
    stage.

    Args:
        schema: The source's.
        taken: The columns of it that are used.
        operators: Each with the columns of its output that are used.
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
            "after projection pushdown the pipeline gives the columns"
            f" {', '.join(schema.names) or 'none'} instead of {', '.join(wanted.names)}, or other"
            " types or metadata; the pushdown() of an operator leaves out a column that is used"
        )
    return tuple(found)


def _drop(found: list[Operator], schema: pa.Schema, taken: frozenset[str]) -> pa.Schema:
    drop = TakeColumns(tuple(name for name in schema.names if name in taken))
    found.append(drop)
    return drop.output_schema(schema)
