"""The column of features, alone."""

import json
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from biometal_stream.schemas.features import ENCODING, features_array, features_field


@pytest.mark.parametrize("rows", [0, 1, 7, 8])
@pytest.mark.parametrize("dtype", ["float32", "float16", "uint8", "int32", "int64"])
def test_tensors_share_the_memory_they_are_made_of(rows, dtype):
    field = features_field("f", dtype, (2, 1, 3), {"layout": "x/1"}, listed=False)
    values = np.arange(rows * 6).astype(dtype).reshape(rows, 2, 1, 3)
    array = features_array(field, pa.py_buffer(values), None)
    array.validate(full=True)
    assert array.type == field.type
    assert len(array) == rows
    if rows:
        assert (array.to_numpy_ndarray() == values).all()
        assert array.to_numpy_ndarray().ctypes.data == values.ctypes.data
    assert json.loads(field.metadata[ENCODING.encode()]) == {"layout": "x/1"}
    assert not field.nullable


@pytest.mark.parametrize("ends", [[0], [0, 2], [0, 1, 4, 4, 5], list(range(9))])
def test_lists_of_tensors(ends):
    field = features_field("f", "int32", (3,), {}, listed=True)
    values = np.arange(ends[-1] * 3, dtype=np.int32).reshape(-1, 3)
    offsets = pa.py_buffer(np.array(ends, np.int32))
    array = features_array(field, pa.py_buffer(values), offsets)
    array.validate(full=True)
    wanted = [values[first:last].tolist() for first, last in pairwise(ends)]
    assert array.to_pylist() == wanted
