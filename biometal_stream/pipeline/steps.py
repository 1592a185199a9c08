"""The operators of a pipeline, opened and fused into the work of a stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.interfaces import Concurrency, Filter, Operator, SerialFunction
from biometal_stream.pipeline.meter import Meter
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import BatchFunction

Transform: TypeAlias = "Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]"
"""What a serial operator does to the whole stream."""


@contextmanager
def noting(where: str) -> Iterator[None]:
    """Adds to an error of the body where it happened."""
    try:
        yield
    except Exception as error:
        error.add_note(where)
        raise


class FilterChain:
    """Filters that follow each other, on one view of the batch and with one copy of its rows."""

    def __init__(self, filters: list[Filter], meters: list[Meter]) -> None:
        self._filters = filters
        self._meters = meters

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Copies the rows that all filters keep."""
        view = BatchView(batch)
        keep = None
        rows = batch.num_rows
        for filter_, meter in zip(self._filters, self._meters, strict=True):
            meter.take(rows, 0)
            with noting(f"in {filter_.name}"), meter.working():
                kept = view.unite_mates(filter_.keep(view))
                keep = kept if keep is None else keep & kept
                rows = int(keep.sum())
            meter.give(rows, 0)
        assert keep is not None
        with self._meters[-1].working():
            return view.select(keep)


class SharedCall:
    """An operator whose one function all workers call."""

    def __init__(self, function: BatchFunction, meter: Meter) -> None:
        self._function = function
        self._meter = meter

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Calls the function, and counts."""
        self._meter.take(batch.num_rows, batch.nbytes)
        with noting(f"in {self._meter.name}"), self._meter.working():
            batch = self._function(batch)
        self._meter.give(batch.num_rows, batch.nbytes)
        return batch


class LentCall:
    """An operator with a function for each worker: a call borrows one."""

    def __init__(self, functions: list[BatchFunction], meter: Meter) -> None:
        self._free: SimpleQueue[BatchFunction] = SimpleQueue()
        for function in functions:
            self._free.put(function)
        self._meter = meter

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Calls a function that no other worker has at the time."""
        function = self._free.get()  # never waits: there are as many as workers
        try:
            return SharedCall(function, self._meter)(batch)
        finally:
            self._free.put(function)


Step = FilterChain | SharedCall | LentCall


def open_steps(
    operators: list[Operator], workers: int, stack: ExitStack
) -> tuple[list[Step], list[Meter]]:
    """Opens operators that the workers run, one after another on each batch.

    Args:
        operators: None of them serial.
        workers: The number of workers.
        stack: Takes the contexts that are to be left at the end of the run.
    """
    steps: list[Step] = []
    meters = [Meter(operator.name, "workers", workers) for operator in operators]
    index = 0
    while index < len(operators):
        operator, meter = operators[index], meters[index]
        filters: list[Filter] = []
        while index < len(operators) and isinstance(candidate := operators[index], Filter):
            filters.append(candidate)
            index += 1
        if filters:
            steps.append(FilterChain(filters, meters[index - len(filters) : index]))
            continue
        if operator.concurrency is Concurrency.PER_WORKER:
            functions = [stack.enter_context(operator.open()) for _ in range(workers)]
            steps.append(LentCall(functions, meter))
        else:
            steps.append(SharedCall(stack.enter_context(operator.open()), meter))
        index += 1
    return steps, meters


def open_serial(operator: Operator, stack: ExitStack) -> tuple[Transform, Meter]:
    """Opens an operator that sees all batches in order."""
    meter = Meter(operator.name, "serial", 1)
    function = stack.enter_context(operator.open())
    call = SharedCall(function, meter)
    ends = function if isinstance(function, SerialFunction) else None

    def transform(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield call(batch)
            if ends is not None and ends.exhausted:
                break
        held = ends.flush() if ends is not None else None
        if held is not None:
            meter.give(held.num_rows, held.nbytes)
            yield held

    return transform, meter
