"""FASTQ as a data source of Spark: ``spark.read.format("fastq")``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.interop.partitions import partition_pipeline, read_partition
from biometal_stream.interop.spark.files import files_of
from biometal_stream.interop.spark.options import option_names, parsed_options, whole_number
from biometal_stream.pipeline.distributed import SPLIT_BYTES
from biometal_stream.pipeline.pipeline import Pipeline
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.fastq.source import FastqSource

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence
    from typing import Any

    from pyspark.sql.types import StructType

OPTIONS = (*option_names(FastqOptions), "splitBytes")
"""The names that ``option`` takes, in any case: the options of `FastqOptions`."""

_TYPES = {pa.string(): "STRING", pa.int8(): "TINYINT"}  # of the columns of reads
_PATHS = ("path", "paths")  # Spark's names for the argument of `load`: one, or several as JSON


class FastqDataSource(DataSource):
    """Reads FASTQ files, plain or compressed, in partitions.

    If the user gives a schema, only its columns are made.
    """

    def __init__(self, options: MutableMapping[str, str]) -> None:
        super().__init__(options)
        self._options = {name.lower(): value for name, value in options.items()}

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "fastq"

    def schema(self) -> str:
        """The columns of reads, as SQL types.

        Raises:
            ConfigurationError: An option is unknown or invalid.
            InputError: A file does not exist.
        """
        return ", ".join(
            f"{field.name} {_TYPES[field.type]}{'' if field.nullable else ' NOT NULL'}"
            for field in self._source().schema
        )

    def reader(self, schema: StructType) -> FastqReader:
        """The reader for the columns of a schema.

        Raises:
            SchemaError: It has a column that reads do not have, or another type.
            ConfigurationError: An option is unknown or invalid.
            InputError: A file does not exist.
        """
        source = self._source()
        fields = [_required(source.schema, field) for field in schema.fields]
        wanted = pa.schema(fields)
        pipeline = Pipeline(source.project(frozenset(wanted.names)))
        size = self._options.get("splitbytes")
        nbytes = SPLIT_BYTES if size is None else whole_number("splitBytes", size)
        return FastqReader(pipeline, nbytes, wanted)

    def _source(self) -> FastqSource:
        known = {name.lower() for name in (*OPTIONS, *_PATHS)}
        for name in self._options:
            if name not in known:
                raise ConfigurationError(
                    f"the fastq source has no option '{name}'; it has {', '.join(OPTIONS)}"
                )
        paths = files_of(self._options.get("paths") or self._options.get("path") or "[]")
        return FastqSource(paths, **parsed_options(FastqOptions, self._options))


class FastqReader(DataSourceReader):
    """Reads partitions of FASTQ files. Picklable.

    Args:
        pipeline: The pipeline to read.
        partition_bytes: The approximate (compressed) size of a partition's input in bytes.
        schema: The schema of each batch: the columns in Spark's order.
    """

    def __init__(self, pipeline: Pipeline, partition_bytes: int, schema: pa.Schema) -> None:
        self._pipeline = pipeline
        self._partition_bytes = partition_bytes
        self._schema = schema

    def partitions(self) -> Sequence[InputPartition]:
        """The partitions, in the order of the input.

        Raises:
            InputError: An input cannot be read.
        """
        parts = partition_pipeline(self._pipeline, self._partition_bytes, "Spark")
        return [InputPartition(part) for part in parts]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Reads a partition, a few MiB of text at a time."""
        schema = self._schema
        for batch in read_partition(partition.value):
            columns = [batch.column(name) for name in schema.names]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _required(schema: pa.Schema, wanted: Any) -> pa.Field:
    """The field of reads for a field that Spark requests, nullable or not as requested."""
    index = schema.get_field_index(wanted.name)
    if index < 0:
        raise SchemaError(
            f"the fastq source has no column '{wanted.name}'; it has {', '.join(schema.names)}"
        )
    field = schema.field(index)
    declared = _TYPES[field.type]
    if wanted.dataType.simpleString() != declared.lower():
        raise SchemaError(
            f"column '{wanted.name}' of the fastq source is {declared}, not"
            f" {wanted.dataType.simpleString().upper()}; leave the type to the source"
        )
    return field.with_nullable(wanted.nullable)
