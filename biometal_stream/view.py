"""A batch together with what has been computed of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.errors import DataError, SchemaError

T = TypeVar("T")


class BatchView:
    """A batch that remembers what was computed of it, so that filters share their work.

    Belongs to one thread.

    Attributes:
        batch: The batch.

    Raises:
        SchemaError: It is something else, such as a table, which engines also call a batch.
    """

    def __init__(self, batch: pa.RecordBatch) -> None:
        if not isinstance(batch, pa.RecordBatch):
            raise SchemaError(
                f"an operator takes a RecordBatch, and this is a {type(batch).__name__}; of a"
                " table give it each of table.to_batches()"
            )
        self.batch = batch
        self._known: dict[Hashable, object] = {}

    def once(self, key: Hashable, compute: Callable[[pa.RecordBatch], T]) -> T:
        """Returns ``compute(batch)``, computed at the first call with this key."""
        if key not in self._known:
            self._known[key] = compute(self.batch)
        return cast("T", self._known[key])

    @property
    def paired(self) -> bool:
        """Whether the rows are mates 1 and 2 in turn, as a ``mate`` column says.

        Raises:
            DataError: There is such a column, and its rows are not in that order.
        """
        return self.once("paired", _is_paired)

    def select(self, keep: NDArray[np.bool_]) -> pa.RecordBatch:
        """Copies the rows to keep; the batch itself where that is all of them.

        Args:
            keep: (num_rows,), with both mates of a pair alike.
        """
        if keep.all():
            return self.batch
        return filter_rows(self.batch, keep)

    def unite_mates(self, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Drops each pair of which one mate is to be dropped; (num_rows,) to (num_rows,)."""
        if not self.paired:
            return keep
        return np.repeat(keep[0::2] & keep[1::2], 2)


def filter_rows(batch: pa.RecordBatch, keep: NDArray[np.bool_]) -> pa.RecordBatch:
    """Copies the rows to keep; keep is (num_rows,)."""
    if not batch.num_columns:
        return batch.slice(0, int(np.count_nonzero(keep)))
    mask = pa.array(keep)
    columns = [_filter(column, mask) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _filter(column: pa.Array, mask: pa.Array) -> pa.Array:
    stored = _without_views(column.type)
    if stored == column.type:
        return column.filter(mask)
    return column.cast(stored).filter(mask).cast(column.type)


def _without_views(kind: pa.DataType) -> pa.DataType:
    """The type that holds the same values without views, which pyarrow cannot filter."""
    if pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_binary_view(kind):
        return pa.large_binary()
    if pa.types.is_list(kind):
        return pa.list_(_field_without_views(kind.value_field))
    if pa.types.is_large_list(kind):
        return pa.large_list(_field_without_views(kind.value_field))
    if pa.types.is_struct(kind):
        return pa.struct([_field_without_views(field) for field in kind.fields])
    return kind


def _field_without_views(field: pa.Field) -> pa.Field:
    return field.with_type(_without_views(field.type))


def _is_paired(batch: pa.RecordBatch) -> bool:
    index = batch.schema.get_field_index("mate")
    if index < 0:
        return False
    mates = batch.column(index)
    values = mates.to_numpy(zero_copy_only=False)
    if len(values) % 2 or (values[0::2] != 1).any() or (values[1::2] != 2).any():
        raise DataError(
            "the 'mate' column must hold 1 and 2 in turn, mates being adjacent rows of one batch;"
            " drop the column to treat the reads as single"
        )
    return True
