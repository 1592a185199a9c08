"""Operators as a function for ``mapInArrow``."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from biometal_stream.interop.partitions import partition_pipeline, read_partition
from biometal_stream.interop.spark.need import need_spark
from biometal_stream.interop.spark.types import (
    arrow_schema,
    plain_batch,
    plain_schema,
    spark_schema,
)
from biometal_stream.joined import operators_of
from biometal_stream.pipeline.distributed import SPLIT_BYTES
from biometal_stream.pipeline.opened import OpenOperators, refuse_learners, refuse_serial
from biometal_stream.pipeline.value import fold_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from biometal_stream.interfaces import Operator
    from biometal_stream.joined import Joinable
    from biometal_stream.pipeline.pipeline import Pipeline

    BatchesFunction = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def apply(frame: Any, *operators: Joinable) -> Any:
    """Runs operators on the rows of a frame, batch by batch, on Spark's workers.

    Lazy, like every transform of Spark. The operators are pickled and opened once per partition; a
    model is cached in its Python worker for all partitions. Labels become text, tensors become flat
    lists of numbers, and unsigned integers become signed ones of the next size, since Spark does
    not have these types.

    Mates of a pair stay together as long as they are adjacent rows of one partition.

    Args:
        frame: A ``pyspark.sql.DataFrame``.
        operators: The operators, in order; none of them serial.

    Returns:
        The frame with the columns of the last operator.

    Raises:
        MissingExtraError: PySpark is not installed, or is older than 4.1.
        SchemaError: The frame lacks a column, or Spark cannot hold one of the result.
        ConfigurationError: An operator is serial.
    """
    steps = operators_of(*operators)
    need_spark("interop.spark.apply")
    refuse_serial(steps, "Spark")
    refuse_learners(steps, "Spark")
    schema = plain_schema(fold_schema(arrow_schema(frame), steps))
    return _map_in_arrow(frame, _mapping(steps, schema), schema)


def read_pipeline(session: Any, pipeline: Pipeline, *, partition_bytes: int = SPLIT_BYTES) -> Any:
    """Makes a frame from a pipeline, read in partitions on Spark's workers.

    The operators run where the reads are parsed, so Spark gets only the rows and columns that they
    keep. The inputs are opened and divided now, and read when Spark requests rows; they must have
    the same paths on every worker. Partitions are in the order of the input.

    Args:
        session: A ``pyspark.sql.SparkSession``.
        pipeline: A pipeline without serial operators.
        partition_bytes: The approximate (compressed) size of a partition's input in bytes.

    Returns:
        A ``pyspark.sql.DataFrame``.

    Raises:
        MissingExtraError: PySpark is not installed, or is older than 4.1.
        ConfigurationError: The pipeline cannot be divided.
        SchemaError: An operator cannot use the output of the one before it, or Spark cannot
            hold a column of the result.
        InputError: An input cannot be read.
    """
    need_spark("interop.spark.read_pipeline")
    schema = plain_schema(pipeline.schema)
    parts = partition_pipeline(pipeline, partition_bytes, "Spark")
    numbers = session.range(0, len(parts), 1, numPartitions=len(parts))  # one for each partition
    return _map_in_arrow(numbers, _reading(parts, schema), schema)


def _map_in_arrow(frame: Any, function: BatchesFunction, schema: pa.Schema) -> Any:
    declared = spark_schema(schema, frame.sparkSession)
    with warnings.catch_warnings():
        # PySpark checks for pandas, which is not used here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        return frame.mapInArrow(function, schema=declared)


# Nested functions: Spark pickles them with what they contain, and needs no class of ours.


def _mapping(operators: Sequence[Operator], schema: pa.Schema) -> BatchesFunction:
    def map_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with OpenOperators(operators) as transform:
            for batch in _whole_pairs(batches):
                yield plain_batch(transform(batch), schema)

    return map_batches


def _reading(parts: Sequence[Pipeline], schema: pa.Schema) -> BatchesFunction:
    def read(numbers: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in numbers:
            for number in batch.column(0).to_pylist():
                for reads in read_partition(parts[number]):
                    yield plain_batch(reads, schema)

    return read


def _whole_pairs(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Moves a mate 1 at the end of a batch to the next one, since Spark may split anywhere."""
    held: pa.RecordBatch | None = None
    for batch in batches:
        whole = batch if held is None else pa.concat_batches([held, batch])
        held = None
        index = whole.schema.get_field_index("mate")
        if index >= 0 and whole.num_rows and whole.column(index)[-1].as_py() == 1:
            held, whole = whole.slice(whole.num_rows - 1), whole.slice(0, whole.num_rows - 1)
        yield whole
    if held is not None:
        yield held
