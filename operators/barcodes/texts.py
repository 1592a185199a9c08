"""Joins parts of text columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from biometal_stream.columns import StringColumn, array_of, is_large
from biometal_stream.simd.text import PADDING, copy_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def joined(
    parts: Sequence[StringColumn],
    separator: bytes = b"",
    *,
    valid: NDArray[np.bool_] | None = None,
    times: int = 1,
    kind: pa.DataType | None = None,
) -> pa.Array:
    """Joins text row by row.

    Args:
        parts: The text of each row in parts, at least one, each (rows,).
        separator: What stands between them.
        valid: ``bool``, (rows,): the rows that are not null; by default all.
        times: How often each row is repeated.
        kind: The type of the array, by default ``string``.

    Returns:
        (rows * times,).
    """
    columns = [packed(part) for part in parts]
    for place in range(len(columns) - 1, 0, -1):
        columns.insert(place, constant(separator, columns[0].num_rows))
    texts = [column.data for column in columns]
    moved = np.cumsum([0, *(len(data) for data in texts[:-1])])
    starts, stops = (
        np.stack([getattr(column, end) + at for column, at in zip(columns, moved, strict=True)], 1)
        for end in ("starts", "stops")
    )
    if valid is not None:
        stops = np.where(valid[:, None], stops, starts)
    if times > 1:
        starts, stops = np.repeat(starts, times, 0), np.repeat(stops, times, 0)
    kind = pa.string() if kind is None else kind
    lengths = (stops - starts).sum(1)
    offsets = np.zeros(len(lengths) + 1, np.int64 if is_large(kind) else np.int32)
    np.cumsum(lengths, out=offsets[1:])
    data = _copied(starts.ravel(), stops.ravel(), np.concatenate(texts))
    validity = None
    if valid is not None and not valid.all():
        validity = pa.py_buffer(np.packbits(np.repeat(valid, times), bitorder="little"))
    return array_of(kind, offsets, data, validity)


def packed(part: StringColumn) -> StringColumn:
    """The rows of a column, copied one after another."""
    data = _copied(part.starts, part.stops, part.data)
    offsets = np.zeros(part.num_rows + 1, np.int64)
    np.cumsum(part.lengths, out=offsets[1:])
    return StringColumn.of(part.name, offsets, np.frombuffer(data, np.uint8))


def constant(text: bytes, rows: int) -> StringColumn:
    """A column of one text."""
    starts = np.zeros(rows, np.int64)
    return StringColumn("", starts, starts + len(text), np.frombuffer(text, np.uint8))


def _copied(starts: NDArray[Any], stops: NDArray[Any], data: NDArray[np.uint8]) -> pa.Buffer:
    for array in (starts, stops, data):
        array.flags.writeable = False
    nbytes = int((stops.astype(np.int64) - starts).sum())
    buffer = pa.allocate_buffer(nbytes + PADDING)
    copy_rows(starts, stops, data, np.frombuffer(buffer, np.uint8))
    return buffer.slice(0, nbytes)
