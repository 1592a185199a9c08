"""Where a dataset of Ray Data starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream import reading
from biometal_stream.errors import ConfigurationError
from biometal_stream.interop.partitions import partition_pipeline
from biometal_stream.interop.ray.need import need_ray
from biometal_stream.pipeline.distributed import SPLIT_BYTES
from biometal_stream.settings import option
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.options import Inputs, shared_options, takes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometal_stream.pipeline.pipeline import Pipeline


@dataclass(frozen=True, kw_only=True)
class RayFastqOptions(FastqOptions):
    """How Ray reads FASTQ: the options of the source, and those of ``ray.data.read_datasource``."""

    partition_bytes: int = option(
        "Bytes of (compressed) input that a task reads, about", default=SPLIT_BYTES, unit="bytes"
    )
    num_cpus: float | None = option("Cores that Ray reserves for a task.", default=None)
    num_gpus: float | None = option("GPUs that Ray reserves for a task.", default=None)
    memory: float | None = option("Bytes of memory that Ray reserves for a task.", default=None)
    concurrency: int | None = option("The most tasks at a time.", default=None)
    ray_remote_args: Mapping[str, Any] | None = option(
        "What else ``ray.remote`` takes for the tasks.", default=None
    )


@takes(RayFastqOptions)
def read_fastq(paths: Inputs, options: RayFastqOptions) -> Any:
    """Makes a dataset of FASTQ files, plain or compressed, read in parts by Ray's tasks.

    Args:
        paths: A file, or several that follow each other. They must have the same paths on every
            node.
        options: By name, as `RayFastqOptions` has them.

    Returns:
        A ``ray.data.Dataset``.

    Raises:
        MissingExtraError: Ray Data is not installed, or is older than 2.51.
        ConfigurationError: These do not fit together.
        InputError: An input cannot be read.
    """
    given = dict(vars(options))
    if given.pop("quarantine") is not None:
        raise ConfigurationError(
            "quarantine cannot be used with Ray, whose tasks have no file in common; on_bad_record"
            " can be stop or skip"
        )
    source = {name: given.pop(name) for name in shared_options(FastqOptions)}
    chosen = {name: value for name, value in given.items() if value is not None}
    return read_pipeline(reading.read_fastq(paths, **source), **chosen)


def read_pipeline(pipeline: Pipeline, *, partition_bytes: int = SPLIT_BYTES, **options: Any) -> Any:
    """Makes a dataset of what a pipeline gives, read in parts by Ray's tasks.

    The inputs are opened and cut now, and read when Ray asks for rows. The operators run in the
    read tasks. Rows come in the order of the input, and errors as themselves: two settings of
    the dataset's ``context`` see to that, ``execution_options.preserve_order`` and
    ``raise_original_map_exception``, which hold for what is made of the dataset, too.

    Args:
        pipeline: Nothing serial in it.
        partition_bytes: Bytes of (compressed) input that a task reads, about.
        options: What ``ray.data.read_datasource`` takes beside: ``num_cpus``, ``concurrency``.

    Returns:
        A ``ray.data.Dataset``.

    Raises:
        MissingExtraError: Ray Data is not installed, or is older than 2.51.
        ConfigurationError: The pipeline cannot be read in parts.
        SchemaError: An operator cannot work on what comes before it.
        InputError: An input cannot be read.
    """
    data = need_ray("embed.ray")
    from biometal_stream.interop.ray.source import PipelineDatasource

    parts = partition_pipeline(pipeline, partition_bytes, "Ray")
    # As many blocks as parts: of more Ray would make them by cutting, and part mates.
    dataset = data.read_datasource(
        PipelineDatasource(parts), override_num_blocks=len(parts), **options
    )
    dataset.context.execution_options.preserve_order = True
    dataset.context.raise_original_map_exception = True
    return dataset
