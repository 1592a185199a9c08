"""Tables with the addresses of Arrow arrays, for the kernels that encode pages."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.columns import is_large
from biometal_stream.simd.words import WIDTH
from biometal_stream.sinks.parquet.bodies import SliceTable

ORIGIN: NDArray[np.uint8] = np.zeros(WIDTH, np.uint8)
"""The array that addresses are relative to."""

_ORIGIN = ORIGIN.ctypes.data


def text_slices(columns: list[pa.Array]) -> SliceTable:
    """Makes the table of a column of text.

    Args:
        columns: Of ``string`` or ``large_string``, without nulls.

    Returns:
        ``int64``, (columns, 4): the address of the first offset, the bytes per offset, the address
        of the text, and the number of rows.
    """
    table = np.zeros((len(columns), 4), np.int64)
    put_text_slices(columns, table)
    return table


def put_text_slices(columns: list[pa.Array], table: SliceTable) -> None:
    """Fills rows of a table, as `text_slices` does; no texts need no row."""
    for index, column in enumerate(columns):
        rows = len(column)
        if rows:
            width = 8 if is_large(column.type) else 4
            _, offsets, data = column.buffers()
            first = offsets.address + column.offset * width
            text = data.address if data is not None else 0
            table[index] = (first - _ORIGIN, width, text - _ORIGIN, rows)


def number_slices(columns: list[pa.Array]) -> SliceTable:
    """Makes the table of a column of 8-bit or 16-bit integers.

    Returns:
        ``int64``, (columns, 4): the address of the first value, the bytes per value, 1 if they are
        signed, and the number of rows.
    """
    table = np.zeros((len(columns), 4), np.int64)
    for index, column in enumerate(columns):
        if not len(column):
            continue
        kind = column.type
        width = kind.bit_width // 8
        first = column.buffers()[1].address + column.offset * width
        signed = pa.types.is_signed_integer(kind)
        table[index] = (first - _ORIGIN, width, signed, len(column))
    return table
