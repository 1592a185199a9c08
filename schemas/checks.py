"""The check that a schema has what an operator reads, made before any data flows."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import pyarrow as pa

from biometal_stream.errors import SchemaError
from biometal_stream.measured import added_by
from biometal_stream.schemas.reads import WITHOUT_QUALITY


def is_text(data_type: pa.DataType) -> bool:
    """Whether a type is one of Arrow's three kinds of string."""
    return bool(
        pa.types.is_string(data_type)
        or pa.types.is_large_string(data_type)
        or pa.types.is_string_view(data_type)
    )


def require_columns(schema: pa.Schema, names: Sequence[str], reader: str) -> None:
    """Checks that columns exist, each once.

    Args:
        schema: The input's schema.
        names: The columns that are needed.
        reader: Who needs them, for the message.

    Raises:
        SchemaError: One is missing or stands there twice.
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
    """What to do about a column that is not there."""
    several = name.replace(",", " ").split()
    if len(several) > 1 and "," in name:
        return f"; write the names apart: {' '.join(several)}."
    without = (schema.metadata or {}).get(WITHOUT_QUALITY.encode())
    if name == "quality" and without is not None:
        return f"; the reads come from {without.decode()}, which has no qualities."
    step = added_by(name)
    if step is not None:
        return f", which '{step}' adds; put that step before it."
    alike = get_close_matches(name.lower(), schema.names, n=1)
    return f"; did you mean '{alike[0]}'?" if alike else "."


def require_text(schema: pa.Schema, names: Sequence[str], reader: str) -> None:
    """Checks that columns exist and hold text: ``string``, ``large_string``, ``string_view``.

    Raises:
        SchemaError: One is missing, stands there twice, or has another type.
    """
    require_columns(schema, names, reader)
    for name in names:
        data_type = schema.field(name).type
        if not is_text(data_type):
            raise SchemaError(f"{reader} needs text in column '{name}', which is {data_type}")


def require_absent(schema: pa.Schema, names: Sequence[str], adder: str) -> None:
    """Checks that columns that are to be added do not exist.

    Raises:
        SchemaError: One does.
    """
    for name in names:
        if schema.get_all_field_indices(name):
            raise SchemaError(
                f"{adder} adds a column '{name}', which the input has;"
                " rename or drop that one first"
            )
