"""Arrow tables of numbers and texts, made and read without pandas.

``pa.array``, ``to_numpy`` and what uses them import pandas where it is installed. That takes longer
than the rest of a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DTYPES = {pa.int32(): np.int32, pa.int64(): np.int64, pa.float64(): np.float64}


def array(
    values: Sequence[Any] | NDArray[Any] | pa.Array,
    kind: pa.DataType,
    missing: NDArray[np.bool_] | None = None,
) -> pa.Array:
    """An Arrow array.

    Args:
        values: What it holds; ``None`` in a sequence is null.
        kind: Its type: ``int32``, ``int64``, ``float64`` or ``string``.
        missing: ``bool``, (values,): which are null, if ``values`` is an array of numbers.

    Raises:
        TypeError: The values are not of that type.
    """
    if isinstance(values, pa.Array):
        return values if values.type == kind else pa.nulls(len(values), kind)
    if not isinstance(values, np.ndarray):
        missing = np.array([cell is None for cell in values], np.bool_)
    validity = None
    if missing is not None and missing.any():
        validity = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    if pa.types.is_string(kind):
        buffers = _texts(values)
    else:
        buffers = [pa.py_buffer(_numbers(values, _DTYPES[kind]))]
    return pa.Array.from_buffers(kind, len(values), [validity, *buffers])


def repeated(texts: Sequence[str], times: int) -> pa.Array:
    """A column in which each text stands so many times: ``string``, (texts * times,)."""
    cells = [text.encode() for text in texts]
    ends = np.zeros(len(cells) * times + 1, np.int32)
    np.cumsum(np.repeat(np.array([*map(len, cells)], np.int32), times), out=ends[1:])
    data = b"".join([cell * times for cell in cells])
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), len(ends) - 1, buffers)


def _texts(values: Iterable[str | None]) -> list[pa.Buffer]:
    cells = [b"" if cell is None else cell.encode() for cell in values]
    ends = np.fromiter(accumulate(map(len, cells), initial=0), np.int32, len(cells) + 1)
    return [pa.py_buffer(ends), pa.py_buffer(b"".join(cells))]


def _numbers(values: Sequence[Any] | NDArray[Any], dtype: type[Any]) -> NDArray[Any]:
    if not isinstance(values, np.ndarray):
        values = np.array([0 if cell is None else cell for cell in values] or np.zeros(0, dtype))
    return np.ascontiguousarray(values.astype(dtype, casting="same_kind", copy=False))


def table(columns: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    """A table.

    Args:
        columns: Its columns by name, as for `array`.
        schema: Their names and types.
    """
    made = [array(columns[field.name], field.type) for field in schema]
    return pa.Table.from_arrays(made, schema=schema)


def table_of_rows(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """A table of rows; cells that they do not have are null."""
    rows = list(rows)
    return table({name: [row.get(name) for row in rows] for name in schema.names}, schema)


def joined(parts: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """Tables of one schema as one, with whole columns; an empty one of none."""
    if len(parts) == 1:
        return parts[0]
    return pa.concat_tables([pa.Table.from_batches([], schema), *parts]).combine_chunks()
