"""The threads and worker stages of one run, built from its plan."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from biometal_stream.attended import leave
from biometal_stream.endings import UntilError
from biometal_stream.interfaces import Filter, GoodRows, breaks_pairs, has_to_learn
from biometal_stream.pipeline.flow import Ending, Flow, WorkerStage
from biometal_stream.pipeline.inputs import SourceRun, opened_source
from biometal_stream.pipeline.learning import Lessons, Parsed
from biometal_stream.pipeline.meter import Meter, MeteredExecutor
from biometal_stream.pipeline.results import Fold, Found, Passed, folded
from biometal_stream.pipeline.routes import ORPHANS
from biometal_stream.pipeline.steps import Transform, Work, open_serial, open_steps
from biometal_stream.pipeline.turns import Order
from biometal_stream.pipeline.value import fold_schema
from biometal_stream.pipeline.widening import cut_before, output_bytes
from biometal_stream.sinks.beside import SetAside

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    import pyarrow as pa

    from biometal_stream.budget import Budget
    from biometal_stream.channel import ChannelStatistics
    from biometal_stream.first_reads import Learnt
    from biometal_stream.interfaces import OpenSink, OpenSource, Operator
    from biometal_stream.pipeline.aside import Aside
    from biometal_stream.pipeline.gauges import Gauges
    from biometal_stream.pipeline.plan import Plan, Segment
    from biometal_stream.run import LocalRun


class Stages:
    """A plan as it runs.

    One thread reads and cuts the input. The workers parse, run the operators and encode. Each
    group of consecutive serial operators, each cutting before an operator that widens, and the
    rebatching for the sink has a thread. Bounded channels connect them.

    Args:
        plan: What to do.
        run: Provides the workers.
        budget: How much each stage may hold.
        gauges: The meters.
        aside: Takes reads that leave the output.

    Attributes:
        input: The source, once it is open.
        folds: Where the states of observers are merged, in order.
    """

    def __init__(
        self,
        plan: Plan,
        run: LocalRun,
        budget: Budget,
        gauges: Gauges,
        aside: Aside | None = None,
    ) -> None:
        self._aside = aside
        self._plan = plan
        self._run = run
        self._budget = budget
        self._gauges = gauges
        self._stages: list[WorkerStage[Any, Any]] = []
        self.input: OpenSource[Any] | None = None
        self.folds: list[Fold] = []
        self._lessons_given: list[Lessons] = []
        self._apart = False  # whether mates may have lost each other in the segments opened so far

    def learnt(self) -> list[tuple[str, Learnt]]:
        """What operators have learnt so far, with their names, in the order of the flow."""
        return [each for lessons in self._lessons_given for each in lessons.learnt]

    def channels(self) -> tuple[ChannelStatistics, ...]:
        """How full the stages have been so far."""
        return tuple(stage.channel.statistics() for stage in self._stages)

    def items(
        self, target: OpenSink[Any] | None, check: Callable[[OpenSource[Any]], None]
    ) -> Generator[Any, None, None]:
        """Starts the threads and yields batches or encoded morsels to be written.

        Args:
            target: Encodes morsels; ``None`` yields batches.
            check: Called with the open source before anything is read.
        """
        gauges = self._gauges
        with ExitStack() as stack:
            workers = MeteredExecutor(self._run.executor, gauges.inflating)
            lent = SourceRun(self._run, workers, gauges.reading)
            source = self.input = stack.enter_context(opened_source(self._plan.source, lent))
            check(source)
            segments, last = self._open(stack)
            with Flow(source.interrupt) as flow, self._interrupting(flow):
                stage = self._stage(
                    "parse",
                    self._first_work(source, segments[0]),
                    partial(_weight, source),
                    segments[0].order,
                )
                # Made in the thread, which is all that holds them, so that its end closes them.
                feed = partial(self._fed, segments[0], source)
                flow.add(feed, stage, gauges.reading)
                for segment in segments[1:]:
                    stage = self._follow(flow, stage, segment)
                if target is None:
                    yield from _compose(_results(stage, gauges.ending), last)
                    return
                morsels = self._stage("encode", self._encoding(target), _morsel_bytes)
                flow.add(self._rebatched(stage, last, target), morsels, gauges.rebatching)
                yield from morsels.results(gauges.ending)

    @contextmanager
    def _interrupting(self, flow: Flow) -> Iterator[None]:
        """Ends library calls that the workers may still be in after the body."""
        try:
            yield
        finally:
            if not self._gauges.interrupt():
                leave(flow.abandon())
                leave(self._run.abandon())

    def _open(self, stack: ExitStack) -> tuple[list[_OpenSegment], list[Transform]]:
        """Opens the operators of all segments, and the serial ones after the last."""
        schema = self._plan.source.schema
        opened = []
        for segment in self._plan.segments:
            opened.append(self._open_segment(segment, schema, stack))
            if segment is self._plan.segments[-1] and self._plan.unmerged is not None:
                assert self._aside is not None
                opened[-1] = opened[-1]._replace(work=self._aside.without_pairs(opened[-1].work))
            schema = fold_schema(schema, (*segment.serial, *segment.operators))
        last, _ = self._open_serial(self._plan.last, schema, stack)
        return opened, last

    def _open_segment(self, segment: Segment, schema: pa.Schema, stack: ExitStack) -> _OpenSegment:
        serial, meters = self._open_serial(segment.serial, schema, stack)
        schema = fold_schema(schema, segment.serial)
        feeding = meters[0] if meters else None
        weigh: Callable[[pa.RecordBatch], int] = _batch_bytes
        widening = segment.widening
        if widening is not None:
            serial.append(cut_before(widening, self._budget.batch))
            feeding = feeding or self._gauges.meter(f"cut for {widening.name}", "serial", 1)
            weigh = partial(output_bytes, widening)
        lessons = self._lessons(segment.operators, schema, stack)
        operators = self._gauges.operators
        order = Order()
        steps, meters = open_steps(
            segment.operators if lessons is None else lessons.operators,
            schema,
            self._run.threads,
            stack,
            folds=self.folds,
            before=operators[-1] if operators else None,
            pairs=self._plan.pairs,
            apart=self._apart,
            order=order,
            metered=self._gauges.meter,
        )
        operators += meters
        self._apart |= self._plan.pairs == "split" and any(map(breaks_pairs, segment.operators))
        named = meters or segment.operators
        name = named[0].name if named else ""
        work = _in_turn(steps)
        if self._aside is not None and any(isinstance(o, Filter) for o in segment.operators):
            work = self._aside.in_turn(steps)
        return _OpenSegment(serial, feeding, bool(steps), work, name, weigh, order, lessons)

    def _lessons(
        self, operators: Sequence[Operator], schema: pa.Schema, stack: ExitStack
    ) -> Lessons | None:
        """Makes the lessons of a stage, if it has learners."""
        if not any(map(has_to_learn, operators)):
            return None
        run, most = self._run, self._budget.stage
        lessons = Lessons(operators, schema, run.threads, most, run.warn, stack)
        self._lessons_given.append(lessons)
        return lessons

    def _open_serial(
        self, operators: Iterable[Operator], schema: pa.Schema, stack: ExitStack
    ) -> tuple[list[Transform], list[Meter]]:
        transforms: list[Transform] = []
        meters: list[Meter] = []
        for each in operators:
            lessons = self._lessons([each], schema, stack)
            if lessons is not None:
                transforms.append(lessons.feed)
            operator = each if lessons is None else lessons.operators[0]
            transform, meter = open_serial(operator, schema, stack, self._gauges.meter, self._leave)
            schema = operator.output_schema(schema)
            transforms.append(transform)
            meters.append(meter)
        self._gauges.operators += meters
        return transforms, meters

    def _leave(self, orphans: pa.RecordBatch) -> None:
        if self._aside is not None:
            self._aside.leave(orphans)
        else:
            self._run.count(ORPHANS, orphans.num_rows)

    def _stage(
        self,
        name: str,
        work: Callable[[Any], Any],
        weigh: Callable[[Any], int],
        order: Order | None = None,
    ) -> WorkerStage[Any, Any]:
        most = 2 * self._run.threads + 2  # more would not keep them busier
        stage = WorkerStage(name, work, weigh, self._run.executor, most, self._budget.stage, order)
        self._stages.append(stage)
        return stage

    def _follow(
        self, flow: Flow, before: WorkerStage[Any, Any], segment: _OpenSegment
    ) -> WorkerStage[Any, Any]:
        """Adds a thread of serial operators and the stage of workers after it."""
        meter = segment.feeding
        assert meter is not None
        stage = self._stage(segment.name, segment.work, segment.weigh, segment.order)
        batches = _compose(_results(before, meter), segment.serial)
        flow.add(lambda: segment.fed(batches), stage, meter)
        return stage

    def _fed(self, segment: _OpenSegment, source: OpenSource[Any]) -> Iterator[Any]:
        fed: Iterator[Any] = segment.fed(self._chunks(source), partial(self._parse_early, source))
        return fed

    def _chunks(self, source: OpenSource[Any]) -> Iterator[Any]:
        """Reads chunks."""
        meter = self._gauges.reading
        chunks = source.chunks()
        while True:
            with meter.reading():
                chunk = next(chunks, None)
            if chunk is None:
                return
            meter.give(0, source.weight(chunk))
            yield chunk
            del chunk

    def _first_work(
        self, source: OpenSource[Any], segment: _OpenSegment
    ) -> Callable[[Any], Passed | Ending[Passed]]:
        def work(chunk: Any) -> Passed | Ending[Passed]:
            parsed = chunk if isinstance(chunk, Parsed) else self._parse(source, chunk)
            if parsed.batch is None:
                assert parsed.error is not None
                raise parsed.error
            if not segment.works:
                passed = Passed(parsed.batch, [])
            else:
                try:
                    passed = segment.work(parsed.batch)
                except Exception as error:
                    error.add_note(parsed.where or _where(source, chunk))
                    raise
            return passed if parsed.error is None else Ending(passed, parsed.error)

        return work

    def _parse_early(self, source: OpenSource[Any], chunk: Any) -> Parsed:
        return self._parse(source, chunk)._replace(where=_where(source, chunk))

    def _parse(self, source: OpenSource[Any], chunk: Any) -> Parsed:
        meter = self._gauges.parsing
        meter.take(0, source.weight(chunk))
        with meter.working():
            try:
                parsed = Parsed(source.parse(chunk), None)
            except GoodRows as good:
                parsed = Parsed(good.batch, good.error)
            except Exception as error:  # noqa: BLE001 - it is raised in its turn
                return Parsed(None, error)
        assert parsed.batch is not None
        meter.give(parsed.batch.num_rows, parsed.batch.nbytes)
        return parsed

    def _rebatched(
        self, before: WorkerStage[Any, Any], serial: list[Transform], target: OpenSink[Any]
    ) -> Callable[[], Iterator[_Morsel]]:
        meter = self._gauges.rebatching

        def batches() -> Iterator[pa.RecordBatch]:
            composed = _compose(_results(before, meter), serial)
            while True:
                with meter.pausing():
                    batch = next(composed, None)
                if batch is None:
                    return
                meter.take(batch.num_rows, 0)  # `morsels` counts the bytes
                yield batch
                del batch

        def morsels() -> Iterator[_Morsel]:
            coming = UntilError(batches())
            rebatched = target.rebatch(coming)
            while True:
                with meter.working():
                    made = next(rebatched, None)
                if made is None:
                    coming.check()  # after rows rebatched before an error
                    return
                morsel = _Morsel(
                    made,
                    sum([batch.num_rows for batch in made]),
                    sum([batch.nbytes for batch in made]),
                )
                del made
                if not isinstance(morsel.batches, SetAside):
                    meter.take(0, morsel.nbytes, batches=0)
                meter.give(morsel.rows, morsel.nbytes)
                yield morsel
                del morsel

        return morsels

    def _encoding(self, target: OpenSink[Any]) -> Callable[[_Morsel], Any]:
        gauges = self._gauges

        def encode(morsel: _Morsel) -> Any:
            rows = morsel.rows
            gauges.encoding.take(rows, morsel.nbytes, len(morsel.batches))
            with gauges.encoding.working():
                part = target.encode(morsel.batches)
            gauges.encoding.give(rows, 0)
            if not isinstance(morsel.batches, SetAside):  # those rows are not part of the output
                gauges.ending.take(rows, 0)
            return part

        return encode


class _Morsel(NamedTuple):
    """A morsel for the sink, which may empty the list, and its size."""

    batches: list[pa.RecordBatch]
    rows: int
    nbytes: int


class _OpenSegment(NamedTuple):
    """A segment whose operators are open.

    ``feeding`` is the meter of the thread before the workers. ``works`` says whether the workers
    have anything to do, and ``work`` is what they do. ``weigh`` returns the bytes of an item for
    the workers, or of what they make of it. ``order`` is that of the items.
    """

    serial: list[Transform]
    feeding: Meter | None
    works: bool
    work: Callable[[pa.RecordBatch], Passed]
    name: str
    weigh: Callable[[pa.RecordBatch], int]
    order: Order
    lessons: Lessons | None = None

    def fed(self, items: Iterator[Any], parse: Callable[[Any], Parsed] | None = None) -> Any:
        """Yields the items of the stage, after its learners have learnt from the first ones."""
        return items if self.lessons is None else self.lessons.feed(items, parse)


def _compose(
    batches: Iterator[pa.RecordBatch], transforms: list[Transform]
) -> Iterator[pa.RecordBatch]:
    for transform in transforms:
        batches = transform(batches)
    return batches


def _results(stage: WorkerStage[Any, Any], meter: Meter) -> Iterator[pa.RecordBatch]:
    return folded(stage.results(meter))


def _in_turn(steps: list[Work]) -> Callable[[pa.RecordBatch], Passed]:
    def work(batch: pa.RecordBatch) -> Passed:
        found: Found = []
        for step in steps:
            batch = step(batch, found)
        return Passed(batch, found)

    return work


def _weight(source: OpenSource[Any], chunk: Any) -> int:
    if not isinstance(chunk, Parsed):
        return source.weight(chunk)
    return 0 if chunk.batch is None else int(chunk.batch.nbytes)


def _morsel_bytes(morsel: _Morsel) -> int:
    return morsel.nbytes


def _batch_bytes(batch: pa.RecordBatch) -> int:
    return int(batch.nbytes)


def _where(source: OpenSource[Any], chunk: Any) -> str:
    return f"on {source.location(chunk)}"
