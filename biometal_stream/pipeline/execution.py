"""One run of a pipeline: source, operators and sink on threads."""

from __future__ import annotations

import itertools
import math
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

from biometal_stream.atomic import Output, check_outputs
from biometal_stream.attended import leave
from biometal_stream.endings import UntilError
from biometal_stream.interfaces import (
    Concurrency,
    GoodRows,
    Operator,
    ParallelSink,
    Sink,
    Source,
    Widening,
    inputs_of,
)
from biometal_stream.pipeline.flow import Ending, Flow, WorkerStage
from biometal_stream.pipeline.inputs import SourceRun, opened_source
from biometal_stream.pipeline.kept import check_kept, warn_of_none
from biometal_stream.pipeline.meter import Meter, MeteredExecutor, bottleneck, noting
from biometal_stream.pipeline.pushdown import pushdown
from biometal_stream.pipeline.report import Report, Snapshot, Stop
from biometal_stream.pipeline.steps import (
    Step,
    Transform,
    fold_operators,
    open_serial,
    open_steps,
)
from biometal_stream.pipeline.untaken import untaken_warnings
from biometal_stream.pipeline.widening import cut_before, most_bytes, output_bytes
from biometal_stream.run import LocalRun
from biometal_stream.simd.jit import what_was_lost

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import pyarrow as pa

    from biometal_stream.interfaces import OpenSink, OpenSource


def fold_schema(source: Source, operators: tuple[Operator, ...]) -> pa.Schema:
    """The schema behind the last operator.

    Raises:
        SchemaError: An operator cannot work on what comes before it.
    """
    return fold_operators(source.schema, operators)


class Execution:
    """A run of a pipeline: made, then run once by `run` or `stream`.

    A thread reads and cuts the input, ``workers`` threads parse, run the operators and encode,
    one thread each runs the serial operators that follow each other, cuts batches before an
    operator that widens, and rebatches for the sink, and the caller's thread writes. Between
    them are bounded channels. A stage of workers holds at most ``2 * workers + 2`` items and a
    quarter of the memory bound; a larger item is in it alone.

    Columns that nobody takes are not made: see `pruning`.

    `snapshot` may be called from any thread, the rest belongs to one.

    Args:
        source: Where batches come from.
        operators: What is done to them, in order.
        sink: Where they go; ``None`` for `stream`.
        workers: The number of workers; by default that of the cores.
        memory: Bytes that batches in flight may hold; by default by the workers.
        min_reads: The fewest reads that may come out.
        whole: Whether this is all of a run, and not a part of one.
    """

    def __init__(
        self,
        source: Source,
        operators: tuple[Operator, ...],
        sink: Sink | ParallelSink[Any] | None = None,
        workers: int | None = None,
        memory: int | None = None,
        min_reads: int | None = None,
        *,
        whole: bool = True,
    ) -> None:
        self._min_reads = min_reads
        self._whole = whole
        self._sink = sink
        self._run = LocalRun(workers, memory)
        self._schema = fold_schema(source, operators)
        for warning in untaken_warnings(source, operators, sink):
            self._run.warn(warning)
        self._source, self._operators = pushdown(source, operators)
        workers = self._run.workers
        self._reading = Meter("read", "source", 1)
        self._inflating = Meter("inflate", "workers", workers)
        self._parsing = Meter("parse", "workers", workers)
        self._gathering = Meter("rebatch", "serial", 1)
        self._encoding = Meter("encode", "workers", workers)
        self._ending = Meter("write" if sink is not None else "consumer", "sink", 1)
        self._working: list[Meter] = []  # of the operators, in order
        self._stages: list[WorkerStage[Any, Any]] = []
        self._input: OpenSource[Any] | None = None
        self._target: OpenSink[Any] | None = None
        self._stopped: Stop | None = None
        self._begun: float | None = None
        self._ended: float | None = None

    @property
    def schema(self) -> pa.Schema:
        """The schema of the batches that come out."""
        return self._schema

    def warn(self, message: str) -> None:
        """Has the run warn of something, once there is a first result; of a failed run, not."""
        self._run.warn(message)

    def run(self) -> Report:
        """Runs to the end, writing in this thread.

        Raises:
            BaseException: The first error of the run, as itself, when every thread has ended
                and the target is as it was.
            TooFewReadsError: Fewer reads than ``min_reads`` came out.
            RuntimeError: This was run before.
        """
        sink = self._sink
        if sink is None:
            raise ValueError("there is no sink to write to; use stream()")
        self._begin()
        with self._run, ExitStack() as stack:
            write: Callable[[Any], None]
            if isinstance(sink, ParallelSink):
                self._target = stack.enter_context(sink.open_parallel(self._schema, self._run))
                write = self._target.write
            else:
                write = stack.enter_context(sink.open(self._schema))
            with closing(self._items()) as items:
                for item in items:
                    with self._ending.working():
                        write(item)
                    if self._target is None:
                        self._ending.take(item.num_rows, item.nbytes)
                    del item  # the next may be long in coming
                    self._run.show_warnings()
            self._check_kept()
            self._run.show_warnings()  # before it is too late for one that is made an error
            with self._ending.working():
                stack.close()  # which makes what was written durable
        self._ended = perf_counter()
        self._run.show_warnings()
        return self.report()

    def stream(self) -> Generator[pa.RecordBatch, None, None]:
        """Yields the batches in order, in this thread. Closing it ends the run.

        Raises:
            BaseException: The first error of the run, as itself.
            RuntimeError: This was run before.
        """
        self._begin()
        with self._run, closing(self._items()) as items:
            for batch in items:
                self._run.show_warnings()
                self._ending.take(batch.num_rows, batch.nbytes)
                with self._ending.working():
                    yield batch
                del batch
        check_kept(self._ending.rows_in, self._min_reads)
        self._ended = perf_counter()
        self._run.show_warnings()

    def _check_kept(self) -> None:
        """Looks at the number of reads before the target is committed."""
        kept = self._ending.rows_in
        check_kept(kept, self._min_reads)
        lost = what_was_lost()
        if lost is not None:
            self._run.warn(lost)
        if self._whole:
            rows = [(meter.name, meter.rows_in, meter.rows_out) for meter in self._working]
            warn_of_none(self._parsing.rows_out, kept, rows, self._run.warn, self._stopped)

    def _begin(self) -> None:
        if self._begun is not None:
            raise RuntimeError("an execution is run once; make another of the pipeline")
        self._begun = perf_counter()

    def _items(self) -> Generator[Any, None, None]:
        """Starts the threads and yields what is to be written: batches, or encoded morsels."""
        with ExitStack() as stack:
            lent = SourceRun(self._run, MeteredExecutor(self._run.executor, self._inflating))
            source = self._input = stack.enter_context(opened_source(self._source, lent))
            self._check_outputs(source)
            segments, last = self._segments(stack)
            with Flow(source.interrupt) as flow, self._interrupting(flow):
                stage = self._stage(
                    "parse", self._first_work(source, segments[0].steps), source.weight
                )
                flow.add(lambda: self._chunks(source), stage, self._reading)
                for segment in segments[1:]:
                    stage = self._follow(flow, stage, segment)
                if self._target is None:
                    yield from _compose(stage.results(self._ending), last)
                    return
                morsels = self._stage("encode", self._encode, _morsel_bytes)
                rebatch = self._rebatched(stage, last, self._target)
                flow.add(rebatch, morsels, self._gathering)
                yield from morsels.results(self._ending)

    @contextmanager
    def _interrupting(self, flow: Flow) -> Iterator[None]:
        """Ends the calls of libraries that the workers may still be in after the body."""
        try:
            yield
        finally:
            ended = [interrupt() for meter in self._working for interrupt in meter.interrupts]
            if not all(ended):
                leave(flow.abandon())
                leave(self._run.abandon())

    def _check_outputs(self, source: OpenSource[Any]) -> None:
        """Refuses a sink that would replace an input, or what the source writes."""
        if self._target is None:
            return
        folder = getattr(self._sink, "is_folder", False)
        outputs = [Output(path, folder=folder) for path in self._target.outputs]
        outputs += map(Output, source.outputs)
        check_outputs(inputs_of(self._source), outputs)

    def _segments(self, stack: ExitStack) -> tuple[list[_Segment], list[Transform]]:
        """Opens the operators: what the workers run, and the serial ones before and behind it."""
        segments: list[_Segment] = []
        serial: list[Transform] = []
        first: Meter | None = None
        schema = self._source.schema
        for is_serial, group in itertools.groupby(self._operators, _is_serial):
            operators = list(group)
            if is_serial:
                for operator in operators:
                    schema = operator.output_schema(schema)
                    transform, meter = open_serial(operator, schema, stack, self._stop)
                    serial.append(transform)
                    self._working.append(meter)
                    first = first or meter
                continue
            for some in _before_widening(operators):
                weigh = _batch_bytes
                if isinstance(some[0], Widening):
                    most = most_bytes(self._run.workers, self._run.memory)
                    serial.append(cut_before(some[0], most))
                    first = first or Meter(f"cut for {some[0].name}", "serial", 1)
                    weigh = partial(output_bytes, some[0])
                steps, meters = open_steps(some, schema, self._run.workers, stack)
                schema = fold_operators(schema, some)
                self._working += meters
                name = meters[0].name if meters else some[0].name
                segments.append(_Segment(serial, first, steps, name, weigh))
                serial, first = [], None
        if not segments or segments[0].serial:
            segments.insert(0, _Segment([], None, [], "", _batch_bytes))
        return segments, serial

    def _stage(
        self,
        name: str,
        work: Callable[[Any], Any],
        weigh: Callable[[Any], int],
    ) -> WorkerStage[Any, Any]:
        workers, memory = self._run.workers, self._run.memory
        stage = WorkerStage(name, work, weigh, self._run.executor, 2 * workers + 2, memory // 4)
        self._stages.append(stage)
        return stage

    def _follow(
        self, flow: Flow, before: WorkerStage[Any, Any], segment: _Segment
    ) -> WorkerStage[Any, Any]:
        """Adds a thread of serial operators and the stage of workers behind it."""
        meter = segment.meter
        assert meter is not None
        stage = self._stage(segment.name, _in_turn(segment.steps), segment.weigh)
        flow.add(lambda: _compose(before.results(meter), segment.serial), stage, meter)
        return stage

    def _chunks(self, source: OpenSource[Any]) -> Iterator[Any]:
        """Reads chunks and tells apart working and waiting, by the processor's time."""
        meter = self._reading
        chunks = source.chunks()
        while True:
            wall, cpu = perf_counter(), thread_time()
            chunk = next(chunks, None)
            wall, cpu = perf_counter() - wall, thread_time() - cpu
            meter.work(cpu, cpu)
            meter.wait(starved=max(0.0, wall - cpu))
            if chunk is None:
                return
            meter.give(0, source.weight(chunk))
            yield chunk
            del chunk

    def _first_work(
        self, source: OpenSource[Any], steps: list[Step]
    ) -> Callable[[Any], pa.RecordBatch | Ending[pa.RecordBatch]]:
        then = _in_turn(steps)
        meter = self._parsing

        def work(chunk: Any) -> pa.RecordBatch | Ending[pa.RecordBatch]:
            meter.take(0, source.weight(chunk))
            error: Exception | None = None
            with meter.working():
                try:
                    batch = source.parse(chunk)
                except GoodRows as good:
                    batch, error = good.batch, good.error
            meter.give(batch.num_rows, batch.nbytes)
            if steps:
                with noting(f"on {source.location(chunk)}"):
                    batch = then(batch)
            return batch if error is None else Ending(batch, error)

        return work

    def _rebatched(
        self, before: WorkerStage[Any, Any], serial: list[Transform], target: OpenSink[Any]
    ) -> Callable[[], Iterator[list[pa.RecordBatch]]]:
        meter = self._gathering

        def batches() -> Iterator[pa.RecordBatch]:
            composed = _compose(before.results(meter), serial)
            while True:
                with meter.pausing():
                    batch = next(composed, None)
                if batch is None:
                    return
                meter.take(batch.num_rows, batch.nbytes)
                yield batch
                del batch

        def morsels() -> Iterator[list[pa.RecordBatch]]:
            coming = UntilError(batches())
            rebatched = target.rebatch(coming)
            while True:
                with meter.working():
                    morsel = next(rebatched, None)
                if morsel is None:
                    coming.check()  # after what was rebatched before an error
                    return
                meter.give(_morsel_rows(morsel), _morsel_bytes(morsel))
                yield morsel
                del morsel

        return morsels

    def _encode(self, morsel: list[pa.RecordBatch]) -> Any:
        assert self._target is not None
        meter = self._encoding
        rows = _morsel_rows(morsel)  # first, since a sink may empty the list to free its batches
        meter.take(rows, _morsel_bytes(morsel), len(morsel))
        with meter.working():
            part = self._target.encode(morsel)
        meter.give(rows, 0)
        self._ending.take(rows, 0)
        return part

    def _stop(self, stop: Stop) -> None:
        self._stopped = self._stopped or stop

    def snapshot(self) -> Snapshot:
        """How far the run is; from any thread, at any time."""
        now = self._ended if self._ended is not None else perf_counter()
        return Snapshot(
            seconds=now - self._begun if self._begun is not None else 0.0,
            reads_in=self._parsing.rows_out,
            reads_out=self._ending.rows_in,
            kept=self._kept(),
            bytes_read=self._input.bytes_read if self._input is not None else 0,
            bytes_total=self._input.bytes_total if self._input is not None else None,
            bytes_written=self._target.bytes_written if self._target is not None else 0,
        )

    def _kept(self) -> float | None:
        if not self._parsing.rows_out:
            return None
        if any(meter.kind == "serial" for meter in self._working):
            return None
        return math.prod(meter.kept for meter in self._working)

    def report(self) -> Report:
        """What the run did so far; from any thread."""
        now = self.snapshot()
        self._reading.bytes_in = now.bytes_read
        self._ending.bytes_out = now.bytes_written
        target = self._target
        meters = [self._reading, self._parsing, *self._working]
        if self._inflating.batches_in:
            meters.insert(1, self._inflating)
        if target is not None:
            meters += [self._gathering, self._encoding]
        stages = [meter.statistics() for meter in [*meters, self._ending]]
        return Report(
            wall=now.seconds,
            workers=self._run.workers,
            memory=self._run.memory,
            reads_in=now.reads_in,
            reads_out=now.reads_out,
            bytes_read=now.bytes_read,
            bytes_written=now.bytes_written,
            outputs=target.outputs if target is not None else (),
            bottleneck=bottleneck(stages, self._run.workers),
            stages=tuple(stages),
            channels=tuple(stage.channel.statistics() for stage in self._stages),
            counts=self._run.counts,
            warnings=self._run.warnings,
            result=target.result if target is not None else None,
            stopped=self._stopped,
        )


@dataclass(frozen=True)
class _Segment:
    """Serial work, the meter of its thread, and what the workers do behind it.

    ``weigh`` gives the bytes of an item for the workers, or of what they make of it.
    """

    serial: list[Transform]
    meter: Meter | None
    steps: list[Step]
    name: str
    weigh: Callable[[pa.RecordBatch], int]


def _is_serial(operator: Operator) -> bool:
    return operator.concurrency is Concurrency.SERIAL


def _before_widening(operators: list[Operator]) -> Iterator[list[Operator]]:
    """Parts operators so that each that widens is the first of its part."""
    part: list[Operator] = []
    for operator in operators:
        if isinstance(operator, Widening) and part:
            yield part
            part = []
        part.append(operator)
    yield part


def _compose(
    batches: Iterator[pa.RecordBatch], transforms: list[Transform]
) -> Iterator[pa.RecordBatch]:
    for transform in transforms:
        batches = transform(batches)
    return batches


def _in_turn(steps: list[Step]) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    def work(batch: pa.RecordBatch) -> pa.RecordBatch:
        for step in steps:
            batch = step(batch)
        return batch

    return work


def _batch_bytes(batch: pa.RecordBatch) -> int:
    return int(batch.nbytes)


def _morsel_bytes(morsel: list[pa.RecordBatch]) -> int:
    return sum(int(batch.nbytes) for batch in morsel)


def _morsel_rows(morsel: list[pa.RecordBatch]) -> int:
    return sum(batch.num_rows for batch in morsel)
