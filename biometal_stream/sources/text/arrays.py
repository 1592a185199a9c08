"""Makes columns and batches from buffers filled by kernels."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import alternating_mates, array_of
from biometal_stream.sources.text.segments import allocate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_ALIGNED = 64


def to_batch(records: int, columns: dict[str, pa.Array], schema: pa.Schema) -> pa.RecordBatch:
    """Makes a batch of parsed columns, with ``mate`` if the schema has it."""
    names = schema.names
    if not names:
        # A batch without columns gets its number of rows from one with columns.
        return fitted(pa.RecordBatch.from_arrays([pa.nulls(records)], [""]), schema)
    if "mate" in names:
        columns = {**columns, "mate": alternating_mates(records)}
    return pa.RecordBatch.from_arrays([columns[name] for name in names], schema=schema)


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The columns of the schema from a batch that has them all; without columns, the same rows."""
    if not schema.names:
        return batch.select([]).replace_schema_metadata(schema.metadata)
    return pa.RecordBatch.from_arrays([batch.column(name) for name in schema.names], schema=schema)


class Arena:
    """Memory for all columns of a batch, in one piece.

    A thread that allocates hands over Python's lock, and has to get it again.

    Args:
        sizes: The bytes of each array.

    Attributes:
        arrays: ``uint8``, of these sizes, each aligned to 64 bytes.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        ends = list(accumulate([-(-size // _ALIGNED) * _ALIGNED for size in sizes], initial=0))
        self._buffer = pa.allocate_buffer(ends[-1])
        bytes_ = np.frombuffer(self._buffer, np.uint8)
        self._starts = ends
        self.arrays = [
            bytes_[start : start + size] for start, size in zip(ends, sizes, strict=False)
        ]

    def bytes(self, rows: int, place: int) -> pa.Array:
        """A column of ``uint8`` of one of the arrays, without a copy."""
        return pa.Array.from_buffers(
            pa.uint8(), rows, [None, self._buffer.slice(self._starts[place], rows)]
        )

    def text(
        self, rows: int, data: int, offsets: int, valid: NDArray[np.uint8] | None = None
    ) -> pa.Array:
        """A text column of two of the arrays, without a copy.

        Args:
            rows: The number of rows.
            data: The place of the bytes.
            offsets: The place of the offsets, ``int32``.
            valid: As for `text_column`.
        """
        nbytes = int(self.arrays[offsets].view(np.int32)[rows])
        buffers = [
            _validity(rows, valid),
            self._buffer.slice(self._starts[offsets], 4 * (rows + 1)),
            self._buffer.slice(self._starts[data], nbytes),
        ]
        return pa.Array.from_buffers(pa.string(), rows, buffers)


def offsets_array(records: int) -> NDArray[np.int32]:
    """Allocates the offsets for a number of rows: ``int32``, (records + 1,)."""
    return allocate(4 * (records + 1)).view(np.int32)


def text_column(
    rows: int,
    offsets: NDArray[np.int32],
    data: NDArray[np.uint8],
    valid: NDArray[np.uint8] | None = None,
) -> pa.Array:
    """A text column from buffers filled by kernels, without a copy.

    Args:
        rows: The number of rows.
        offsets: ``int32``, (rows + 1 or more,).
        data: ``uint8``.
        valid: ``uint8``, (rows or more,): 0 for nulls.
    """
    text = pa.py_buffer(data[: int(offsets[rows])])
    return array_of(pa.string(), offsets[: rows + 1], text, _validity(rows, valid))


def _validity(rows: int, valid: NDArray[np.uint8] | None) -> pa.Buffer | None:
    if valid is None or valid[:rows].all():
        return None
    return pa.py_buffer(np.packbits(valid[:rows], bitorder="little"))


def first_not_utf8(rows: int, *columns: tuple[NDArray[np.int32], NDArray[np.uint8]]) -> int:
    """Finds the first row with text that is not UTF-8; ``rows`` if all of it is."""
    good = rows
    for offsets, data in columns:
        try:
            text_column(good, offsets, data).validate(full=True)
        except pa.ArrowInvalid:
            for row in range(good):
                try:
                    bytes(data[offsets[row] : offsets[row + 1]]).decode()
                except UnicodeDecodeError:
                    good = row
                    break
    return good
