"""The column of encoded reads: tensors of one shape, and lists of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

ENCODING = "biometal_stream.encoding"
"""Where a column's metadata tell its encoding: the fields of one, as JSON."""


def features_field(
    name: str, dtype: str, shape: tuple[int, ...], encoding: Mapping[str, Any], *, listed: bool
) -> pa.Field:
    """Builds the field of a column of features.

    Arrow keeps tensors of one shape as its canonical extension type ``fixed_shape_tensor``, whose
    values lie in memory one row after the other: a column is the batch that a model takes. A
    reader that does not know the type finds a ``fixed_size_list`` of the same numbers.

    Args:
        name: The column's name.
        dtype: The type of number, by numpy's name.
        shape: The shape of one row of features.
        encoding: The fields of the encoding, to be kept in the metadata.
        listed: Whether each read has a list of windows; else it has one row of features.
    """
    tensor = pa.fixed_shape_tensor(pa.from_numpy_dtype(dtype), shape)
    kind = pa.list_(pa.field("item", tensor, nullable=False)) if listed else tensor
    return pa.field(name, kind, nullable=False, metadata={ENCODING: json.dumps(dict(encoding))})


def features_array(field: pa.Field, values: pa.Buffer, offsets: pa.Buffer | None) -> pa.Array:
    """Makes a column of features of the memory that they lie in, without a copy.

    Args:
        field: From `features_field`.
        values: The features of all rows, or of all windows, one after the other.
        offsets: ``int32``, (rows + 1,): where each read's windows start, for lists alone.
    """
    tensor = field.type if offsets is None else field.type.value_type
    size = tensor.storage_type.list_size
    number = values.size // (size * tensor.value_type.bit_width // 8)
    numbers = pa.Array.from_buffers(tensor.value_type, number * size, [None, values])
    rows = pa.Array.from_buffers(tensor.storage_type, number, [None], children=[numbers])
    tensors = pa.ExtensionArray.from_storage(tensor, rows)
    if offsets is None:
        return tensors
    number = offsets.size // (pa.int32().bit_width // 8) - 1
    return pa.Array.from_buffers(field.type, number, [None, offsets], children=[tensors])
