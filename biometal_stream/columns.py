"""Columns of text as the kernels read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True, eq=False)
class StringColumn:
    """A column of text, in the buffers that Arrow keeps it in.

    Attributes:
        name: The column's name.
        offsets: ``int32`` or ``int64``, (rows + 1,): row ``r`` is
            ``data[offsets[r] : offsets[r + 1]]``.
        data: ``uint8``, (bytes,): may have bytes of other rows before and after.
    """

    name: str
    offsets: NDArray[np.int32]
    data: NDArray[np.uint8]

    @property
    def num_rows(self) -> int:
        """The number of rows."""
        return len(self.offsets) - 1

    def row_of(self, index: int) -> int:
        """The row that a byte of the data belongs to."""
        return int(np.searchsorted(self.offsets, index, side="right")) - 1


def text(view: BatchView, name: str) -> StringColumn:
    """Gives a column of text, without a copy unless it is a ``string_view``.

    Args:
        view: The batch.
        name: A column of type ``string``, ``large_string`` or ``string_view``.

    Raises:
        DataError: A row of it is null.
    """
    return view.once(("text", name), lambda batch: _text(batch, name))


def _text(batch: pa.RecordBatch, name: str) -> StringColumn:
    column = batch.column(name)
    if column.null_count:
        row = int(np.argmin(column.is_valid().to_numpy(zero_copy_only=False)))
        raise DataError(f"column '{name}' is null in row {row} of the batch; drop such rows first")
    if pa.types.is_string_view(column.type):
        column = column.cast(pa.large_string())
    kind = np.int64 if pa.types.is_large_string(column.type) else np.int32
    _, offsets, data = column.buffers()
    return StringColumn(
        name,
        _array(offsets, np.dtype(kind), column.offset, len(column) + 1),
        _array(data, np.dtype(np.uint8), 0, data.size if data is not None else 0),
    )


def _array(buffer: pa.Buffer | None, kind: np.dtype, first: int, count: int) -> NDArray:  # type: ignore[type-arg]
    """A part of a buffer; zeros where an empty column has none. Never writable."""
    if buffer is None or not buffer.size or not count:
        array = np.zeros(count, kind)
    else:
        array = np.frombuffer(buffer, kind, count, first * kind.itemsize)
    array.flags.writeable = False
    return array


def empty_batch(schema: pa.Schema) -> pa.RecordBatch:
    """A batch without rows, of any types: `pyarrow.array` makes none of extension types."""
    columns = [pa.nulls(0, field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def require_equal_lengths(view: BatchView) -> None:
    """Checks that each read has as many qualities as bases.

    Raises:
        DataError: One has not.
    """
    view.once("equal lengths", lambda _: _require_equal_lengths(view))


def _require_equal_lengths(view: BatchView) -> None:
    bases = np.diff(text(view, "sequence").offsets)
    qualities = np.diff(text(view, "quality").offsets)
    differs = bases != qualities
    if differs.any():
        row = int(np.argmax(differs))
        raise DataError(
            f"columns 'sequence' and 'quality' differ in length in row {row} of the batch:"
            f" {bases[row]} bases, {qualities[row]} qualities"
        )
