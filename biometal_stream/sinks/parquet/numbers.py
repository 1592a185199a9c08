"""Pages of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.sinks.buffers import Bytes
from biometal_stream.sinks.parquet.bodies import put_small_numbers
from biometal_stream.sinks.parquet.compression import Compression
from biometal_stream.sinks.parquet.deltas import pack_deltas, packed_room
from biometal_stream.sinks.parquet.pages import (
    DELTA_BINARY_PACKED,
    DOUBLE,
    FLOAT,
    INT32,
    INT64,
    PLAIN,
    Body,
    Page,
    Pages,
    after_levels,
)
from biometal_stream.sinks.parquet.slices import ORIGIN, number_slices
from biometal_stream.sinks.parquet.thrift import BINARY, I64, Fields

NUMBERS: dict[pa.DataType, tuple[int, type[np.generic]]] = {
    pa.int32(): (INT32, np.int32),
    pa.uint32(): (INT32, np.uint32),
    pa.int64(): (INT64, np.int64),
    pa.uint64(): (INT64, np.uint64),
    pa.float32(): (FLOAT, np.float32),
    pa.float64(): (DOUBLE, np.float64),
}
"""The physical type of each type of numbers, and the type in which limits are stored."""


class Numbers(Pages):
    """Numbers unchanged (PLAIN), with the smallest and the largest, so that readers can skip."""

    encoding = PLAIN
    _stored: type[np.generic]

    def __init__(self, field: pa.Field, compression: Compression) -> None:
        super().__init__(field, compression)
        self.kind, self._stored = NUMBERS.get(field.type, (INT32, np.int32))
        # `to_pandas_dtype` imports pandas. Small integers are called as in numpy.
        read = NUMBERS[field.type][1] if field.type in NUMBERS else str(field.type)
        self._read = np.dtype(read)
        self._width = self._read.itemsize

    def _values(self, columns: list[pa.Array]) -> list[NDArray[Any]]:
        return [
            np.frombuffer(column.buffers()[1], self._read, len(column), column.offset * self._width)
            for column in columns
            if len(column)
        ]

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        values = self._values(columns)
        if not rows:
            return Body(self._joined([levels]))
        # These two ignore NaN, and do not warn.
        low = np.fmin.reduce([np.fmin.reduce(each) for each in values])
        high = np.fmax.reduce([np.fmax.reduce(each) for each in values])
        parts: list[Bytes] = [levels]
        parts += [each.data.cast("B") for each in values]
        return Body(self._joined(parts), limits=(low, high))

    def statistics(self, pages: Sequence[Page]) -> Fields:
        """The number of nulls, and the smallest and the largest value that is not NaN."""
        found: Fields = {3: (I64, sum(page.nulls for page in pages))}
        limits = [page.limits for page in pages if page.limits is not None]
        if limits:
            least = np.fmin.reduce([low for low, _ in limits])
            most = np.fmax.reduce([high for _, high in limits])
            if not np.isnan(least):  # otherwise all are NaN
                # The format requires that 0 covers both zeros.
                least = -abs(least) if least == 0 else least
                most = abs(most) if most == 0 else most
                found[5] = (BINARY, self._stored(most).tobytes())
                found[6] = (BINARY, self._stored(least).tobytes())
        return found


class SmallNumbers(Numbers):
    """Differences in as few bits as possible (DELTA_BINARY_PACKED), for flags and mates."""

    encoding = DELTA_BINARY_PACKED

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        start = len(levels)
        out = self._scratch.bytes("page", start + packed_room(rows))
        numbers = self._scratch.numbers("lengths", rows)
        if not rows:
            return Body(
                [after_levels(levels, out[: start + pack_deltas(numbers, out[start:])], start)]
            )
        limits = np.empty(2, np.int64)
        slices = number_slices(columns)
        packed = put_small_numbers(ORIGIN, slices, numbers, limits, out[start:])
        low, high = limits
        return Body([after_levels(levels, out[: start + packed], start)], limits=(low, high))


class PlainSmallNumbers(Numbers):
    """Small numbers in 32 bits each (PLAIN)."""

    def _values(self, columns: list[pa.Array]) -> list[NDArray[Any]]:
        return [values.astype(np.int32) for values in super()._values(columns)]
