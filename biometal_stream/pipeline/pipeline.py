"""The pipeline: a value, and all the ways to run it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, Unpack

from biometal_stream.errors import ConfigurationError
from biometal_stream.extras import need
from biometal_stream.interfaces import ParallelSink, Sink
from biometal_stream.joined import operators_of
from biometal_stream.pipeline.mates import Pairs
from biometal_stream.pipeline.value import Recipe
from biometal_stream.settings import check_kind, check_names
from biometal_stream.sinks.options import (
    ROUTES,
    ArrowOptions,
    FastaOptions,
    FastqOptions,
    ParquetOptions,
)
from biometal_stream.sizes import number_of_bytes

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from biometal_stream.engines import Engine
    from biometal_stream.joined import Joinable
    from biometal_stream.pipeline.dataset import PipelineDataset
    from biometal_stream.pipeline.distributed import DistributedExecution
    from biometal_stream.pipeline.execution import Execution
    from biometal_stream.pipeline.records import Read
    from biometal_stream.pipeline.report import Report
    from biometal_stream.reports.summary import Summary
    from biometal_stream.sinks.options import Target
    from biometal_stream.sinks.parquet.sink import ParquetSink

    EngineChoice: TypeAlias = Literal["local", "ray", "spark"] | Engine


class Options(TypedDict, total=False):
    """The options of `Pipeline.with_options`."""

    threads: int | None
    memory: int | str | None
    min_reads: int | None
    pairs: Pairs


@dataclass(frozen=True, repr=False)
class Pipeline(Recipe):
    """What is read and what is done to it; nothing runs until it is asked for.

    Immutable: ``pipeline | operator`` is a new pipeline, and each can be run again as long as
    its source can be read again. It exports the Arrow C stream interface, so DuckDB, Polars
    and others read it as it is; those that ask for columns and rows better read its `dataset`.
    It can be pickled if its source and its operators can. In a notebook it shows itself as a table.
    Its attributes are those of `Recipe`.

    Raises:
        ConfigurationError: A number is of another type, or out of range.
        TypeError: One of the operators is not an operator.
    """

    def __repr__(self) -> str:
        from biometal_stream.pipeline.shown import pipeline_text

        return pipeline_text(self)

    def _repr_html_(self) -> str:
        from biometal_stream.pipeline.shown import pipeline_html

        return pipeline_html(self)

    def __or__(self, operator: Joinable) -> Pipeline:
        """Appends an operator, or several that are joined: ``reads | (MinLength(50) | Measure())``.

        Of a class whose settings all have defaults, such as ``Measure``, appends ``Measure()``.

        Raises:
            TypeError: It is not an operator.
        """
        return replace(self, operators=(*self.operators, *operators_of(operator)))

    def with_options(self, **options: Unpack[Options]) -> Pipeline:
        """Sets the options of the run. ``None`` is the default; what is not named stays.

        Args:
            options: ``threads``; ``memory``, in bytes or as text such as ``"512M"`` or ``"2GiB"``;
                ``min_reads``; ``pairs``, what a filter does to a pair of which it keeps one mate:
                ``"both"``, ``"either"`` or ``"split"``.

        Raises:
            ConfigurationError: A number is of another type, or out of range.
            TypeError: There is no such option.
        """
        check_names("with_options", options, Options.__annotations__)
        memory = options.get("memory")
        if memory is not None:
            options["memory"] = number_of_bytes("memory", memory)
        chosen: dict[str, Any] = {**options}
        return replace(self, **chosen)

    def learn(self) -> Pipeline:
        """Returns the pipeline with what its learners learn from the first reads.

        Each learner is replaced by what it learns, so that no run of the pipeline learns again, and
        engines that spread reads can run it. Reads as much of the input as that takes; a pipeline
        without learners is returned as it is, and reads nothing.

        Raises:
            ConfigurationError: An input can be read only once. Run such a pipeline as it is: a run
                learns from the first reads and loses none.
            SchemaError: An operator cannot work on what comes before it.
        """
        from biometal_stream.pipeline.teaching import teach

        operators, learnt = teach(self)
        return replace(self, operators=operators) if learnt else self

    def execution(
        self,
        sink: Sink | ParallelSink[Any] | None = None,
        *,
        rejected: Target | None = None,
        orphans: Target | None = None,
    ) -> Execution:
        """Prepares a run that can be watched while it goes on.

        Args:
            sink: Where it goes; ``None`` to take the batches.
            rejected: The file for reads that filters drop, with the reason.
            orphans: The file for reads whose mates are dropped, with ``pairs="split"``.

        Raises:
            SchemaError: An operator cannot work on what comes before it.
            ConfigurationError: What is set aside does not go together with the rest.
        """
        from biometal_stream.pipeline.execution import Execution
        from biometal_stream.pipeline.routes import routes_to

        return Execution(self, sink, routes=routes_to(self, rejected, orphans))

    def run(
        self,
        sink: Sink | ParallelSink[Any],
        *,
        rejected: Target | None = None,
        orphans: Target | None = None,
    ) -> Report:
        """Runs into a sink, and raises the first error as itself. As `execution` otherwise."""
        return self.execution(sink, rejected=rejected, orphans=orphans).run()

    def write_parquet(
        self,
        target: Target,
        *,
        engine: EngineChoice = "local",
        partition_bytes: int | str | None = None,
        **options: Unpack[ParquetOptions],
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
            partition_bytes: Bytes of (compressed) input of a partition, about, or text such as
                ``"64M"``; by default 128 MiB. A file that cannot be cut, such as plain gzip, is
                one partition.
            options: ``compression`` (``zstd``, ``snappy``, ``gzip``, ``lz4``, ``none``),
                ``level``, ``shards`` (the number of files, not with an engine),
                ``partition_by`` (a column), ``max_partitions`` (the most values of it, 1,024 by
                default), ``encoding`` (``delta``, or ``plain`` for readers
                such as fastparquet), ``metadata`` (a mapping of text to text), ``rejected`` (the
                file for reads that filters drop), and ``orphans`` (the file for reads whose mates
                are dropped, with ``pairs="split"``).

        Returns:
            What the run did; of an engine's tasks, all that they did as one run.

        Raises:
            ConfigurationError: The options do not fit together, or the pipeline cannot be run
                in parts.
            MissingExtraError: The engine is not installed.
            TypeError: There is no such option.
            WorkerError: The engine does not start, or its workers died again and again.
            SinkError: The target cannot be written. It is then as it was before.
        """
        check_names("write_parquet", options, ParquetOptions.__annotations__)
        if engine == "local":
            if partition_bytes is not None:
                raise ConfigurationError(
                    "partition_bytes is for the tasks of an engine: ray, spark"
                )
            return self._write(target, "parquet", options)
        for name in ROUTES:
            if options.get(name) is not None:
                raise ConfigurationError(f"{name}: engine {engine} writes one output; use 'local'")
        sink = self._sink(target, "parquet", _without_routes(options))
        return self.distributed(sink, engine, partition_bytes).run()

    def distributed(
        self, sink: ParquetSink, engine: EngineChoice, partition_bytes: int | str | None = None
    ) -> DistributedExecution:
        """Prepares a run on an engine that can be watched while it goes on.

        Raises:
            ConfigurationError: There is no such engine, or the pipeline cannot be run in parts.
            SchemaError: An operator cannot work on what comes before it.
        """
        from biometal_stream.engines import engine_for
        from biometal_stream.pipeline.distributed import DistributedExecution

        chosen = engine_for(engine, threads=self.threads or 1)
        if partition_bytes is not None:
            partition_bytes = number_of_bytes("partition_bytes", partition_bytes)
        return DistributedExecution(self, sink, chosen, partition_bytes)

    def write_arrow(
        self, target: Target, *, stream: bool = False, **options: Unpack[ArrowOptions]
    ) -> Report:
        """Runs into an Arrow IPC file, or stream.

        Args:
            target: The file, ``-`` for standard output.
            stream: Whether to write the format that is read front to back.
            options: ``compression`` (``none``, ``lz4``, ``zstd``) and ``level``; and, as of
                `write_parquet`, ``max_partitions``, ``rejected`` and ``orphans``.

        Returns:
            What the run did.

        Raises:
            ConfigurationError: The options do not fit together.
            SinkError: The target cannot be written. It is then as it was before.
        """
        check_names("write_arrow", options, ArrowOptions.__annotations__)
        check_kind("stream", stream, "bool")
        return self._write(target, "arrow-stream" if stream else "arrow", options)

    def write_fastq(self, target: Target, **options: Unpack[FastqOptions]) -> Report:
        """Runs into FASTQ, compressed as the target's suffix says: ``.gz``, ``.zst``, or not.

        Args:
            target: The file, ``-`` for standard output. A column in braces makes a file for each
                of its values: ``out/{sample}_R{mate}.fq.gz``.
            options: ``mate`` (the file for mates 2), ``interleaved``, ``compression``
                (``none``, ``gzip``, ``zstd``) and ``level``; and, as of `write_parquet`,
                ``max_partitions``, ``rejected`` and ``orphans``.

        Returns:
            What the run did.

        Raises:
            ConfigurationError: The options do not fit together.
            SchemaError: There is no name, sequence or quality left to write.
            SinkError: The target cannot be written. It is then as it was before.
        """
        check_names("write_fastq", options, FastqOptions.__annotations__)
        return self._write(target, "fastq", options)

    def write_fasta(self, target: Target, **options: Unpack[FastaOptions]) -> Report:
        """Runs into FASTA, compressed as the target's suffix says: ``.gz``, ``.zst``, or not.

        Qualities are left out, as FASTA has none.

        Args:
            target: The file, ``-`` for standard output.
            options: As of `write_fastq`, and ``line_width``: the bases on a line, or 0, the
                default, for one line a sequence.

        Returns:
            What the run did.

        Raises:
            ConfigurationError: The options do not fit together.
            SchemaError: There is no name or sequence left to write.
            SinkError: The target cannot be written. It is then as it was before.
        """
        check_names("write_fasta", options, FastaOptions.__annotations__)
        return self._write(target, "fasta", options)

    def _write(self, target: Target, format: str, options: Mapping[str, Any]) -> Report:
        routes = {name: options.get(name) for name in ROUTES}
        return self.run(self._sink(target, format, _without_routes(options)), **routes)

    def _sink(self, target: Target, format: str, options: Mapping[str, Any]) -> Any:
        from biometal_stream.sinks import sink_for

        paired = "mate" in self.schema.names
        return sink_for(target, format=format, paired=paired, **options)

    def head(self, number: int = 5) -> pa.Table:
        """Runs until there are some reads, the first ones, and returns them as a table.

        To go on with a pipeline of the first reads, append `Head`: ``reads | Head(1000)``.

        Args:
            number: How many.

        Raises:
            ConfigurationError: It is not a whole number, or less than 0.
        """
        from biometal_stream.pipeline.collecting import first_rows

        return first_rows(self, number)

    def count(self) -> int:
        """Runs and counts the reads. Nothing is built that the operators do not need for that.

        Both mates of a pair count.
        """
        from biometal_stream.pipeline.collecting import count_rows

        return count_rows(self)

    def summary(self) -> Summary:
        """Runs and summarizes the reads: number, lengths, qualities, GC, further columns."""
        from biometal_stream.pipeline.collecting import summary_of

        return summary_of(self)

    def records(self) -> Generator[Read, None, None]:
        """Runs and yields reads one by one, for plain loops; closing the iterator ends the run.

        A batch at a time is a hundred times as fast: see `batches`. Mates 1 and 2 take turns.

        Raises:
            SchemaError: There is no column ``name`` or ``sequence``.
        """
        from biometal_stream.pipeline.records import records

        return records(self.schema, self.batches())

    def to_pandas(self) -> pd.DataFrame:
        """Runs, with the whole result in memory, and returns it as a frame of pandas.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        need("pandas", "pandas", "to_pandas()")
        return self.stream().read_all().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Runs, with the whole result in memory, and returns it as a frame of Polars.

        For a query that Polars plans as a whole see `biometal_stream.interop.polars`.

        Raises:
            MissingExtraError: Polars is not installed.
        """
        polars = need("polars", "polars", "to_polars()")
        frame: pl.DataFrame = polars.DataFrame(self.stream().read_all())
        return frame

    def batches(self) -> Generator[pa.RecordBatch, None, None]:
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


def _without_routes(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in options.items() if name not in ROUTES}
