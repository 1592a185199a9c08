"""Columns of text, as they come from anywhere."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import empty_batch
from biometal_stream.view import BatchView

TYPES = [pa.string(), pa.large_string(), pa.string_view()]


def contents(column):
    ends = zip(column.starts, column.stops, strict=True)
    return [column.data[first:last].tobytes().decode() for first, last in ends]


@pytest.mark.parametrize("kind", TYPES, ids=str)
@given(st.lists(st.text(max_size=20), max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_rows_are_found_in_any_slice(kind, texts, first, number):
    array = pa.array(texts, kind).slice(min(first, len(texts)), number)
    column = BatchView(pa.record_batch({"x": array})).text("x")
    assert contents(column) == array.to_pylist()
    assert column.num_rows == len(array)
    assert not column.data.flags.writeable
    assert not column.starts.flags.writeable


@pytest.mark.parametrize("kind", TYPES[:2], ids=str)
def test_nothing_is_copied(kind):
    array = pa.array(["ACGT", "", "GG"], kind)
    column = BatchView(pa.record_batch({"x": array.slice(1)})).text("x")
    assert column.data.ctypes.data == array.buffers()[2].address
    assert column.starts.ctypes.data == array.buffers()[1].address + column.starts.itemsize


def test_an_array_without_buffers_is_empty():
    array = pa.Array.from_buffers(pa.string(), 0, [None, None, pa.py_buffer(b"")])
    column = BatchView(pa.record_batch({"x": array})).text("x")
    assert column.num_rows == 0
    assert len(column.data) == 0


def test_a_byte_is_traced_to_its_row():
    column = BatchView(pa.record_batch({"x": ["", "ab", "", "c"]})).text("x")
    assert [column.row_of(k) for k in range(3)] == [1, 1, 3]


def test_a_buffer_without_padding_is_enough():
    data = np.frombuffer(b"ACGT" * 40, np.uint8)[:150].copy()
    offsets = np.array([0, 150], np.int32)
    array = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    assert contents(BatchView(pa.record_batch({"x": array})).text("x")) == [("ACGT" * 40)[:150]]


def test_a_batch_without_rows_has_any_types():
    tensor = pa.fixed_shape_tensor(pa.float32(), (2, 3))
    schema = pa.schema([pa.field("x", pa.string(), nullable=False), ("windows", pa.list_(tensor))])
    batch = empty_batch(schema.with_metadata({"sample": "S"}))
    assert batch.num_rows == 0
    assert batch.schema.equals(schema.with_metadata({"sample": "S"}), check_metadata=True)
    assert empty_batch(pa.schema([])).num_columns == 0
