"""Converts Arrow columns to types that Spark can hold."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from biometal_stream.errors import SchemaError

_PLAIN: dict[pa.DataType, pa.DataType] = {
    pa.string_view(): pa.string(),
    pa.binary_view(): pa.binary(),
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.uint64(): pa.decimal128(20, 0),  # as Spark reads them from Parquet
    pa.float16(): pa.float32(),
}
"""Types that Spark does not have, and its smallest types for the same values."""


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema of the same values in types that Spark has, without metadata.

    Labels (dictionaries) become text, tensors become flat lists of their numbers, unsigned
    integers become signed ones of the next size, or decimals, and half precision becomes single.
    """
    return pa.schema([field.with_type(_plain(field.type)).remove_metadata() for field in schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_large_list(kind):
        return pa.large_list(_plain_field(kind.value_field))
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return pa.list_(_plain_field(kind.value_field))
    if pa.types.is_struct(kind):
        return pa.struct([_plain_field(field) for field in kind.fields])
    return _PLAIN.get(kind, kind)


def _plain_field(field: pa.Field) -> pa.Field:
    return field.with_type(_plain(field.type))


def plain_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Converts a batch to its `plain_schema`."""
    columns = [
        column if column.type == kind else column.cast(kind)
        for column, kind in zip(batch.columns, schema.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def spark_schema(schema: pa.Schema, session: Any) -> Any:
    """Spark's schema for a `plain_schema`.

    Args:
        schema: The schema.
        session: The session, a ``pyspark.sql.SparkSession``.

    Raises:
        SchemaError: Spark does not have a type for a column.
    """
    try:
        return session.createDataFrame(schema.empty_table()).schema
    except Exception as error:
        for field in schema:
            if not _holds(session, field):
                raise SchemaError(
                    f"Spark does not have a type for column '{field.name}', which is {field.type};"
                    " leave it out, or cast it first"
                ) from error
        raise


def _holds(session: Any, field: pa.Field) -> bool:
    """Whether Spark can hold a column."""
    try:
        session.createDataFrame(pa.schema([field]).empty_table())
    except Exception:  # noqa: BLE001 - the caller says what it means
        return False
    return True


def arrow_schema(frame: Any) -> pa.Schema:
    """The Arrow schema of the batches of a frame's rows in Spark.

    Args:
        frame: A ``pyspark.sql.DataFrame``, which is not computed.
    """
    return frame.sparkSession.createDataFrame([], frame.schema).toArrow().schema
