"""One run of a pipeline: source, operators and sink on threads."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from biometal_stream.atomic import Output, OutputsSoFar, together
from biometal_stream.budget import Budget
from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import ParallelSink, Sink, files_of, inputs_of
from biometal_stream.pipeline.aside import Aside
from biometal_stream.pipeline.gauges import Gauges
from biometal_stream.pipeline.kept import check_kept, warn_of_none
from biometal_stream.pipeline.learning import named
from biometal_stream.pipeline.meter import bottleneck
from biometal_stream.pipeline.plan import plan
from biometal_stream.pipeline.report import Report, Snapshot
from biometal_stream.pipeline.results import LEFT_OUT, Fold, finished, is_observer
from biometal_stream.pipeline.routes import NO_ROUTES, ORPHANS, REJECTED, UNMERGED, Routes
from biometal_stream.pipeline.sample_name import names_of
from biometal_stream.pipeline.stages import Stages
from biometal_stream.pipeline.usage import Usage, measuring_usage
from biometal_stream.run import LocalRun
from biometal_stream.simd.jit import what_was_lost
from biometal_stream.sinks.base import OpenRebatching, RebatchingSink
from biometal_stream.sinks.beside import OpenBeside
from biometal_stream.sinks.formats import titles

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import pyarrow as pa

    from biometal_stream.interfaces import Observation, OpenSink, OpenSource
    from biometal_stream.pipeline.value import Recipe


class Execution:
    """A run of a pipeline. It can be run once, by `run` or `stream`.

    The caller's thread opens everything, and writes or takes the batches. `Stages` has the other
    threads; `Budget` limits what each stage may hold. Columns that are not used are not built:
    see `pushdown`.

    `snapshot` and `report` may be called from any thread, everything else from one thread.

    Args:
        recipe: What to read, what to do to it, and the limits.
        sink: Where to write; ``None`` for `stream`.
        routes: Where to write reads that are not part of the output.
        whole: Whether this is a whole run, and not a partition of one.

    Raises:
        SchemaError: An operator cannot work on what comes before it.
    """

    def __init__(
        self,
        recipe: Recipe,
        sink: Sink | ParallelSink[Any] | None = None,
        *,
        routes: Routes = NO_ROUTES,
        whole: bool = True,
    ) -> None:
        self._min_reads = recipe.min_reads
        self._whole = whole
        self._sink = sink
        self._run = LocalRun(recipe.threads, recipe.memory)
        self._routes = routes
        self._plan = plan(recipe, sink, routes)
        self._inputs = (*inputs_of(self._plan.source), *files_of(recipe.operators))
        for warning in self._plan.warnings:
            self._run.warn(warning)
        stages = len(self._plan.segments) + isinstance(sink, ParallelSink)
        budget = Budget(self._run.memory, self._run.workers, stages)
        self._gauges = Gauges(
            self._run.threads,
            writes=sink is not None,
            pairs=self._plan.pairs,
            timed=recipe.statistics,
        )
        aside = None
        if routes:
            aside = Aside(
                self._plan.rejected,
                parts_orphans=self._plan.orphans,
                orphans=self._orphan_schema,
                set_aside=self._set_aside,
                count=self._run.count,
            )
        self._stages = Stages(self._plan, self._run, budget, self._gauges, aside)
        self._target: OpenSink[Any] | None = None
        self._outputs: OutputsSoFar | None = None
        self._checked: list[int] = []  # how many outputs of each sink have been checked
        self._begun: float | None = None
        self._ended: float | None = None
        self._results: dict[str, Any] = {}
        self._statistics = recipe.statistics
        self._usage: Usage | None = None

    @property
    def schema(self) -> pa.Schema:
        """The schema of the batches that come out."""
        return self._plan.schema

    def warn(self, message: str) -> None:
        """Warns at the end of the run, unless it fails."""
        self._run.warn(message)

    def run(self) -> Report:
        """Runs to the end, and writes in this thread.

        Raises:
            BaseException: The first error of the run, unchanged. By then all threads have ended,
                and the target has not been changed.
            TooFewReadsError: Fewer reads than ``min_reads`` came out.
            RuntimeError: It was run before.
        """
        sink = self._sink
        if sink is None:
            raise ValueError("no sink to write to; use stream()")
        self._begin()
        ending = self._gauges.ending
        with self._measuring(), self._run, ExitStack() as stack:
            write: Callable[[Any], None]
            if self._routes:
                stack.enter_context(together())
                self._target = self._open_routes(stack)
                write = self._target.write
            elif isinstance(sink, ParallelSink):
                self._target = stack.enter_context(sink.open_parallel(self.schema, self._run))
                write = self._target.write
            else:
                write = stack.enter_context(sink.open(self.schema))
            with closing(self._items()) as items:
                for item in items:
                    with ending.working():
                        write(item)
                    self._check_new_outputs()
                    if self._target is None:
                        ending.take(item.num_rows, item.nbytes)
                    del item  # the next may take long to come
                    self._run.show_warnings()
            self._check_kept()
            self._finish()
            self._run.show_warnings()  # early enough for a warning that is made an error
            with ending.working():
                stack.close()  # commits the output
        self._ended = perf_counter()
        self._run.show_warnings()
        return self.report()

    def stream(self) -> Generator[pa.RecordBatch, None, None]:
        """Yields the batches in order, in this thread. Closing it ends the run.

        Raises:
            BaseException: The first error of the run, unchanged.
            RuntimeError: It was run before.
        """
        self._begin()
        ending = self._gauges.ending
        with self._measuring(), self._run, closing(self._items()) as items:
            for batch in items:
                self._run.show_warnings()
                ending.take(batch.num_rows, batch.nbytes)
                with ending.working():
                    yield batch
                del batch
        check_kept(ending.rows_in, self._min_reads)
        self._finish()
        self._ended = perf_counter()
        self._run.show_warnings()

    @contextmanager
    def _measuring(self) -> Iterator[None]:
        if not self._statistics:
            yield
            return
        with measuring_usage() as meter:
            try:
                yield
            finally:
                self._usage = meter.usage()

    def _open_routes(self, stack: ExitStack) -> OpenBeside:
        """Opens the sink and the sinks of the routes, as one."""
        sink = self._sink
        if not isinstance(sink, RebatchingSink):
            raise ConfigurationError(
                f"rejected reads and orphans need {titles(last='or')} output, not {sink!r}"
            )
        schemas = {
            REJECTED: self._plan.rejected,
            ORPHANS: self._orphan_schema,
            UNMERGED: self._plan.unmerged,
        }
        output = stack.enter_context(sink.open_parallel(self.schema, self._run))
        others = {
            name: stack.enter_context(other.open_parallel(schemas[name], self._run))
            for name, other in self._routes.sinks().items()
        }
        return OpenBeside(output, others)

    @property
    def _orphan_schema(self) -> pa.Schema:
        unmerged = self._plan.unmerged
        return self.schema if unmerged is None else unmerged

    def _set_aside(self, name: str, batch: pa.RecordBatch) -> None:
        assert isinstance(self._target, OpenBeside)
        if name in self._routes.sinks():
            self._target.set_aside(name, batch)

    def _begin(self) -> None:
        if self._begun is not None:
            raise RuntimeError("an execution can be run only once; make another from the pipeline")
        self._begun = perf_counter()

    def _items(self) -> Generator[Any, None, None]:
        return self._stages.items(self._target, self._check_outputs)

    def _check_outputs(self, source: OpenSource[Any]) -> None:
        """Refuses a sink that would replace an input, or what the source writes."""
        if self._target is None:
            return
        folder = getattr(self._sink, "is_folder", False)
        outputs = [Output(path, folder=folder) for path in self._target.outputs]
        outputs += map(Output, source.outputs)
        self._outputs = OutputsSoFar(self._inputs, outputs)
        self._checked = [len(each.outputs) for each in self._open_sinks]

    @property
    def _open_sinks(self) -> tuple[OpenSink[Any] | OpenRebatching[Any], ...]:
        if isinstance(self._target, OpenBeside):
            return self._target.sinks
        return () if self._target is None else (self._target,)

    def _check_new_outputs(self) -> None:
        """Checks files named since by column values, as `_check_outputs` does."""
        if self._outputs is None:
            return
        for place, sink in enumerate(self._open_sinks):
            outputs = sink.outputs
            for path in outputs[self._checked[place] :]:
                self._outputs.add(path)
            self._checked[place] = len(outputs)

    def _check_kept(self) -> None:
        """Checks the number of reads before the target is committed."""
        gauges = self._gauges
        kept = gauges.ending.rows_in
        check_kept(kept, self._min_reads)
        lost = what_was_lost()
        if lost is not None:
            self._run.warn(lost)
        if self._whole:
            rows = [(meter.name, meter.rows_in, meter.rows_out) for meter in gauges.operators]
            warn_of_none(gauges.parsing.rows_out, kept, rows, self._run.warn, gauges.stopped)

    def _finish(self) -> None:
        """Makes the results of observers, before the target is committed."""
        if self._whole:
            folds = self._stages.folds
            observers = [(fold.name, fold.observation) for fold in folds]
            self._results = finished(observers, self.states())

    @property
    def observers(self) -> list[tuple[str, Observation[Any]]]:
        """The observers by the names of their operators, in the order of `states`."""
        return [(fold.name, fold.observation) for fold in self._stages.folds]

    def states(self) -> list[Any]:
        """Returns what each observer has found, in order, once the run is over.

        `LEFT_OUT` stands for a result that an operator made uncertain by ending the run.
        """
        first = self._gauges.stopped_at or 0
        places = {id(meter): place for place, meter in enumerate(self._gauges.operators)}
        return [
            fold.state() if places[id(fold.meter)] >= first else self._left_out(fold)
            for fold in self._stages.folds
        ]

    def _left_out(self, fold: Fold) -> object:
        stop = self._gauges.stopped
        assert stop is not None
        if is_observer(fold.observation):
            raise ConfigurationError(
                f"{stop.operator} has ended the run, so the result of {fold.name} before it"
                " depends on threads and memory; set its ends_early, and put the observer after it"
            )
        return LEFT_OUT

    def snapshot(self) -> Snapshot:
        """Progress of the run; callable from any thread at any time."""
        now = self._ended if self._ended is not None else perf_counter()
        source, target = self._stages.input, self._target
        return Snapshot(
            seconds=now - self._begun if self._begun is not None else 0.0,
            reads_in=self._gauges.parsing.rows_out,
            reads_out=self._gauges.ending.rows_in,
            kept=self._gauges.kept,
            bytes_read=source.bytes_read if source is not None else 0,
            bytes_total=source.bytes_total if source is not None else None,
            bytes_written=target.bytes_written if target is not None else 0,
        )

    def report(self) -> Report:
        """What the run has done so far; callable from any thread."""
        now = self.snapshot()
        self._gauges.reading.bytes_in = now.bytes_read
        self._gauges.ending.bytes_out = now.bytes_written
        target = self._target
        stages = self._gauges.stages(encoded=target is not None)
        return Report(
            wall=now.seconds,
            workers=self._run.threads,
            memory=self._run.memory,
            reads_in=now.reads_in,
            reads_out=now.reads_out,
            bytes_read=now.bytes_read,
            bytes_written=now.bytes_written,
            outputs=target.outputs if target is not None else (),
            bottleneck=bottleneck(stages, self._run.threads),
            stages=tuple(stages),
            channels=self._stages.channels(),
            counts=self._run.counts,
            warnings=self._run.warnings,
            stopped=self._gauges.stopped,
            steps=self._gauges.steps(),
            results=self._results,
            usage=self._usage,
            learnt={**self._run.notes, **named(self._stages.learnt())},
            inputs=names_of(inputs_of(self._plan.source)),
        )
