"""Checks that a schema has what an operator reads, before any data flows."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import pyarrow as pa

from biometal_stream.errors import SchemaError
from biometal_stream.measured import added_by
from biometal_stream.schemas.reads import WITHOUT_QUALITY


def is_text(data_type: pa.DataType) -> bool:
    """Whether a type is one of Arrow's three string types."""
    return bool(
        pa.types.is_string(data_type)
        or pa.types.is_large_string(data_type)
        or pa.types.is_string_view(data_type)
    )


def is_number(column: pa.Field) -> bool:
    """Whether a column holds numbers or bools."""
    kind = column.type
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    )


def is_label(column: pa.Field) -> bool:
    """Whether a column holds labels: a dictionary of strings."""
    return bool(pa.types.is_dictionary(column.type)) and is_text(column.type.value_type)


def require_columns(schema: pa.Schema, names: Sequence[str], reader: str) -> None:
    """Checks that columns exist, exactly once.

    Args:
        schema: The input's schema.
        names: The columns that are needed.
        reader: The operator, for the message.

    Raises:
        SchemaError: A column is missing or occurs twice.
    """
    for name in names:
        found = schema.get_all_field_indices(name)
        if not found:
            columns = ", ".join(schema.names) or "none"
            raise SchemaError(
                f"{reader} needs a column '{name}'{_meant(name, schema)} The input has: {columns}"
            )
        if len(found) > 1:
            raise SchemaError(f"{reader} needs one column '{name}'; the input has {len(found)}")


def _meant(name: str, schema: pa.Schema) -> str:
    """What to do about a missing column."""
    several = name.replace(",", " ").split()
    if len(several) > 1 and "," in name:
        return f"; write the names separately: {' '.join(several)}."
    without = (schema.metadata or {}).get(WITHOUT_QUALITY.encode())
    if name == "quality" and without is not None:
        return f"; the reads come from {without.decode()}, which has no qualities."
    step = added_by(name)
    if step is not None:
        return f", which '{step}' adds; put that step before it."
    alike = get_close_matches(name.lower(), schema.names, n=1)
    return f"; did you mean '{alike[0]}'?" if alike else "."


def require_text(schema: pa.Schema, names: Sequence[str], reader: str) -> None:
    """Checks that columns exist and hold strings: ``string``, ``large_string``, ``string_view``.

    Raises:
        SchemaError: A column is missing, occurs twice, or has another type.
    """
    require_columns(schema, names, reader)
    for name in names:
        data_type = schema.field(name).type
        if not is_text(data_type):
            raise SchemaError(f"{reader} needs text in column '{name}', which is {data_type}")


def require_labels(schema: pa.Schema, name: str, reader: str) -> None:
    """Checks that a column exists and holds labels: text, or a dictionary of text.

    Raises:
        SchemaError: The column is missing, occurs twice, or has another type.
    """
    require_columns(schema, (name,), reader)
    column = schema.field(name)
    if not is_label(column) and not is_text(column.type):
        raise SchemaError(f"{reader} needs labels in column '{name}', which is {column.type}")


def require_comparable(schema: pa.Schema, names: Sequence[str], reader: str) -> None:
    """Checks that columns exist and hold text, labels or whole numbers.

    Raises:
        SchemaError: A column is missing, occurs twice, or has another type.
    """
    require_columns(schema, names, reader)
    for name in names:
        kind = schema.field(name).type
        value = kind.value_type if pa.types.is_dictionary(kind) else kind
        if not (is_text(value) or pa.types.is_integer(value)):
            raise SchemaError(
                f"{reader} needs text, labels or whole numbers in column '{name}', which is {kind}"
            )


def require_absent(schema: pa.Schema, names: Sequence[str], adder: str) -> None:
    """Checks that columns to be added do not exist yet.

    Raises:
        SchemaError: A column exists.
    """
    for name in names:
        if schema.get_all_field_indices(name):
            raise SchemaError(
                f"{adder} adds a column '{name}', which the input already has;"
                " rename or drop it first"
            )
