"""The column in folder names, ``column=value``, and its type as stored in the files."""

from __future__ import annotations

import base64

import pyarrow as pa

from biometal_stream.schemas.checks import is_text

PARTITION_KEY = b"biometal_stream.partition"
"""The metadata key of the column in the folder's name, with its type."""


def partition_note(field: pa.Field) -> dict[bytes, bytes]:
    """Metadata for the column that a file leaves out: its Arrow schema, as base64."""
    return {PARTITION_KEY: base64.b64encode(pa.schema([field]).serialize())}


def noted_partition(metadata: dict[bytes, bytes] | None) -> pa.Field | None:
    """The column noted in a file's metadata; ``None`` if it is missing or unreadable."""
    try:
        text = (metadata or {})[PARTITION_KEY]
        return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(text))).field(0)
    except (LookupError, ValueError, OSError, pa.ArrowException):
        return None


def folder_value(text: str | None, kind: pa.DataType) -> object:
    """The value of a column, from the name of a folder.

    Raises:
        ValueError: The text is not a value of this type.
    """
    if text is None or is_text(kind):
        return text
    if pa.types.is_boolean(kind):
        if text not in {"true", "false"}:
            raise ValueError(text)
        return text == "true"
    return int(text)
