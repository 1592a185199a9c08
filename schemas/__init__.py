"""The Arrow schemas of the stream, and checks that schemas have the columns needed."""

from __future__ import annotations

from biometal_stream.schemas.checks import require_columns, require_text
from biometal_stream.schemas.reads import (
    NAMINGS,
    SCHEMA_VERSION,
    Naming,
    reads_schema,
    rename_reads,
)

__all__ = [
    "NAMINGS",
    "SCHEMA_VERSION",
    "Naming",
    "reads_schema",
    "rename_reads",
    "require_columns",
    "require_text",
]
