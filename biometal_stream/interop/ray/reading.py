"""Where a dataset of Ray Data starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from biometal_stream import reading
from biometal_stream.interop.partitions import partition_pipeline
from biometal_stream.interop.ray.need import need_ray
from biometal_stream.pipeline.distributed import SPLIT_BYTES
from biometal_stream.sources.fastq.source import (
    MAX_RECORD_BYTES,
    OnBadRecord,
    QualityEncodingChoice,
)

if TYPE_CHECKING:
    from biometal_stream.pipeline.pipeline import Pipeline
    from biometal_stream.reading import Inputs


def read_fastq(
    paths: Inputs,
    *,
    mate: Inputs = (),
    interleaved: bool = False,
    sample: str | None = None,
    quality_encoding: QualityEncodingChoice = "phred33",
    on_bad_record: OnBadRecord = "stop",
    max_record_bytes: int = MAX_RECORD_BYTES,
    partition_bytes: int = SPLIT_BYTES,
    **options: Any,
) -> Any:
    """Makes a dataset of FASTQ files, plain or compressed, read in parts by Ray's tasks.

    Args:
        paths: A file, or several that follow each other. They must have the same paths on every
            node.
        mate: As many, with mate 2 of each read.
        interleaved: Whether mates follow each other in ``paths``.
        sample: The sample's name, kept in the schema's metadata.
        quality_encoding: As of `biometal_stream.read_fastq`.
        on_bad_record: ``stop`` or ``skip``.
        max_record_bytes: The longest record to read.
        partition_bytes: As of `read_pipeline`.
        options: As of `read_pipeline`.

    Returns:
        A ``ray.data.Dataset``.

    Raises:
        MissingExtraError: Ray Data is not installed, or is older than 2.51.
        ConfigurationError: These do not fit together.
        InputError: An input cannot be read.
    """
    pipeline = reading.read_fastq(
        paths,
        mate=mate,
        interleaved=interleaved,
        sample=sample,
        quality_encoding=quality_encoding,
        on_bad_record=on_bad_record,
        max_record_bytes=max_record_bytes,
    )
    return read_pipeline(pipeline, partition_bytes=partition_bytes, **options)


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
