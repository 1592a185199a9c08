"""The schema of a source of tables: that of its files, as operators need it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pyarrow as pa

from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.schemas.checks import is_text
from biometal_stream.schemas.folders import PARTITION_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from biometal_stream.sources.options import Input

READ_TEXT = ("name", "description", "sequence", "quality")
"""The columns that operators read as text; they are never dictionaries."""

SAMPLE_KEY = b"biometal_stream.sample"

_OF_THE_FILE = frozenset(
    {
        b"biometal_stream.command",
        b"biometal_stream.pyarrow",
        b"biometal_stream.version",
        PARTITION_KEY,
    }
)
"""What our sinks note about how a file was written: it does not apply to what is read from it."""

_FIELD_ID = b"PARQUET:field_id"


def source_schema(schema: pa.Schema, name: str) -> pa.Schema:
    """The schema of what is read from a file.

    It is the file's schema, but dictionaries of text in the columns of reads become text, and
    metadata about the file itself is dropped.

    Args:
        schema: The schema of the file.
        name: The file's name in messages.

    Raises:
        InputError: Two columns have the same name.
    """
    doubled = next((each for each in schema.names if schema.names.count(each) > 1), None)
    if doubled is not None:
        raise InputError(f"{name}: has two columns '{doubled}'; write it with unique names")
    fields = [_bare(_decoded(field)) for field in schema]
    metadata = schema.metadata or {}
    kept = {key: value for key, value in metadata.items() if key not in _OF_THE_FILE}
    return pa.schema(fields, metadata=kept or None)


def _decoded(field: pa.Field) -> pa.Field:
    kind = field.type
    if field.name in READ_TEXT and pa.types.is_dictionary(kind) and is_text(kind.value_type):
        return field.with_type(kind.value_type)
    return field


def _bare(field: pa.Field) -> pa.Field:
    metadata = {key: value for key, value in (field.metadata or {}).items() if key != _FIELD_ID}
    return field.with_metadata(metadata) if metadata else field.remove_metadata()


def common_schema(schemas: Iterable[tuple[str, pa.Schema]]) -> pa.Schema:
    """The common schema of several files that are read one after another.

    The columns must be the same, in any order; the order of the first file is used. A column may
    be null if it may be in any file. Metadata that differs between the files is dropped.

    Args:
        schemas: The files' names and schemas, at least one.

    Raises:
        InputError: A column is missing, is additional, or has another type.
    """
    (first, schema), *rest = schemas
    metadata = dict(schema.metadata or {})
    fields = {field.name: field for field in schema}
    for name, other in rest:
        _require_same(first, schema, name, other)
        for field in other:
            if field.nullable:
                fields[field.name] = fields[field.name].with_nullable(True)
        there = other.metadata or {}
        metadata = {key: value for key, value in metadata.items() if there.get(key) == value}
    return pa.schema(list(fields.values()), metadata=metadata or None)


def _require_same(first: str, schema: pa.Schema, name: str, other: pa.Schema) -> None:
    for missing in (each for each in schema.names if each not in other.names):
        raise InputError(
            f"{name}: has no column '{missing}', which {first} has; files that are read together"
            " must have the same columns"
        )
    for more in (each for each in other.names if each not in schema.names):
        raise InputError(
            f"{name}: has a column '{more}', which {first} does not have; files that are read"
            " together must have the same columns"
        )
    for field in other:
        wanted = schema.field(field.name).type
        if field.type != wanted:
            raise InputError(
                f"{name}: column '{field.name}' is {field.type}, but in {first} it is {wanted};"
                " files that are read together must have the same columns"
            )


def shown(file: Input) -> str:
    """The name of a file in messages."""
    if isinstance(file, str | os.PathLike):
        return os.fspath(file)
    return str(getattr(file, "name", "<stream>"))


def with_sample(schema: pa.Schema, sample: str | None) -> pa.Schema:
    """The schema with a sample's name in its metadata; unchanged without a name."""
    if sample is None:
        return schema
    return schema.with_metadata({**(schema.metadata or {}), SAMPLE_KEY: sample.encode()})


def some_columns(schema: pa.Schema, columns: tuple[str, ...] | None) -> pa.Schema:
    """The schema of some of the columns, in its own order.

    Raises:
        ConfigurationError: A column does not exist.
    """
    if columns is None:
        return schema
    for name in columns:
        if name not in schema.names:
            raise ConfigurationError(
                f"columns must be among {', '.join(schema.names) or 'none'}: {name!r}"
            )
    return pa.schema([each for each in schema if each.name in columns], metadata=schema.metadata)


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The columns of a schema from a batch that has them; without columns, the same rows."""
    if not len(schema):
        return batch.select([]).replace_schema_metadata(schema.metadata)
    columns = []
    for field in schema:
        column = batch.column(field.name)
        columns.append(column if column.type == field.type else column.cast(field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def empty_rows(rows: int) -> pa.RecordBatch:
    """A batch without columns that has a number of rows."""
    return pa.RecordBatch.from_arrays([pa.nulls(rows)], [""]).select([])
