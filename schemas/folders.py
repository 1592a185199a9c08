"""The column that the names of folders hold: ``column=value``, and its type in the files."""

from __future__ import annotations

import base64

import pyarrow as pa

from biometal_stream.schemas.checks import is_text

PARTITION_KEY = b"biometal_stream.partition"
"""Where a file's metadata keep the column that its folder's name holds, with its type."""


def partition_note(field: pa.Field) -> dict[bytes, bytes]:
    """What a file notes of the column that is left out of it: Arrow's schema of it, as base64."""
    return {PARTITION_KEY: base64.b64encode(pa.schema([field]).serialize())}


def noted_partition(metadata: dict[bytes, bytes] | None) -> pa.Field | None:
    """The column that a file has noted; ``None`` where it has not, or in no form that is known."""
    try:
        text = (metadata or {})[PARTITION_KEY]
        return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(text))).field(0)
    except (LookupError, ValueError, OSError, pa.ArrowException):
        return None


def folder_value(text: str | None, kind: pa.DataType) -> object:
    """The value that the name of a folder stands for.

    Raises:
        ValueError: It is not one of this type.
    """
    if text is None or is_text(kind):
        return text
    if pa.types.is_boolean(kind):
        if text not in {"true", "false"}:
            raise ValueError(text)
        return text == "true"
    return int(text)
