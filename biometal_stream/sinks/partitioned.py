"""Deals rows to partitions by the value of a column, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from biometal_stream.columns import by_plain, without_views
from biometal_stream.errors import DataError, SchemaError, SinkError
from biometal_stream.schemas import require_columns
from biometal_stream.schemas.checks import is_text
from biometal_stream.sinks.dictionaries import require_recodable
from biometal_stream.sinks.rebatch import RowRebatcher

NULL = "__HIVE_DEFAULT_PARTITION__"
"""How Hive, Spark, pyarrow and DuckDB name the partition of nulls."""

EMPTY_FILE = "part-0.parquet"
"""The file without rows that a folder of no partitions holds: no reader takes an empty one."""

_DEALT_ROWS = 16_384
_DEALT_BYTES = 64 * 2**20
_COMPACTED = 64
_PLAIN_BYTES = 8


def require_partition_column(schema: pa.Schema, column: str) -> None:
    """Checks that rows can be dealt by a column.

    Raises:
        SchemaError: It is missing, is the only one, or has another type than an integer, bool,
            text, or a dictionary of one of these.
    """
    require_columns(schema, (column,), "partition_by")
    kind = schema.field(column).type
    if pa.types.is_dictionary(kind):
        require_recodable(schema.field(column))
        kind = kind.value_type
    if not (pa.types.is_integer(kind) or pa.types.is_boolean(kind) or is_text(kind)):
        raise SchemaError(
            f"partition_by needs integers, bools or text in column '{column}', which is {kind}"
        )
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


def partition_of(batch: pa.RecordBatch, column: str) -> str:
    """Names the partition of a batch of which all rows have one value in a column."""
    return folder_name(column, batch.column(column)[0].as_py())


class PartitionRebatcher:
    """Rebatches the rows of each partition in their order.

    A morsel is of one partition. It ends as that of a `RowRebatcher` does, or earlier: where all
    partitions together hold more than ``memory`` bytes, the largest one is taken as it is. So
    at most ``memory`` and one dealt batch (16,384 rows or 64 MiB) are held, whatever the number
    of rows and partitions. Belongs to one thread.

    Args:
        column: The column that tells the partition.
        rows: The most rows of a morsel.
        nbytes: The most bytes of a morsel.
        memory: The most bytes that wait for morsels to be whole.
        most: The most partitions.
    """

    def __init__(self, column: str, rows: int, nbytes: int, *, memory: int, most: int) -> None:
        self._column = column
        self._rows = rows
        self._nbytes = nbytes
        self._memory = memory
        self._most = most
        # Dealing batches of fixed rows makes the morsels depend on the rows alone.
        self._dealt = RowRebatcher(_DEALT_ROWS, _DEALT_BYTES)
        self._partitions: dict[str, RowRebatcher] = {}

    def add(self, batch: pa.RecordBatch, /) -> Iterator[list[pa.RecordBatch]]:
        """Takes a batch; yields the morsels that it completes."""
        for morsel in self._dealt.add(batch):
            yield from self._deal(pa.concat_batches(morsel))

    def finish(self) -> Iterator[list[pa.RecordBatch]]:
        """Yields what is left, partition by partition in the order of their first rows."""
        for morsel in self._dealt.finish():
            yield from self._deal(pa.concat_batches(morsel))
        for rebatcher in self._partitions.values():
            yield from rebatcher.finish()

    def _deal(self, batch: pa.RecordBatch) -> Iterator[list[pa.RecordBatch]]:
        column = batch.column(self._column)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        encoded = without_views(column).dictionary_encode(null_encoding="encode")
        codes = encoded.indices.to_numpy()
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(encoded.dictionary)))
        start = 0
        for value, end in zip(encoded.dictionary.to_pylist(), ends.tolist(), strict=True):
            rows = order[start:end]
            start = end
            # A copy, since a slice of few rows would keep the whole batch alive.
            own = batch if len(rows) == batch.num_rows else _taken(batch, pa.array(rows))
            rebatcher = self._rebatcher(folder_name(self._column, value))
            yield from rebatcher.add(own)
            rebatcher.compact(_COMPACTED)
        width = _PLAIN_BYTES * batch.num_columns
        held = {name: each.held_bytes + each.held_rows * width for name, each in self._waiting()}
        while sum(held.values()) > self._memory:
            largest = max(held, key=lambda name: held[name])
            del held[largest]
            yield self._partitions[largest].take()

    def _waiting(self) -> Iterator[tuple[str, RowRebatcher]]:
        return ((name, each) for name, each in self._partitions.items() if each.held_rows)

    def _rebatcher(self, name: str) -> RowRebatcher:
        if name not in self._partitions:
            if len(self._partitions) == self._most:
                raise SinkError(
                    f"partition_by: column '{self._column}' has more than {self._most} different"
                    " values; choose another column, or raise the limit (--max-partitions)"
                )
            self._partitions[name] = RowRebatcher(self._rows, self._nbytes)
        return self._partitions[name]


def _taken(batch: pa.RecordBatch, rows: pa.Array) -> pa.RecordBatch:
    """Copies rows."""
    columns = [by_plain(column, lambda plain: plain.take(rows)) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)
