"""Columns of lists: the k-mers of each read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.errors import DataError

_MOST = 2**31 - 1


def list_type(kind: str) -> pa.DataType:
    """The type of lists of numbers that are never null, such as ``uint64``."""
    return pa.list_(pa.field("item", pa.type_for_alias(kind), nullable=False))


def list_array(values: NDArray[Any], offsets: NDArray[np.int64]) -> pa.Array:
    """Makes a column of lists; the values are not copied.

    Args:
        values: (n,), contiguous.
        offsets: ``int64``, (rows + 1,): row ``r`` has ``values[offsets[r] : offsets[r + 1]]``.

    Raises:
        DataError: There are more values than the 32 bits of a list's offsets can count.
    """
    count = int(offsets[-1])
    if count > _MOST:
        raise DataError(
            f"a batch of {len(offsets) - 1:,} reads has {count:,} k-mers, and a column of lists"
            f" holds at most {_MOST:,}; give fewer reads in a batch"
        )
    kind = list_type(str(values.dtype))
    items = pa.Array.from_buffers(kind.value_type, len(values), [None, pa.py_buffer(values)])
    ends = pa.py_buffer(offsets.astype(np.int32))
    return pa.Array.from_buffers(kind, len(offsets) - 1, [None, ends], children=[items])
