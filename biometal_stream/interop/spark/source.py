"""Formats of reads as data sources of Spark, such as ``spark.read.format("fastq")``."""

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
from biometal_stream.sources.formats import source_formats

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence
    from typing import Any, ClassVar

    from pyspark.sql.types import StructType

    from biometal_stream.sources.format import SourceFormat

_TYPES = {pa.string(): "STRING", pa.int8(): "TINYINT"}  # of the columns of reads
_PATHS = ("path", "paths")  # Spark's names for the argument of `load`: one, or several as JSON


class ReadsDataSource(DataSource):
    """Reads files of a format, plain or compressed, in partitions.

    If the user gives a schema, only its columns are made. `data_sources` makes one class for each
    format.

    Attributes:
        form: The format.
    """

    form: ClassVar[SourceFormat]

    def __init__(self, options: MutableMapping[str, str]) -> None:
        super().__init__(options)
        self._options = {name.lower(): value for name, value in options.items()}

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return cls.form.name

    @classmethod
    def option_names(cls) -> tuple[str, ...]:
        """The names that ``option`` takes, in any case: the format's, and ``splitBytes``."""
        return (*option_names(cls.form.load_options()), "splitBytes")

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

    def reader(self, schema: StructType) -> ReadsReader:
        """The reader for the columns of a schema.

        Raises:
            SchemaError: It has a column that reads do not have, or another type.
            ConfigurationError: An option is unknown or invalid.
            InputError: A file does not exist.
        """
        source = self._source()
        fields = [_required(self.name(), source.schema, field) for field in schema.fields]
        wanted = pa.schema(fields)
        pipeline = Pipeline(source.project(frozenset(wanted.names)))
        size = self._options.get("splitbytes")
        nbytes = SPLIT_BYTES if size is None else whole_number("splitBytes", size)
        return ReadsReader(pipeline, nbytes, wanted)

    def _source(self) -> Any:
        options = self.option_names()
        known = {name.lower() for name in (*options, *_PATHS)}
        for name in self._options:
            if name not in known:
                raise ConfigurationError(
                    f"the {self.name()} source has no option '{name}'; it has {', '.join(options)}"
                )
        named = self._options.get("paths") or self._options.get("path") or "[]"
        paths = files_of(named, self.form)
        return self.form.make(paths, parsed_options(self.form, self._options))


def data_sources() -> list[type[ReadsDataSource]]:
    """The data sources: one for each format that Spark cannot read itself."""
    return [
        type(f"{form.name.capitalize()}DataSource", (ReadsDataSource,), {"form": form})
        for form in source_formats()
        if form.on_engines
    ]


class ReadsReader(DataSourceReader):
    """Reads partitions of files. Picklable.

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


def _required(source: str, schema: pa.Schema, wanted: Any) -> pa.Field:
    """The field of reads for a field that Spark requests, nullable or not as requested."""
    index = schema.get_field_index(wanted.name)
    if index < 0:
        raise SchemaError(
            f"the {source} source has no column '{wanted.name}'; it has {', '.join(schema.names)}"
        )
    field = schema.field(index)
    declared = _TYPES[field.type]
    if wanted.dataType.simpleString() != declared.lower():
        raise SchemaError(
            f"column '{wanted.name}' of the {source} source is {declared}, not"
            f" {wanted.dataType.simpleString().upper()}; leave the type to the source"
        )
    return field.with_nullable(wanted.nullable)
