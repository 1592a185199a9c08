"""Makes datasets of Ray Data from files and pipelines."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from biometal_stream import reading
from biometal_stream.errors import ConfigurationError
from biometal_stream.interop.partitions import partition_pipeline
from biometal_stream.interop.ray.need import need_ray
from biometal_stream.pipeline.distributed import SPLIT_BYTES
from biometal_stream.settings import option
from biometal_stream.sources.fasta.options import FastaOptions
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.options import Inputs, shared_options, takes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from biometal_stream.pipeline.pipeline import Pipeline


@dataclass(frozen=True, kw_only=True)
class RayOptions:
    """The options of ``ray.data.read_datasource``."""

    partition_bytes: int = option(
        "The approximate (compressed) size of a task's input", default=SPLIT_BYTES, unit="bytes"
    )
    num_cpus: float | None = option("Cores that Ray reserves for a task.", default=None)
    num_gpus: float | None = option("GPUs that Ray reserves for a task.", default=None)
    memory: float | None = option("Bytes of memory that Ray reserves for a task.", default=None)
    concurrency: int | None = option("The most tasks at a time.", default=None)
    ray_remote_args: Mapping[str, Any] | None = option(
        "Other arguments of ``ray.remote`` for the tasks.", default=None
    )


@dataclass(frozen=True, kw_only=True)
class RayFastqOptions(RayOptions, FastqOptions):
    """How Ray reads FASTQ: the options of the source, and those of Ray."""


@dataclass(frozen=True, kw_only=True)
class RayFastaOptions(RayOptions, FastaOptions):
    """How Ray reads FASTA: the options of the source, and those of Ray."""


@takes(RayFastqOptions)
def read_fastq(paths: Inputs, options: RayFastqOptions) -> Any:
    """Makes a dataset of FASTQ files, plain or compressed, read in partitions by Ray's tasks.

    Args:
        paths: A file, or several to be read one after another. They must have the same paths on
            every node.
        options: By name, as in `RayFastqOptions`.

    Returns:
        A ``ray.data.Dataset``.

    Raises:
        MissingExtraError: Ray Data is not installed, or is older than 2.51.
        ConfigurationError: The options contradict each other.
        InputError: An input cannot be read.
    """
    if options.quarantine is not None:
        raise ConfigurationError(
            "quarantine is not supported on Ray, since its tasks cannot share a file; on_bad_record"
            " can be stop or skip"
        )
    return _read(reading.read_fastq, FastqOptions, paths, options)


@takes(RayFastaOptions)
def read_fasta(paths: Inputs, options: RayFastaOptions) -> Any:
    """Makes a dataset of FASTA files, plain or compressed, read in partitions by Ray's tasks.

    Files with mates, and interleaved ones, are one task each. There is no column ``quality``.

    Args:
        paths: A file, or several files. They must have the same paths on every node.
        options: By name, as in `RayFastaOptions`.

    Returns:
        A ``ray.data.Dataset``.

    Raises:
        MissingExtraError: Ray Data is not installed, or is older than 2.51.
        ConfigurationError: The options contradict each other.
        InputError: An input cannot be read.
    """
    return _read(reading.read_fasta, FastaOptions, paths, options)


def _read(
    read: Callable[..., Pipeline], kind: type[Any], paths: Inputs, options: RayOptions
) -> Any:
    source = {name: getattr(options, name) for name in shared_options(kind)}
    chosen = {each.name: getattr(options, each.name) for each in fields(RayOptions)}
    given = {name: value for name, value in chosen.items() if value is not None}
    return read_pipeline(read(paths, **source), **given)


def read_pipeline(pipeline: Pipeline, *, partition_bytes: int = SPLIT_BYTES, **options: Any) -> Any:
    """Makes a dataset from a pipeline, read in partitions by Ray's tasks.

    The inputs are opened and divided now, and read when Ray requests rows. The operators run in the
    read tasks. Rows come in the order of the input, and errors are raised unchanged: this uses two
    settings of the dataset's ``context``, ``execution_options.preserve_order`` and
    ``raise_original_map_exception``, which also apply to datasets derived from it.

    Args:
        pipeline: A pipeline without serial operators.
        partition_bytes: The approximate (compressed) size of a task's input in bytes.
        options: Other arguments of ``ray.data.read_datasource``: ``num_cpus``, ``concurrency``.

    Returns:
        A ``ray.data.Dataset``.

    Raises:
        MissingExtraError: Ray Data is not installed, or is older than 2.51.
        ConfigurationError: The pipeline cannot be divided.
        SchemaError: An operator cannot use the output of the one before it.
        InputError: An input cannot be read.
    """
    data = need_ray("interop.ray")
    from biometal_stream.interop.ray.source import PipelineDatasource

    parts = partition_pipeline(pipeline, partition_bytes, "Ray")
    # As many blocks as partitions: Ray would split blocks to get more, and separate mates.
    dataset = data.read_datasource(
        PipelineDatasource(parts), override_num_blocks=len(parts), **options
    )
    dataset.context.execution_options.preserve_order = True
    dataset.context.raise_original_map_exception = True
    return dataset
