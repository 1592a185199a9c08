"""FASTQ as a data source of Spark: ``spark.read.format("fastq")``."""

from __future__ import annotations

import json
from dataclasses import fields
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pyarrow as pa
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

from biometal_stream.errors import ConfigurationError, InputError, SchemaError
from biometal_stream.interop.partitions import partition_pipeline, read_partition
from biometal_stream.pipeline.distributed import SPLIT_BYTES
from biometal_stream.pipeline.pipeline import Pipeline
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.fastq.source import FastqSource
from biometal_stream.sources.options import shared_options

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence
    from typing import Any

    from pyspark.sql.types import StructType


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


_SETTINGS = {_camel(name): setting for name, setting in shared_options(FastqOptions).items()}
_FIELDS = {_camel(field.name): field for field in fields(FastqOptions)}

OPTIONS = (*_SETTINGS, "splitBytes")
"""What ``option`` takes, whatever the case of its letters: the options of `FastqOptions`."""

_TYPES = {pa.string(): "STRING", pa.int8(): "TINYINT"}  # of the columns of reads
_PATHS = ("path", "paths")  # as Spark calls what `load` is given: one, or several as JSON


class FastqDataSource(DataSource):
    """Reads FASTQ files, plain or compressed, in parts.

    A schema that the user gives names the columns that are made; the others are not built.
    """

    def __init__(self, options: MutableMapping[str, str]) -> None:
        super().__init__(options)
        self._options = {name.lower(): value for name, value in options.items()}

    @classmethod
    def name(cls) -> str:
        """What the format is called."""
        return "fastq"

    def schema(self) -> str:
        """The columns of reads, in SQL's words.

        Raises:
            ConfigurationError: An option is unknown, or does not fit.
            InputError: There is no such file.
        """
        return ", ".join(
            f"{field.name} {_TYPES[field.type]}{'' if field.nullable else ' NOT NULL'}"
            for field in self._source().schema
        )

    def reader(self, schema: StructType) -> FastqReader:
        """What reads the columns of a schema.

        Raises:
            SchemaError: It has a column that reads do not have, or another type.
            ConfigurationError: An option is unknown, or does not fit.
            InputError: There is no such file.
        """
        source = self._source()
        fields = [_required(source.schema, field) for field in schema.fields]
        wanted = pa.schema(fields)
        pipeline = Pipeline(source.project(frozenset(wanted.names)))
        return FastqReader(pipeline, self._number("splitBytes", SPLIT_BYTES), wanted)

    def _source(self) -> FastqSource:
        known = {name.lower() for name in (*OPTIONS, *_PATHS)}
        for name in self._options:
            if name not in known:
                raise ConfigurationError(
                    f"the fastq source has no option '{name}'; it has {', '.join(OPTIONS)}"
                )
        given = {name: self._options.get(name.lower()) for name in _SETTINGS}
        choices = {
            _FIELDS[name].name: self._value(name, value)
            for name, value in given.items()
            if value is not None
        }
        return FastqSource(
            _files(self._options.get("paths") or self._options.get("path") or "[]"), **choices
        )

    def _value(self, name: str, value: str) -> Any:
        """An option's text as the value that the source takes."""
        setting, default = _SETTINGS[name], _FIELDS[name].default
        if name == "mate":
            return _files(value)
        if isinstance(default, bool):
            if value.lower() not in {"true", "false"}:
                raise ConfigurationError(f"{name} must be true or false: {value!r}")
            return value.lower() == "true"
        if isinstance(default, int):
            return self._number(name, default)
        if setting.choices and value not in setting.choices:
            raise ConfigurationError(f"{name} must be one of {', '.join(setting.choices)}: {value}")
        return value

    def _number(self, name: str, default: int) -> int:
        value = self._options.get(name.lower(), str(default))
        try:
            return int(value)
        except ValueError:
            raise ConfigurationError(f"{name} must be a whole number of bytes: {value!r}") from None


class FastqReader(DataSourceReader):
    """Reads parts of FASTQ files. To be pickled.

    Args:
        pipeline: What is read.
        partition_bytes: Bytes of (compressed) input that a part has, about.
        schema: What each batch must have: the columns in Spark's order.
    """

    def __init__(self, pipeline: Pipeline, partition_bytes: int, schema: pa.Schema) -> None:
        self._pipeline = pipeline
        self._partition_bytes = partition_bytes
        self._schema = schema

    def partitions(self) -> Sequence[InputPartition]:
        """The parts, in the order of the input.

        Raises:
            InputError: An input cannot be read.
        """
        parts = partition_pipeline(self._pipeline, self._partition_bytes, "Spark")
        return [InputPartition(part) for part in parts]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Reads a part, a few MiB of text at a time."""
        schema = self._schema
        for batch in read_partition(partition.value):
            columns = [batch.column(name) for name in schema.names]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _required(schema: pa.Schema, wanted: Any) -> pa.Field:
    """The field of reads that a field of Spark's asks for, null or not as that says."""
    index = schema.get_field_index(wanted.name)
    if index < 0:
        raise SchemaError(
            f"the fastq source has no column '{wanted.name}'; it has {', '.join(schema.names)}"
        )
    field = schema.field(index)
    told = _TYPES[field.type]
    if wanted.dataType.simpleString() != told.lower():
        raise SchemaError(
            f"column '{wanted.name}' of the fastq source is {told}, and is asked for as"
            f" {wanted.dataType.simpleString().upper()}; leave the type to the source"
        )
    return field.with_nullable(wanted.nullable)


def _files(value: str) -> tuple[str, ...]:
    """The files that an option names: a path, a pattern, or several of these as JSON."""
    return tuple(file for name in _names(value) for file in _matches(name))


def _names(value: str) -> list[str]:
    if value.startswith("[") and value.endswith("]"):
        try:
            found = json.loads(value)
        except ValueError:
            return [value]  # a pattern may begin so, too
        if all(isinstance(name, str) for name in found):
            return cast("list[str]", found)
    return [value]


def _matches(name: str) -> list[str]:
    """The files that a path or a pattern stands for, in alphabetical order, whole paths.

    Raises:
        InputError: There is none, or it is a folder or no path of a file system.
    """
    if name.startswith("file:"):
        name = "/" + name.removeprefix("file:").lstrip("/")
    if "://" in name:
        raise InputError(
            f"{name}: the fastq source reads paths alone; mount the storage at the same path on"
            " every worker"
        )
    path = Path(name)
    if has_magic(name) and not path.exists():
        found = sorted(file for file in glob(name) if not Path(file).is_dir())  # noqa: PTH207 - any path
        if not found:
            raise InputError(f"{name}: there is no such file")
        return [str(Path(file).absolute()) for file in found]
    if path.is_dir():
        raise InputError(f"{name}: is a folder; name its files, such as {name}/*.fastq.gz")
    return [str(path.absolute())]
