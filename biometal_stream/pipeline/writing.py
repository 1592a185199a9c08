"""The ways to run a recipe into a sink: threads of this process, or an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Unpack

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import ParallelSink, Sink
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
    from collections.abc import Mapping

    from biometal_stream.engines import Engine
    from biometal_stream.pipeline.distributed import DistributedExecution
    from biometal_stream.pipeline.execution import Execution
    from biometal_stream.pipeline.report import Report
    from biometal_stream.sinks.options import Target
    from biometal_stream.sinks.parquet.sink import ParquetSink

    EngineChoice: TypeAlias = Literal["local", "ray", "spark"] | Engine


@dataclass(frozen=True, repr=False)
class Writable(Recipe):
    """A recipe that can be run into a sink. Its attributes are those of `Recipe`."""

    def execution(
        self,
        sink: Sink | ParallelSink[Any] | None = None,
        *,
        rejected: Target | None = None,
        orphans: Target | None = None,
        unmerged: Target | None = None,
    ) -> Execution:
        """Prepares a run that can be watched while it is running.

        Args:
            sink: Where to write; ``None`` to take the batches.
            rejected: The file for reads that filters drop, with the reason.
            orphans: The file for reads whose mates are dropped, with ``pairs="split"``.
            unmerged: The file for pairs that `MergePairs` does not merge.

        Raises:
            SchemaError: An operator cannot work on what comes before it.
            ConfigurationError: The files for reads set aside do not fit the pipeline or the sink.
        """
        from biometal_stream.pipeline.execution import Execution
        from biometal_stream.pipeline.routes import routes_to

        return Execution(self, sink, routes=routes_to(self, sink, rejected, orphans, unmerged))

    def run(
        self,
        sink: Sink | ParallelSink[Any],
        *,
        rejected: Target | None = None,
        orphans: Target | None = None,
        unmerged: Target | None = None,
    ) -> Report:
        """Runs into a sink, and raises the first error unchanged. See `execution`."""
        return self.execution(sink, rejected=rejected, orphans=orphans, unmerged=unmerged).run()

    def write_parquet(
        self,
        target: Target,
        *,
        engine: EngineChoice = "local",
        partition_bytes: int | str | None = None,
        **options: Unpack[ParquetOptions],
    ) -> Report:
        """Writes Parquet: a file, or a folder of files if the target ends with a slash.

        With an engine, the input is read in partitions, each by one task, on one or several
        machines. The target is then always a folder with a file for each partition, in input
        order: ``part-00000-of-00012.parquet`` and so on. It must be on a file system that all
        machines share. ``threads`` and ``memory`` apply to each task; by default a task uses one
        thread.

        Args:
            target: The file or folder; ``-`` for standard output.
            engine: ``local`` for threads of this process, ``ray``, ``spark``, or an `Engine`.
            partition_bytes: About how many bytes of (compressed) input a partition has, or text
                such as ``"64M"``; by default 128 MiB. A file that cannot be divided, such as plain
                gzip, is one partition.
            options: ``compression`` (``zstd``, ``snappy``, ``gzip``, ``lz4``, ``none``),
                ``level``, ``shards`` (the number of files, not with an engine),
                ``partition_by`` (a column), ``max_partitions`` (the most values of it, 1,024 by
                default), ``encoding`` (``delta``, or ``plain`` for readers
                such as fastparquet), ``metadata`` (a mapping of text to text), ``rejected`` (the
                file for reads that filters drop), ``orphans`` (the file for reads whose mates are
                dropped, with ``pairs="split"``), and ``unmerged`` (the file for pairs that
                `MergePairs` does not merge).

        Returns:
            The report of the run; with an engine, of all tasks as one run.

        Raises:
            ConfigurationError: The options do not fit together, or the pipeline cannot be run
                in partitions.
            MissingExtraError: The engine is not installed.
            TypeError: There is no such option.
            WorkerError: The engine does not start, or its workers died repeatedly.
            SinkError: The target cannot be written. It has then not been changed.
        """
        check_names("write_parquet", options, ParquetOptions.__annotations__)
        if engine == "local":
            if partition_bytes is not None:
                raise ConfigurationError(
                    "partition_bytes is for engines that run tasks: ray, spark"
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
        """Prepares a run on an engine that can be watched while it is running.

        Raises:
            ConfigurationError: There is no such engine, or the pipeline cannot run in partitions.
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
        """Writes an Arrow IPC file, or stream.

        Args:
            target: The file; ``-`` for standard output.
            stream: Whether to write the streaming format.
            options: ``compression`` (``none``, ``lz4``, ``zstd``), ``level``, and these options of
                `write_parquet`: ``max_partitions``, ``rejected``, ``orphans`` and ``unmerged``.

        Returns:
            The report of the run.

        Raises:
            ConfigurationError: The options do not fit together.
            SinkError: The target cannot be written. It has then not been changed.
        """
        check_names("write_arrow", options, ArrowOptions.__annotations__)
        check_kind("stream", stream, "bool")
        return self._write(target, "arrow-stream" if stream else "arrow", options)

    def write_fastq(self, target: Target, **options: Unpack[FastqOptions]) -> Report:
        """Writes FASTQ. The target's suffix sets the compression: ``.gz``, ``.zst``, or none.

        Args:
            target: The file; ``-`` for standard output. A column in braces makes a file for each
                of its values: ``out/{sample}_R{mate}.fq.gz``.
            options: ``mate`` (the file for mates 2), ``interleaved``, ``compression``
                (``none``, ``gzip``, ``zstd``), ``level``, ``quality_encoding`` (``phred33``,
                ``phred64``, ``solexa``), and these options of `write_parquet`:
                ``max_partitions``, ``rejected``, ``orphans`` and ``unmerged``.

        Returns:
            The report of the run.

        Raises:
            ConfigurationError: The options do not fit together.
            SchemaError: The name, sequence or quality is missing.
            SinkError: The target cannot be written. It has then not been changed.
        """
        check_names("write_fastq", options, FastqOptions.__annotations__)
        return self._write(target, "fastq", options)

    def write_fasta(self, target: Target, **options: Unpack[FastaOptions]) -> Report:
        """Writes FASTA. The target's suffix sets the compression: ``.gz``, ``.zst``, or none.

        Qualities are left out, because FASTA has none.

        Args:
            target: The file; ``-`` for standard output.
            options: The options of `write_fastq` except ``quality_encoding``, and
                ``line_width``: the bases on a line, or 0, the default, for one line per sequence.

        Returns:
            The report of the run.

        Raises:
            ConfigurationError: The options do not fit together.
            SchemaError: The name or sequence is missing.
            SinkError: The target cannot be written. It has then not been changed.
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


def _without_routes(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in options.items() if name not in ROUTES}
