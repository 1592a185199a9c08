"""Text columns in Arrow's memory: finding, cutting and building them, and removing views.

All access to the buffers of text is here: kernels read a `StringColumn`, which gives the start and
stop of each row in one array of bytes, and their output becomes a column again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.errors import DataError


@dataclass(frozen=True, eq=False)
class StringColumn:
    """A text column, in Arrow's buffers.

    Its arrays are read-only, so that a kernel is compiled for only one kind of array.

    Attributes:
        name: The column's name.
        starts: ``int32`` or ``int64``, (num_rows,): row ``r`` is ``data[starts[r] : stops[r]]``.
        stops: Of the same type, (num_rows,).
        data: ``uint8``, (bytes,): may have bytes of other rows before, between and after.
        rows: ``int64``, (num_rows,): the rows of the batch in this column; ``None`` for all.
    """

    name: str
    starts: NDArray[Any]
    stops: NDArray[Any]
    data: NDArray[np.uint8]
    rows: NDArray[np.int64] | None = None

    @classmethod
    def of(cls, name: str, offsets: NDArray[Any], data: NDArray[np.uint8]) -> Self:
        """A column whose rows follow each other; offsets are (num_rows + 1,)."""
        return cls(name, offsets[:-1], offsets[1:], data)

    @property
    def num_rows(self) -> int:
        """The number of rows."""
        return len(self.starts)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """The bytes of each row, ``int64``, (num_rows,), read-only."""
        lengths: NDArray[np.int64] = np.subtract(self.stops, self.starts, dtype=np.int64)
        return _fixed(lengths)

    @cached_property
    def longest(self) -> int:
        """The length of the longest row in bytes; 0 without rows."""
        return int(self.lengths.max(initial=0))

    @property
    def offsets(self) -> NDArray[Any]:
        """The offsets of a column with contiguous rows, (num_rows + 1,) from 0.

        For any other column, the offsets that it has after `packed`.
        """
        offsets = np.zeros(self.num_rows + 1, self.starts.dtype)
        np.cumsum(self.stops - self.starts, out=offsets[1:])
        offsets.flags.writeable = False
        return offsets

    @property
    def span(self) -> tuple[int, int]:
        """The first byte and the byte after the last, in a column with contiguous rows."""
        return (int(self.starts[0]), int(self.stops[-1])) if self.num_rows else (0, 0)

    @property
    def used(self) -> NDArray[np.uint8]:
        """The bytes of all rows, in a column with contiguous rows."""
        return self.data[slice(*self.span)]

    @property
    def contiguous(self) -> bool:
        """Whether each row starts where the one before it stops."""
        return bool(np.array_equal(self.starts[1:], self.stops[:-1]))

    def packed(self) -> StringColumn:
        """The column with contiguous rows: itself if they are, otherwise a copy."""
        return self if self.contiguous else self.with_bytes(_copied(self))

    def with_bytes(self, data: NDArray[np.uint8]) -> StringColumn:
        """The rows with other bytes, one row after another: (bytes,), or more at the end."""
        offsets = self.offsets
        return StringColumn(self.name, offsets[:-1], offsets[1:], _fixed(data), self.rows)

    def take(self, rows: NDArray[np.int64]) -> StringColumn:
        """Some of the rows; no text is copied."""
        before = rows if self.rows is None else self.rows[rows]
        return StringColumn(
            self.name, _fixed(self.starts[rows]), _fixed(self.stops[rows]), self.data, before
        )

    def cut(self, starts: NDArray[Any], stops: NDArray[Any]) -> StringColumn:
        """Cuts each row to a range of its bytes; no text is copied.

        Args:
            starts: (num_rows,), relative to the row's start.
            stops: (num_rows,), likewise.
        """
        kind = self.starts.dtype
        return StringColumn(
            self.name,
            _fixed((self.starts + starts).astype(kind, copy=False)),
            _fixed((self.starts + stops).astype(kind, copy=False)),
            self.data,
            self.rows,
        )

    def row_of(self, index: int) -> int:
        """The row of the batch that contains a byte of the data."""
        row = int(np.flatnonzero((self.starts <= index) & (index < self.stops))[0])
        return row if self.rows is None else int(self.rows[row])


def string_column(
    column: pa.Array, name: str, rows: NDArray[np.int64] | None = None
) -> StringColumn:
    """Finds the text of an Arrow column, without a copy unless it is a ``string_view``.

    Args:
        column: Of type ``string``, ``large_string`` or ``string_view``; or lists of ``uint8``,
            whose values are used as the bytes of a text.
        name: Its name.
        rows: The rows to take; by default all.

    Raises:
        DataError: One of these rows is null.
    """
    if column.null_count:
        _require_valid(column, name, rows)
    found = StringColumn.of(name, *buffers_of(column))
    return found if rows is None else found.take(rows)


def offsets_of(column: pa.Array) -> NDArray[Any] | None:
    """The offsets of a column of text, binaries or lists, from Arrow's memory, read-only.

    Returns:
        ``int32`` or ``int64``, (num_rows + 1,); ``None`` for other types, including views. The
        offsets of a null row are undefined.
    """
    stored = _OFFSETS.get(column.type.id)
    if stored is None:
        return None
    return _array(column.buffers()[1], stored, column.offset, len(column) + 1)


def is_large(kind: pa.DataType) -> bool:
    """Whether a type of text, binaries or lists has offsets of 64 bits."""
    return kind.id in _LARGE


_OFFSETS = {
    kind.id: np.dtype(stored)
    for stored, kinds in (
        (np.int32, (pa.string(), pa.binary(), pa.list_(pa.null()))),
        (np.int64, (pa.large_string(), pa.large_binary(), pa.large_list(pa.null()))),
    )
    for kind in kinds
}
"""The dtypes of offsets, by the ids of the column types."""

_LARGE = frozenset(kind for kind, stored in _OFFSETS.items() if stored == np.int64)

_TEXTS = {
    kind.id: _OFFSETS[kind.id]
    for kind in (pa.string(), pa.binary(), pa.large_string(), pa.large_binary())
}
"""Those of texts and binaries."""
_BYTE = np.dtype(np.uint8)


def buffers_of(column: pa.Array) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Finds the offsets and the bytes of a column of text, or of lists of ``uint8``.

    Nothing is copied unless it is a ``string_view``.

    Returns:
        The offsets, as from `offsets_of`, and the bytes that they refer to. Both are read-only.
    """
    stored = _TEXTS.get(column.type.id)
    if stored is not None:
        _, ends, data = column.buffers()
        offsets = _array(ends, stored, column.offset, len(column) + 1)
        return offsets, _array(data, _BYTE, 0, data.size if data is not None else 0)
    column = without_views(column)
    found = offsets_of(column)
    assert found is not None
    data = column.buffers()[-1]
    listed = _is_any(column.type, pa.types.is_list, pa.types.is_large_list)
    first = column.values.offset if listed else 0
    size = data.size - first if data is not None else 0
    return found, _array(data, _BYTE, first, size)


def text_of(column: pa.Array) -> tuple[NDArray[Any], memoryview]:
    """The offsets of a text column, as from `offsets_of`, and only its own bytes.

    Returns:
        The offsets, and the bytes from the first of them to the last, without a copy.
    """
    offsets, data = buffers_of(column)
    return offsets, data.data[int(offsets[0]) : int(offsets[-1])]


def as_string(column: pa.Array) -> pa.Array:
    """A text column as ``string``, with 32-bit offsets; unchanged if it already is one.

    Raises:
        DataError: Its texts take more than 2 GiB, as only a single read can.
    """
    if pa.types.is_string(column.type):
        return column
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid as error:
        raise DataError(f"a read of more than 2 GiB cannot be written: {error}") from error


def array_of(
    kind: pa.DataType,
    offsets: NDArray[Any],
    data: pa.Buffer,
    validity: pa.Buffer | None = None,
) -> pa.Array:
    """Makes a column of text, or of lists of ``uint8``, from existing memory.

    Args:
        kind: The column's type. A view is made by a copy; for other types, the offsets must have
            the width of the type's.
        offsets: ``int32`` or ``int64``, (num_rows + 1,).
        data: The bytes that they refer to.
        validity: A bit for each row, 1 for a value, 0 for null; ``None`` without nulls.
    """
    rows, ends = len(offsets) - 1, pa.py_buffer(offsets)
    if _is_any(kind, pa.types.is_list, pa.types.is_large_list):
        items = pa.Array.from_buffers(pa.uint8(), data.size, [None, data])
        return pa.Array.from_buffers(kind, rows, [validity, ends], children=[items])
    stored = pa.string() if offsets.dtype == np.int32 else pa.large_string()
    column = pa.Array.from_buffers(stored, rows, [validity, ends, data])
    # Only a cast needs pyarrow.compute, whose import takes a twentieth of a second.
    return column if kind == stored else column.cast(kind)


def without_views(column: pa.Array) -> pa.Array:
    """The column in a type without views; unchanged if it has none.

    Views are texts and binaries that are scattered in memory. Neither kernels nor most of Arrow's
    own functions support them. Views inside lists and structs are replaced, too.
    """
    if column.type.id in _TEXTS:
        return column
    kind = _without_views(column.type)
    return column if kind == column.type else column.cast(kind)


def by_plain(column: pa.Array, function: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Calls an Arrow function that does not support views; the result has the column's type."""
    plain = without_views(column)
    result = function(plain)
    return result if plain is column else result.cast(column.type)


def _without_views(kind: pa.DataType) -> pa.DataType:
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


def _is_any(kind: pa.DataType, *checks: Callable[[pa.DataType], bool]) -> bool:
    return any(check(kind) for check in checks)


def _require_valid(column: pa.Array, name: str, rows: NDArray[np.int64] | None) -> None:
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    absent = np.flatnonzero(~valid) if rows is None else rows[~valid[rows]]
    if len(absent):
        raise DataError(
            f"column '{name}' is null in row {absent[0]} of the batch; drop such rows first"
        )


def string_array(column: StringColumn, kind: pa.DataType) -> pa.Array:
    """Makes an Arrow array of a column; copies its rows unless they are all of its bytes.

    Args:
        column: The rows, cut or not.
        kind: The type of the array: that of the original column.
    """
    from biometal_stream.simd.text import PADDING

    offsets = column.offsets
    nbytes = int(offsets[-1])
    alone = len(column.data) <= nbytes + PADDING and not column.starts[:1].any()
    data = column.data if alone and column.contiguous else _copied(column)
    return array_of(kind, offsets, pa.py_buffer(data).slice(0, nbytes))


def _copied(column: StringColumn) -> NDArray[np.uint8]:
    """The bytes of all rows, one row after another, and some more."""
    from biometal_stream.simd.text import PADDING, copy_rows

    data = np.frombuffer(pa.allocate_buffer(int(column.offsets[-1]) + PADDING), np.uint8)
    copy_rows(column.starts, column.stops, column.data, data)
    return data


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _array(buffer: pa.Buffer | None, kind: np.dtype[Any], first: int, count: int) -> NDArray[Any]:
    """A part of a buffer; zeros if an empty column lacks it."""
    if buffer is None or not buffer.size or not count:
        return _fixed(np.zeros(count, kind))
    return _fixed(np.frombuffer(buffer, kind, count, first * kind.itemsize))


def validity_of(column: pa.Array) -> NDArray[np.uint8]:
    """Which values of a column are not null, without `pyarrow.compute`, whose import takes 40 ms.

    Returns:
        ``uint8``, (num_rows,): 1 for a value, 0 for null.
    """
    if not column.null_count:
        return np.ones(len(column), np.uint8)
    bitmap = column.buffers()[0]
    if bitmap is None:  # the type of nulls
        return np.zeros(len(column), np.uint8)
    bits = np.frombuffer(bitmap, np.uint8)[column.offset // 8 :]
    first = column.offset % 8
    return np.unpackbits(bits, count=first + len(column), bitorder="little")[first:]


def alternating_mates(rows: int) -> pa.Array:
    """The mates of pairs, ``int8``, (rows,): 1, 2, 1, 2 and so on."""
    global _mates  # noqa: PLW0603 - grows to the most rows of a batch
    mates = _mates
    if len(mates) < rows:
        pairs = pa.py_buffer(np.tile(np.array([1, 2], np.int8), rows))
        _mates = mates = pa.Array.from_buffers(pa.int8(), 2 * rows, [None, pairs])
    return mates.slice(0, rows)


_mates = pa.nulls(0, pa.int8())


def together(batch: pa.RecordBatch, rows: int) -> int:
    """The number of first rows to take so that mates stay together: ``rows``, or one more."""
    place = batch.schema.get_field_index("mate")
    if place < 0 or not 0 < rows < batch.num_rows:
        return rows
    mates = batch.column(place).slice(rows - 1, 2).to_pylist()
    return rows + int(mates == [1, 2])


def unit_starts(batch: pa.RecordBatch) -> NDArray[np.int64]:
    """The rows that start a read or a pair: mate 2 stays with the mate 1 before it.

    Returns:
        ``int64``, (units,).
    """
    place = batch.schema.get_field_index("mate")
    rows = batch.num_rows
    if place < 0 or not rows:
        return np.arange(rows)
    column = batch.column(place)
    mates = column.to_numpy(zero_copy_only=False)  # a null is NaN
    second = np.zeros(rows, np.bool_)
    second[1:] = (mates[1:] == 2) & (mates[:-1] == 1)
    return np.flatnonzero(~second)


def merged_reads(batch: pa.RecordBatch) -> int:
    """The number of reads that two mates were merged to: their ``mate`` is null."""
    place = batch.schema.get_field_index("mate")
    return int(batch.column(place).null_count) if place >= 0 else 0


def empty_batch(schema: pa.Schema) -> pa.RecordBatch:
    """A batch without rows, of any types: `pyarrow.array` does not support extension types."""
    return pa.RecordBatch.from_arrays([pa.nulls(0, each.type) for each in schema], schema=schema)
