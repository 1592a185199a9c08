"""The operators of a pipeline, opened and fused into the work of a stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.errors import SchemaError
from biometal_stream.interfaces import (
    Concurrency,
    DetailedFunction,
    InterruptibleFunction,
    Operator,
    SerialFunction,
    flushed,
)
from biometal_stream.pipeline.chain import Chain, Member, is_member
from biometal_stream.pipeline.meter import Meter, noting
from biometal_stream.pipeline.pushdown import TakeColumns
from biometal_stream.pipeline.report import Stop
from biometal_stream.settings import as_typed

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import BatchFunction

Transform: TypeAlias = "Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]"
"""What a serial operator does to the whole stream."""


class SharedCall:
    """An operator whose one function all workers call."""

    def __init__(self, function: BatchFunction, schema: pa.Schema, meter: Meter) -> None:
        self._function = function
        self._schema = schema
        self._meter = meter

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Calls the function, and counts.

        Raises:
            SchemaError: What it returns is no batch of the columns that the operator told.
        """
        rows, size = batch.num_rows, batch.nbytes
        with noting(f"in {self._meter.name}"):
            with self._meter.working():
                batch = self._function(batch)
            self._check(batch)
        self._meter.passed(rows, size, batch.num_rows, batch.nbytes)
        return batch

    def _check(self, batch: pa.RecordBatch | None) -> None:
        if batch is None:
            raise SchemaError(f"{self._meter.name} returned None; return a batch, maybe of no rows")
        told, found = self._schema, batch.schema
        if found.names != told.names or found.types != told.types:
            raise SchemaError(
                f"{self._meter.name} returned the columns {_columns(found)},"
                f" and its output_schema tells {_columns(told)}"
            )


class LentCall:
    """An operator with a function for each worker: a call borrows one."""

    def __init__(self, calls: list[SharedCall]) -> None:
        self._free: SimpleQueue[SharedCall] = SimpleQueue()
        for call in calls:
            self._free.put(call)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Calls a function that no other worker has at the time."""
        call = self._free.get()  # never waits: there are as many as workers
        try:
            return call(batch)
        finally:
            self._free.put(call)


Step = Chain | SharedCall | LentCall | TakeColumns


def open_steps(
    operators: list[Operator], schema: pa.Schema, workers: int, stack: ExitStack
) -> tuple[list[Step], list[Meter]]:
    """Opens operators that the workers run, one after another on each batch.

    What drops columns is no work to speak of, and has no meter.

    Args:
        operators: None of them serial.
        schema: Of the batches that come in.
        workers: The number of workers.
        stack: Takes the contexts that are to be left at the end of the run.
    """
    steps: list[Step] = []
    meters: list[Meter] = []
    members: list[Member] = []  # those that follow each other, up to here

    def chain(drop: TakeColumns | None = None) -> None:
        if members:
            steps.append(Chain(members.copy(), meters[-len(members) :], drop))
            members.clear()
        elif drop is not None:
            steps.append(drop)

    for operator in operators:
        schema = operator.output_schema(schema)
        if isinstance(operator, TakeColumns):
            chain(operator)
            continue
        if not is_member(operator):
            chain()
        meter = Meter(operator.name, "workers", workers)
        meters.append(meter)
        if is_member(operator):
            members.append(operator)
            continue
        alone = operator.concurrency is Concurrency.PER_WORKER
        functions = [stack.enter_context(operator.open()) for _ in range(workers if alone else 1)]
        for function in reversed(functions):  # the first one's details are shown
            _attach(function, meter)
        calls = [SharedCall(function, schema, meter) for function in functions]
        steps.append(LentCall(calls) if alone else calls[0])
    chain()
    return steps, meters


def open_serial(
    operator: Operator, schema: pa.Schema, stack: ExitStack, stop: Callable[[Stop], None]
) -> tuple[Transform, Meter]:
    """Opens an operator that sees all batches in order, and returns those of a schema.

    Args:
        operator: The operator.
        schema: Of what it returns.
        stack: Takes the contexts that are to be left at the end of the run.
        stop: Called where the operator has enough, and so ends the run.
    """
    meter = Meter(operator.name, "serial", 1)
    function = stack.enter_context(operator.open())
    _attach(function, meter)
    call = SharedCall(function, schema, meter)
    ends = function if isinstance(function, SerialFunction) else None

    def transform(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        if ends is None or not ends.exhausted:
            for batch in batches:
                yield call(batch)
                if ends is not None and ends.exhausted:
                    break
        for held in flushed(ends) if ends is not None else ():
            meter.give(held.num_rows, held.nbytes)
            yield held
        if ends is not None and ends.exhausted:
            stop(Stop(as_typed(operator), meter.rows_out))

    return transform, meter


def _attach(function: BatchFunction, meter: Meter) -> None:
    """Has the meter know the function's details, and how to interrupt it."""
    if isinstance(function, DetailedFunction):
        meter.details = lambda: function.details
    if isinstance(function, InterruptibleFunction):
        meter.interrupts.append(function.interrupt)


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name}: {field.type}" for field in schema)
