"""The column of encoded reads: tensors of one shape, or lists of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

ENCODING = "biometal_stream.encoding"
"""The metadata key of a column's encoding: its fields, as JSON."""


def features_field(
    name: str, dtype: str, shape: tuple[int, ...], encoding: Mapping[str, Any], *, listed: bool
) -> pa.Field:
    """Builds the field of a column of features.

    Arrow's canonical extension type for tensors of one shape is ``fixed_shape_tensor``. Its values
    are contiguous in memory: a column is the batch that a model takes. A reader that does not know
    the type sees a ``fixed_size_list`` of the same numbers.

    Args:
        name: The column's name.
        dtype: The numpy name of the number type.
        shape: The shape of one row of features.
        encoding: The fields of the encoding, to be stored in the metadata.
        listed: Whether each read has a list of windows instead of one row of features.
    """
    tensor = pa.fixed_shape_tensor(pa.from_numpy_dtype(dtype), shape)
    kind = pa.list_(pa.field("item", tensor, nullable=False)) if listed else tensor
    return pa.field(name, kind, nullable=False, metadata={ENCODING: json.dumps(dict(encoding))})


def features_array(field: pa.Field, values: pa.Buffer, offsets: pa.Buffer | None) -> pa.Array:
    """Makes a column of features from its memory, without a copy.

    Args:
        field: From `features_field`.
        values: The features of all rows, or of all windows, contiguous.
        offsets: ``int32``, (rows + 1,): where each read's windows start; only for lists.
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
