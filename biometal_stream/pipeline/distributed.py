"""A run shared by several machines or processes: each runs partitions and writes their files."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from biometal_stream.atomic import STANDARD_OUTPUT, AtomicFolder, Output, check_outputs
from biometal_stream.errors import ConfigurationError, InputWarning, SinkError
from biometal_stream.interfaces import PartitionedSource, Source, files_of, inputs_of
from biometal_stream.pipeline.kept import check_kept, warn_of_none
from biometal_stream.pipeline.learning import named
from biometal_stream.pipeline.merging import merged_report
from biometal_stream.pipeline.opened import refuse_serial
from biometal_stream.pipeline.partition import (
    PartitionOutcome,
    PartitionTask,
    QuarantiningPartition,
    run_partition,
)
from biometal_stream.pipeline.plan import plan
from biometal_stream.pipeline.report import Report, Snapshot
from biometal_stream.pipeline.results import finished, merged_states
from biometal_stream.pipeline.sample_name import names_of
from biometal_stream.pipeline.teaching import teach
from biometal_stream.sinks.compressed import text_file
from biometal_stream.sinks.hive import EMPTY_FILE, require_partition_column
from biometal_stream.sinks.templates import Template

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.engines.base import Engine
    from biometal_stream.interfaces import Operator
    from biometal_stream.pipeline.value import Recipe
    from biometal_stream.sinks.parquet.sink import ParquetSink

SPLIT_BYTES = 128 * 2**20
"""Bytes of (compressed) input of a partition. Spark's default is the same."""

_COPIED = 2**20


class DistributedExecution:
    """A run of a pipeline on an engine into a folder of Parquet. It can be run once, by `run`.

    Each partition of the source is a task, which writes a file. A task has one worker thread
    unless the pipeline sets another number, and its own memory bound. A `Cacheable` operator is
    opened once in each process. Tasks write to hidden folders next to the target, until all have
    finished. `snapshot` may be called from any thread, everything else from one thread.

    Args:
        pipeline: What to run, from a `PartitionedSource`.
        sink: The target, which is always a folder, and the settings.
        engine: What runs the tasks.
        partition_bytes: About how many bytes of (compressed) input a task reads.

    Raises:
        ConfigurationError: The source cannot be divided, an operator needs to see all reads in
            order, or the settings do not fit a folder with several writers.
        SchemaError: An operator cannot work on what comes before it.
        ModelError: A model is missing or broken.
    """

    def __init__(
        self,
        pipeline: Recipe,
        sink: ParquetSink,
        engine: Engine,
        partition_bytes: int | None = None,
    ) -> None:
        self._pipeline = replace(pipeline, threads=pipeline.threads or 1)
        self._sink = sink
        self._engine = engine
        self._partition_bytes = SPLIT_BYTES if partition_bytes is None else partition_bytes
        self._check()
        self._plan = plan(self._pipeline, sink)
        if sink.partition_by is not None:
            require_partition_column(self.schema, sink.partition_by)
        self._begun: float | None = None
        self._ended: float | None = None
        self._report: Report | None = None  # of the partitions that have finished
        self._states: list[Any] = []  # of their observers
        self._bytes_total: int | None = None
        self._told: set[str] = set()
        self._partitions: set[str] = set()
        self._empty: Path | None = None  # the file of a partition without rows

    @property
    def schema(self) -> pa.Schema:
        """The schema of the rows that are written."""
        return self._plan.schema

    def _check(self) -> None:
        name = self._engine.name
        if not isinstance(self._pipeline.source, PartitionedSource):
            raise ConfigurationError(
                f"engine {name} reads several partitions of the source at a time, and"
                f" {type(self._pipeline.source).__name__} cannot be divided; read files by"
                " path, or use the local engine"
            )
        refuse_serial(self._pipeline.operators, f"engine {name}")
        if Template.of(self._sink.target) is not None:
            raise ConfigurationError(
                f"{self._sink.target}: engine {name} does not write names with fields; use"
                " partition_by (--partition-by COLUMN), or the local engine"
            )
        if self._sink.path == STANDARD_OUTPUT:
            raise ConfigurationError(
                f"engine {name} writes a folder of files, so it cannot write to standard output;"
                " name a folder"
            )
        if self._sink.shards is not None:
            raise ConfigurationError(
                f"leave out shards: engine {name} writes a file for each partition of the input,"
                " whose size can be chosen (partition_bytes, --partition-size)"
            )
        if self._partition_bytes < 1:
            raise ConfigurationError(f"partition_bytes must be at least 1: {self._partition_bytes}")

    def run(self) -> Report:
        """Runs to the end.

        Returns:
            What all tasks did, as one run; ``wall`` is the time elapsed here, and ``workers``
            the number of tasks that run at a time.

        Raises:
            BaseException: The first error in input order, unchanged. By then the tasks have
                stopped, and the target has not been changed.
            InputError: An input cannot be opened.
            WorkerError: The engine does not start, or workers died repeatedly.
            SinkError: The target cannot be written, or not from every machine.
            TooFewReadsError: Fewer reads than the pipeline's ``min_reads`` came out.
            RuntimeError: It was run before.
        """
        if self._begun is not None:
            raise RuntimeError("an execution can be run only once; make another from the pipeline")
        self._begun = perf_counter()
        source = self._pipeline.source
        assert isinstance(source, PartitionedSource)
        quarantined = getattr(source, "quarantine", None)
        written = [] if quarantined is None else [Output(os.fspath(quarantined))]
        read = (*inputs_of(source), *files_of(self._pipeline.operators))
        check_outputs(read, [*written, Output(self._sink.path, folder=True)])
        with ExitStack() as stack:
            target = stack.enter_context(AtomicFolder(self._sink.path))
            quarantine = stack.enter_context(self._quarantine())
            attempts = stack.enter_context(_attempts(self._sink.path))
            operators, learnt = teach(self._pipeline)
            self._plan = plan(replace(self._pipeline, operators=operators), self._sink)
            parts = source.partitions(self._partition_bytes)
            self._bytes_total = _bytes_total(parts)
            if quarantine is not None:
                _require_quarantines(parts)
            tasks = self._tasks(parts, operators, attempts, quarantined=quarantine is not None)
            workers = max(1, min(self._engine.workers, len(tasks)))
            outcomes = self._engine.map(run_partition, tasks)
            stack.enter_context(_closing(outcomes))
            for task, outcome in zip(tasks, outcomes, strict=True):
                self._take(task, outcome, attempts, target, quarantine)
            self._check_kept()
            results = finished(self._plan.observers, self._states)
            if self._empty is not None and not self._partitions:
                target.adopt(self._empty, EMPTY_FILE)
        self._ended = perf_counter()
        assert self._report is not None
        return replace(
            self._report,
            wall=self._ended - self._begun,
            workers=workers,
            outputs=(self._sink.path,),
            engine=self._engine.name,
            learnt={**self._report.learnt, **named(learnt)},
            results=results,
            inputs=names_of(inputs_of(self._pipeline.source)),
        )

    def _check_kept(self) -> None:
        """Checks the number of reads before the target is committed."""
        report = self._report
        assert report is not None
        check_kept(report.reads_out, self._pipeline.min_reads)
        rows = [
            (stage.name, stage.rows_in, stage.rows_out)
            for stage in report.stages
            if stage.name not in ("read", "inflate", "parse")
        ]
        warn_of_none(report.reads_in, report.reads_out, rows, self._warn)

    def _warn(self, text: str) -> None:
        warnings.warn(text, InputWarning, stacklevel=5)

    def _tasks(
        self,
        parts: Sequence[Source],
        operators: tuple[Operator, ...],
        attempts: Path,
        *,
        quarantined: bool,
    ) -> list[PartitionTask]:
        return [
            PartitionTask(
                number=number,
                parts=len(parts),
                pipeline=replace(self._pipeline, source=part, operators=operators, min_reads=None),
                sink=self._sink,
                attempts=str(attempts),
                folder=str(Path.cwd()),
                quarantined=quarantined,
            )
            for number, part in enumerate(parts)
        ]

    @contextmanager
    def _quarantine(self) -> Iterator[Callable[[bytes], None] | None]:
        path = getattr(self._pipeline.source, "quarantine", None)
        if path is None:
            yield None
            return
        with text_file(os.fspath(path)) as set_aside:
            yield set_aside

    def _take(
        self,
        task: PartitionTask,
        outcome: PartitionOutcome,
        attempts: Path,
        target: AtomicFolder,
        set_aside: Callable[[bytes], None] | None,
    ) -> None:
        """Collects the files that a task wrote, and passes on its warnings."""
        for category, text in outcome.warnings:
            if text not in self._told:
                self._told.add(text)
                warnings.warn(text, category, stacklevel=4)
        if outcome.failure is not None:
            raise outcome.failure.error()
        written = attempts / outcome.written
        if not written.exists():
            raise SinkError(
                f"{self._sink.path}: files that a worker wrote next to it are not visible here; the"
                " target must be on a file system that all machines share"
            )
        if self._sink.partition_by is None:
            target.adopt(written, task.file)
        else:
            for file in sorted(written.rglob("*.parquet")):
                if file.parent == written:  # of a partition without rows
                    self._empty = file
                else:
                    self._adopt_partition(file, file.parent.name, task, target)
        if set_aside is not None and outcome.quarantine is not None:
            with (attempts / outcome.quarantine).open("rb") as bad:
                while morsel := bad.read(_COPIED):
                    set_aside(morsel)
        assert outcome.report is not None
        done = [outcome.report] if self._report is None else [self._report, outcome.report]
        self._report = merged_report(done)
        self._states = merged_states(self._plan.observers, self._states, outcome.states)

    def _adopt_partition(
        self, file: Path, partition: str, task: PartitionTask, target: AtomicFolder
    ) -> None:
        self._partitions.add(partition)
        if len(self._partitions) > self._sink.max_partitions:
            raise SinkError(
                f"partition_by: column '{self._sink.partition_by}' has more than"
                f" {self._sink.max_partitions} different values; choose another column, or raise"
                " the limit (--max-partitions)"
            )
        target.adopt(file, f"{partition}/{task.file}")

    def snapshot(self) -> Snapshot:
        """Progress of the run, by finished partitions; callable from any thread at any time."""
        now = self._ended if self._ended is not None else perf_counter()
        report = self._report
        return Snapshot(
            seconds=now - self._begun if self._begun is not None else 0.0,
            reads_in=report.reads_in if report is not None else 0,
            reads_out=report.reads_out if report is not None else 0,
            kept=report.kept if report is not None else None,
            bytes_read=report.bytes_read if report is not None else 0,
            bytes_total=self._bytes_total,
            bytes_written=report.bytes_written if report is not None else 0,
        )


def _require_quarantines(parts: Sequence[Source]) -> None:
    for part in parts:
        if not isinstance(part, QuarantiningPartition):
            raise ConfigurationError(
                f"the partitions of this source, {type(part).__name__}, cannot quarantine bad"
                " records;"
                " use the local engine"
            )


def _bytes_total(parts: Sequence[Source]) -> int | None:
    """The bytes of all partitions, if they are known."""
    sizes = [getattr(part, "bytes_total", None) for part in parts]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


@contextmanager
def _attempts(target: str) -> Iterator[Path]:
    """A hidden folder next to the target, removed afterwards with its contents."""
    folder = AtomicFolder(target)
    try:
        yield folder.path
    finally:
        folder.discard()


@contextmanager
def _closing(outcomes: Iterator[PartitionOutcome]) -> Iterator[None]:
    """Stops the tasks that the engine is still running."""
    try:
        yield
    finally:
        close = getattr(outcomes, "close", None)
        if close is not None:
            close()
