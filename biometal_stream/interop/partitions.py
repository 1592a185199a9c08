"""Divides a pipeline into partitions, for engines that read it on several machines."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import PartitionedSource
from biometal_stream.pipeline.cached import kept_open
from biometal_stream.pipeline.opened import refuse_serial
from biometal_stream.run import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from biometal_stream.pipeline.pipeline import Pipeline

_PART_MEMORY = 64 * MIB


def partition_pipeline(pipeline: Pipeline, nbytes: int, engine: str) -> list[Pipeline]:
    """Divides a pipeline into partitions that give the same rows, one after another.

    A partition has one worker and 64 MiB for the batches in flight, since an engine runs one on
    each of its cores, unless the pipeline has its own settings.

    Args:
        pipeline: A pipeline without serial operators.
        nbytes: The approximate (compressed) size of a partition's input in bytes.
        engine: The engine's name, for messages.

    Raises:
        ConfigurationError: The pipeline cannot be divided.
        SchemaError: An operator cannot use the output of the one before it.
        InputError: An input cannot be read.
    """
    if nbytes < 1:
        raise ConfigurationError(f"a partition needs at least 1 byte of input: {nbytes}")
    refuse_serial(pipeline.operators, engine)
    if pipeline.min_reads is not None:
        raise ConfigurationError(
            f"min_reads cannot be checked when {engine} reads partitions; write to a file instead"
        )
    pipeline.schema  # noqa: B018 - raises here, where the caller sees it
    pipeline = pipeline.learn()
    if not isinstance(pipeline.source, PartitionedSource):
        raise ConfigurationError(
            f"{type(pipeline.source).__name__} cannot be divided for {engine};"
            " write its rows to Parquet first, or give it a method 'partitions'"
        )
    threads = pipeline.threads or 1
    memory = pipeline.memory or _PART_MEMORY
    return [
        replace(pipeline, source=part, threads=threads, memory=memory)
        for part in pipeline.source.partitions(nbytes)
    ]


def read_partition(part: Pipeline) -> Iterator[pa.RecordBatch]:
    """Runs a partition and yields its non-empty batches; closing the iterator ends the run.

    Operators that can be cached in their process, such as a loaded model, are.
    """
    part = replace(part, operators=tuple(kept_open(operator) for operator in part.operators))
    with closing(part.execution().stream()) as batches:
        for batch in batches:
            if batch.num_rows:
                yield batch
