"""Makes columns and batches from buffers filled by kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import array_of
from biometal_stream.sources.text.segments import allocate

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_batch(records: int, columns: dict[str, pa.Array], schema: pa.Schema) -> pa.RecordBatch:
    """Makes a batch of parsed columns, with ``mate`` if the schema has it."""
    if "mate" in schema.names:
        mates = np.tile(np.array([1, 2], np.int8), records // 2)
        columns = {**columns, "mate": pa.array(mates)}
    if not schema.names:
        # A batch without columns gets its number of rows from one with columns.
        columns = {"": pa.nulls(records)}
    return fitted(pa.RecordBatch.from_arrays(list(columns.values()), list(columns)), schema)


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The columns of the schema from a batch that has them all; without columns, the same rows."""
    if not schema.names:
        return batch.select([]).replace_schema_metadata(schema.metadata)
    return pa.RecordBatch.from_arrays([batch.column(name) for name in schema.names], schema=schema)


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
    validity = None
    if valid is not None and not valid[:rows].all():
        validity = pa.py_buffer(np.packbits(valid[:rows], bitorder="little"))
    text = pa.py_buffer(data[: int(offsets[rows])])
    return array_of(pa.string(), offsets[: rows + 1], text, validity)


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
