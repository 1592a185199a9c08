"""Partitions as Hive names them: a folder ``column=value`` for each value of a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

import pyarrow as pa

from biometal_stream.errors import DataError, SchemaError
from biometal_stream.schemas.checks import is_text
from biometal_stream.sinks.partitioned import require_key_column

NULL = "__HIVE_DEFAULT_PARTITION__"
"""How Hive, Spark, pyarrow and DuckDB name the partition of nulls."""

EMPTY_FILE = "part-0.parquet"
"""The file without rows that a folder of no partitions holds: no reader takes an empty one."""


@dataclass(frozen=True)
class HiveFolders:
    """Names a file for each value of a column: ``column=value/part-0.parquet``.

    Attributes:
        column: The column.
    """

    paired: ClassVar[bool] = False

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column whose values name folders."""
        return (self.column,)

    @property
    def what(self) -> str:
        """What has too many values, in messages."""
        return f"partition_by: column '{self.column}' has"

    def names(self, values: Mapping[str, object]) -> tuple[str]:
        """Names the file of a value.

        Raises:
            DataError: The value is the text that stands for null.
        """
        return (f"{folder_name(self.column, values[self.column])}/{EMPTY_FILE}",)


def require_partition_column(schema: pa.Schema, column: str) -> None:
    """Checks that a column can name folders and that other columns are left for the files.

    Raises:
        SchemaError: It is missing, is the only one, or has another type than an integer, bool,
            text, or a dictionary of one of these.
    """
    require_key_column(schema, column, "partition_by")
    if len(schema) == 1:
        raise SchemaError(f"partition_by leaves out column '{column}', and there is no other")


def read_as(field: pa.Field) -> pa.Field:
    """The column as readers make it of the names of folders, which know text and numbers."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    return pa.field(field.name, pa.string() if is_text(kind) else kind)


def folder_name(column: str, value: object) -> str:
    """Names the folder of a partition, as Hive does: ``column=value``.

    Whatever bytes a file had in that column, the name is one part of a path: letters, digits
    and ``_.-~`` stay, all others become ``%`` and two hexadecimal digits.

    Raises:
        DataError: The value is the text that stands for null, which no reader would take for
            itself.
    """
    if value is None:
        text = NULL
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        text = quote(str(value), safe="")
        if text == NULL:
            raise DataError(f"column '{column}' holds {NULL}, which in folders' names means null")
    return f"{quote(column, safe='')}={text}"
