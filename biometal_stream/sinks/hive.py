"""Partitions named as in Hive: a folder ``column=value`` for each value of a column."""

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
"""The name of the partition of nulls in Hive, Spark, pyarrow and DuckDB."""

EMPTY_FILE = "part-0.parquet"
"""The file without rows in a folder without partitions: readers reject an empty folder."""


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
        """The column whose values name the folders."""
        return (self.column,)

    @property
    def what(self) -> str:
        """What has too many values, for messages."""
        return f"partition_by: column '{self.column}' has"

    def names(self, values: Mapping[str, object]) -> tuple[str]:
        """Names the file of a value.

        Raises:
            DataError: The value is the text that means null.
        """
        return (f"{folder_name(self.column, values[self.column])}/{EMPTY_FILE}",)


def require_partition_column(schema: pa.Schema, column: str) -> None:
    """Checks that a column can name folders and that the files have other columns left.

    Raises:
        SchemaError: The column is missing, is the only one, or is not an integer, bool, text, or a
            dictionary of one of these.
    """
    require_key_column(schema, column, "partition_by")
    if len(schema) == 1:
        raise SchemaError(f"partition_by leaves out column '{column}', and there is no other")


def read_as(field: pa.Field) -> pa.Field:
    """The column as readers restore it from folder names, which hold only text and numbers."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    return pa.field(field.name, pa.string() if is_text(kind) else kind)


def folder_name(column: str, value: object) -> str:
    """Names the folder of a partition, as Hive does: ``column=value``.

    Whatever bytes the column holds, the name is a single part of a path: letters, digits and
    ``_.-~`` stay, all others become ``%`` and two hexadecimal digits.

    Raises:
        DataError: The value is the text that means null, which readers would take for null.
    """
    if value is None:
        text = NULL
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        text = quote(str(value), safe="")
        if text == NULL:
            raise DataError(f"column '{column}' holds {NULL}, which means null in folder names")
    return f"{quote(column, safe='')}={text}"
