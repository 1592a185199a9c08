"""The operators of a pipeline, opened and fused into the work of a stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from biometal_stream.columns import merged_reads
from biometal_stream.errors import SchemaError
from biometal_stream.interfaces import (
    Concurrency,
    DetailedFunction,
    InterruptibleFunction,
    Observer,
    Operator,
    Repairing,
    Reshaping,
    SerialFunction,
    breaks_pairs,
    flushed,
)
from biometal_stream.pipeline.chain import Chain, Link, is_member
from biometal_stream.pipeline.mates import Pairs
from biometal_stream.pipeline.meter import Meter, noting
from biometal_stream.pipeline.pushdown import TakeColumns
from biometal_stream.pipeline.results import Attached, Fold
from biometal_stream.pipeline.step import Stop
from biometal_stream.settings import as_typed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.interfaces import BatchFunction
    from biometal_stream.pipeline.results import Found
    from biometal_stream.pipeline.turns import Order

Transform: TypeAlias = "Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]"
"""What a serial operator does to the stream of batches."""

Traced: TypeAlias = "tuple[pa.RecordBatch, NDArray[np.int64] | None]"
"""New reads, and the row of the batch that each comes from; ``None`` if rows stay as they are, or
the operator does not say."""


class SharedCall:
    """An operator with one function, which all workers call."""

    def __init__(self, function: BatchFunction, schema: pa.Schema, meter: Meter) -> None:
        self._function = function
        maybe: object = function
        self._reshaping = maybe if isinstance(maybe, Reshaping) else None
        self._schema = schema
        self._meter = meter

    def __call__(self, batch: pa.RecordBatch, found: Found | None = None) -> pa.RecordBatch:  # noqa: ARG002 - it observes nothing
        """Calls the function, and counts."""
        return self.traced(batch)[0]

    def traced(self, batch: pa.RecordBatch) -> Traced:
        """Does the same, and says which row of the batch each row comes from.

        Raises:
            SchemaError: The result is not a batch with the operator's output schema, or not such
                rows.
        """
        before, merged = (batch.num_rows, batch.nbytes), merged_reads(batch)
        rows = None
        with noting(f"in {self._meter.name}"):
            with self._meter.working():
                if self._reshaping is None:
                    batch = self._function(batch)
                else:
                    batch, rows = self._reshaping.reshape(batch)
            self.check(batch)
            if rows is not None:
                self._check_rows(rows, before[0], batch.num_rows)
        after = batch.num_rows, batch.nbytes
        self._meter.passed(*before, *after, merged, merged_reads(batch))
        if rows is not None:
            self._meter.split(int(np.count_nonzero(np.bincount(rows) > 1)))
        return batch, rows

    def check(self, batch: object) -> None:
        """Checks a batch that the function returned, or held back.

        Raises:
            SchemaError: It is not a batch, or its columns are not those of ``output_schema``.
        """
        if not isinstance(batch, pa.RecordBatch):
            given = "None" if batch is None else f"a {type(batch).__name__}"
            raise SchemaError(
                f"{self._meter.name} returned {given}; return a RecordBatch, maybe without rows"
            )
        told, found = self._schema, batch.schema
        if found.names != told.names or found.types != told.types:
            raise SchemaError(
                f"{self._meter.name} returned the columns {_columns(found)},"
                f" but its output_schema is {_columns(told)}"
            )

    def _check_rows(self, rows: object, num_rows: int, new_rows: int) -> None:
        found = np.asarray(rows)
        if found.dtype != np.int64 or found.shape != (new_rows,):
            raise SchemaError(
                f"{self._meter.name}: reshape() must return the row that each of {new_rows:,} reads"
                f" comes from, as int64, not {found.dtype} {found.shape}"
            )
        limits = np.concatenate(([0], found, [num_rows - 1]))
        if new_rows and (np.diff(limits) < 0).any():
            raise SchemaError(
                f"{self._meter.name}: reshape() must return rows in ascending order, from 0 to"
                f" {num_rows - 1:,}"
            )


class LentCall:
    """An operator with a function for each worker: a call borrows a free one."""

    def __init__(self, calls: list[SharedCall]) -> None:
        self._free: SimpleQueue[SharedCall] = SimpleQueue()
        for call in calls:
            self._free.put(call)

    def __call__(self, batch: pa.RecordBatch, found: Found | None = None) -> pa.RecordBatch:  # noqa: ARG002 - it observes nothing
        """Calls a function that no other worker is using."""
        return self.traced(batch)[0]

    def traced(self, batch: pa.RecordBatch) -> Traced:
        """Does the same, and says which row each row comes from, as a `SharedCall` does."""
        call = self._free.get()  # never waits: there are as many functions as workers
        try:
            return call.traced(batch)
        finally:
            self._free.put(call)


Work: TypeAlias = "Callable[[pa.RecordBatch, Found], pa.RecordBatch]"
"""What the workers do to a batch. What observers find in it is added to the list."""


def open_steps(
    operators: Iterable[Operator],
    schema: pa.Schema,
    workers: int,
    stack: ExitStack,
    *,
    folds: list[Fold] | None = None,
    before: Meter | None = None,
    pairs: Pairs = "both",
    apart: bool = False,
    order: Order | None = None,
    metered: Callable[..., Meter] = Meter,
) -> tuple[list[Work], list[Meter]]:
    """Opens operators that the workers run on each batch, one after another.

    A `TakeColumns` does too little work to have a meter.

    Args:
        operators: The operators; none of them serial.
        schema: The schema of the batches that come in.
        workers: The number of workers.
        stack: Closes contexts at the end of the run.
        folds: Collects where the states of observers are merged; with ``None`` they do not
            observe.
        before: The meter of the operator before the first.
        pairs: What filters do to a pair if they keep only one mate.
        apart: Whether mates may have lost each other before.
        order: The order of the batches; ``None`` if one thread brings them in order.
        metered: Makes the meters.
    """
    steps: list[Work] = []
    meters: list[Meter] = []
    links: list[Link] = []  # consecutive members, up to here
    broken = apart  # whether mates may have lost each other up to here

    def chain(drop: TakeColumns | None = None) -> None:
        nonlocal apart
        if links:
            steps.append(Chain(links.copy(), drop, apart=apart))
            links.clear()
        elif drop is not None:
            steps.append(lambda batch, _: drop(batch))
        apart = broken  # before the next chain

    for operator in operators:
        incoming, schema = schema, operator.output_schema(schema)
        if isinstance(operator, TakeColumns):
            chain(operator)
            continue
        last = meters[-1] if meters else before
        if isinstance(operator, Attached) and last is not None:
            if folds is not None:
                folds.append(Fold(operator.name, operator, last, schema))
                links.append(Link(operator, last, folds[-1], counts=False, pairs=pairs))
            continue
        meter = metered(operator.name, "workers", workers, operator)
        meter.note_mates(incoming, schema)
        meters.append(meter)
        if is_member(operator):
            fold = None
            if folds is not None and isinstance(operator, Observer):
                fold = Fold(operator.name, operator, meter, incoming)
                folds.append(fold)
            links.append(Link(operator, meter, fold, pairs=pairs, order=order))
            broken = broken or (pairs == "split" and breaks_pairs(operator))
            continue
        chain()
        alone = operator.concurrency is Concurrency.PER_WORKER
        functions = [stack.enter_context(operator.open()) for _ in range(workers if alone else 1)]
        for function in reversed(functions):  # the first one's details are shown
            _attach(function, meter)
        calls = [SharedCall(function, schema, meter) for function in functions]
        steps.append(LentCall(calls) if alone else calls[0])
    chain()
    return steps, meters


def open_serial(
    operator: Operator,
    schema: pa.Schema,
    stack: ExitStack,
    metered: Callable[..., Meter] = Meter,
    leave: Callable[[pa.RecordBatch], None] | None = None,
) -> tuple[Transform, Meter]:
    """Opens an operator that sees all batches in order.

    Its meter gets a `Stop` if the operator had enough, and so ended the run.

    Args:
        operator: The operator.
        schema: The schema of the batches that come in.
        stack: Closes contexts at the end of the run.
        metered: Makes the meter.
        leave: Takes the reads that a `Repairing` operator finds no mates for.
    """
    incoming, schema = schema, operator.output_schema(schema)
    meter = metered(operator.name, "serial", 1, operator)
    meter.note_mates(incoming, schema)
    function = stack.enter_context(operator.open())
    _attach(function, meter)
    if leave is not None and isinstance(operator, Repairing):
        function.leave = leave  # type: ignore[attr-defined]
    call = SharedCall(function, schema, meter)
    ends = function if isinstance(function, SerialFunction) else None

    def transform(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        if ends is None or not ends.exhausted:
            for batch in batches:
                yield call(batch)
                if ends is not None and ends.exhausted:
                    break
        for held in flushed(ends) if ends is not None else ():
            call.check(held)
            meter.give(held.num_rows, held.nbytes)
            yield held
        if ends is not None and ends.exhausted:
            meter.stop = Stop(as_typed(operator), meter.rows_out)

    return transform, meter


def _attach(function: BatchFunction, meter: Meter) -> None:
    """Connects the meter to the function, for its details and to interrupt it."""
    if isinstance(function, DetailedFunction):
        meter.details = lambda: function.details
    if isinstance(function, InterruptibleFunction):
        meter.interrupts.append(function.interrupt)


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name}: {field.type}" for field in schema)
