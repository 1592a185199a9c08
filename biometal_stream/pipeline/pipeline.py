"""The pipeline: a value, and all the ways to run it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, Unpack

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Operator, ParallelSink, Sink
from biometal_stream.pipeline.value import Recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.engines import Engine
    from biometal_stream.pipeline.dataset import PipelineDataset
    from biometal_stream.pipeline.distributed import DistributedExecution
    from biometal_stream.pipeline.execution import Execution
    from biometal_stream.pipeline.report import Report
    from biometal_stream.sinks.parquet.sink import ParquetSink

    Target: TypeAlias = str | os.PathLike[str]


class Options(TypedDict, total=False):
    """The options of `Pipeline.with_options`."""

    threads: int | None
    memory: int | None
    min_reads: int | None


@dataclass(frozen=True)
class Pipeline(Recipe):
    """What is read and what is done to it; nothing runs until it is asked for.

    Immutable: ``pipeline | operator`` is a new pipeline, and each can be run again as long as
    its source can be read again. It exports the Arrow C stream interface, so DuckDB, Polars
    and others read it as it is; those that ask for columns and rows better read its `dataset`.
    It can be pickled if its source and its operators can. Its attributes are those of `Recipe`.

    Raises:
        ConfigurationError: A number is of another type, or out of range.
        TypeError: One of the operators is not an operator.
    """

    def __or__(self, operator: Operator) -> Pipeline:
        """Appends an operator.

        Raises:
            TypeError: It is not an operator.
        """
        return replace(self, operators=(*self.operators, operator))

    def with_options(self, **options: Unpack[Options]) -> Pipeline:
        """Sets ``threads``, ``memory`` (bytes) or ``min_reads``; what is not named stays.

        ``None`` stands for the default.

        Raises:
            ConfigurationError: A number is of another type, or out of range.
        """
        return replace(self, **options)

    def execution(self, sink: Sink | ParallelSink[Any] | None = None) -> Execution:
        """Prepares a run that can be watched while it goes on.

        Raises:
            SchemaError: An operator cannot work on what comes before it.
        """
        from biometal_stream.pipeline.execution import Execution

        return Execution(self, sink)

    def run(self, sink: Sink | ParallelSink[Any]) -> Report:
        """Runs into a sink, and raises the first error as itself."""
        return self.execution(sink).run()

    def write_parquet(
        self,
        target: Target,
        *,
        engine: str | Engine = "local",
        partition_bytes: int | None = None,
        **options: Any,
    ) -> Report:
        """Runs into Parquet: a file, or a folder of files where the target ends with a slash.

        With an engine the input is read in parts, each by a task of its own, on one machine or
        on many. The target is then always a folder, whatever its name, with a file for each part:
        ``part-00000-of-00012.parquet`` and so on, in the order of the input. It must be on a file
        system that all machines share. ``threads`` and ``memory`` are those of each task, of
        which by default one thread works.

        Args:
            target: The file or folder, ``-`` for standard output.
            engine: ``local`` for threads of this process, ``ray``, ``spark``, or an `Engine`.
            partition_bytes: Bytes of (compressed) input of a partition, about; by default
                128 MiB. A file that cannot be cut, such as plain gzip, is one part.
            options: ``compression`` (``zstd``, ``snappy``, ``gzip``, ``lz4``, ``none``),
                ``level``, ``shards`` (the number of files, not with an engine),
                ``partition_by`` (a column), ``max_partitions`` (the most values of it, 1,024 by
                default), ``encoding`` (``delta``, or ``plain`` for readers
                such as fastparquet), and ``metadata`` (a mapping of text to text).

        Returns:
            What the run did; of an engine's tasks, all that they did as one run.

        Raises:
            ConfigurationError: The options do not fit together, or the pipeline cannot be run
                in parts.
            MissingExtraError: The engine is not installed.
            WorkerError: The engine does not start, or its workers died again and again.
            SinkError: The target cannot be written. It is then as it was before.
        """
        if engine == "local":
            if partition_bytes is not None:
                raise ConfigurationError(
                    "partition_bytes is for the tasks of an engine: ray, spark"
                )
            return self._write(target, "parquet", options)
        sink = self._sink(target, "parquet", options)
        return self.distributed(sink, engine, partition_bytes).run()

    def distributed(
        self, sink: ParquetSink, engine: str | Engine, partition_bytes: int | None = None
    ) -> DistributedExecution:
        """Prepares a run on an engine that can be watched while it goes on.

        Raises:
            ConfigurationError: There is no such engine, or the pipeline cannot be run in parts.
            SchemaError: An operator cannot work on what comes before it.
        """
        from biometal_stream.engines import engine_for
        from biometal_stream.pipeline.distributed import DistributedExecution

        chosen = engine_for(engine, threads=self.threads or 1)
        return DistributedExecution(self, sink, chosen, partition_bytes)

    def write_arrow(self, target: Target, *, stream: bool = False, **options: Any) -> Report:
        """Runs into an Arrow IPC file, or stream.

        Args:
            target: The file, ``-`` for standard output.
            stream: Whether to write the format that is read front to back.
            options: ``compression`` (``none``, ``lz4``, ``zstd``).

        Returns:
            What the run did.

        Raises:
            ConfigurationError: The options do not fit together.
            SinkError: The target cannot be written. It is then as it was before.
        """
        return self._write(target, "arrow-stream" if stream else "arrow", options)

    def write_fastq(self, target: Target, **options: Any) -> Report:
        """Runs into FASTQ, compressed as the target's suffix says: ``.gz``, ``.zst``, or not.

        Args:
            target: The file, ``-`` for standard output.
            options: ``mate`` (the file for mates 2), ``interleaved``, ``compression``
                (``none``, ``gzip``, ``zstd``) and ``level``.

        Returns:
            What the run did.

        Raises:
            ConfigurationError: The options do not fit together.
            SchemaError: There is no name, sequence or quality left to write.
            SinkError: The target cannot be written. It is then as it was before.
        """
        return self._write(target, "fastq", options)

    def _write(self, target: Target, format: str, options: dict[str, Any]) -> Report:
        return self.run(self._sink(target, format, options))

    def _sink(self, target: Target, format: str, options: dict[str, Any]) -> Any:
        from biometal_stream.sinks import sink_for

        paired = "mate" in self.schema.names
        return sink_for(target, format=format, paired=paired, **options)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Runs and yields record batches in order; closing the iterator ends the run."""
        return self.execution().stream()

    def stream(self) -> pa.RecordBatchReader:
        """Runs and yields record batches, as Arrow's reader.

        The run ends with the last batch, or when the reader is let go of; its ``close`` does
        not reach the run. To end a run by a call, close what `batches` returns.
        """
        import pyarrow as pa

        from biometal_stream.pipeline.failures import watched

        execution = self.execution()
        return pa.RecordBatchReader.from_batches(execution.schema, watched(execution.stream()))

    def dataset(self) -> PipelineDataset:
        """Gives the pipeline as a `pyarrow.dataset.Dataset`; nothing runs until it is scanned.

        Engines that know pyarrow's datasets (DuckDB, Polars, DataFusion) then ask for the
        columns and rows that they need, and the others are not built. Each scan is a new run.

        Raises:
            SchemaError: An operator cannot work on what comes before it.
        """
        from biometal_stream.pipeline.dataset import PipelineDataset

        return PipelineDataset(self)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Runs and exports the batches by Arrow's C stream interface."""
        from biometal_stream.pipeline.failures import failing

        with failing():
            return self.stream().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """Exports the schema by Arrow's C data interface; nothing runs."""
        from biometal_stream.pipeline.failures import failing

        with failing():
            return self.schema.__arrow_c_schema__()
