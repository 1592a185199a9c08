"""Columns of text, as they come from anywhere."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import (
    StringColumn,
    alternating_mates,
    array_of,
    as_string,
    buffers_of,
    by_plain,
    empty_batch,
    offsets_of,
    string_array,
    string_column,
    text_of,
    validity_of,
    without_views,
)
from biometal_stream.schemas.checks import is_text
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


def test_lengths_are_kept():
    column = string_column(pa.array(["ACGT", "", "GG"]), "x")
    assert (column.lengths.tolist(), column.longest) == ([4, 0, 2], 4)
    assert column.lengths is column.lengths
    assert not column.lengths.flags.writeable
    assert string_column(pa.array([], pa.string()), "x").longest == 0


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


MADE = [pa.list_(pa.uint8()), pa.large_list(pa.field("x", pa.uint8(), nullable=False))]
VALUES = st.lists(st.text("ACGé", max_size=9), max_size=9)


@pytest.mark.parametrize("kind", [*TYPES, *MADE], ids=str)
@given(VALUES, st.integers(0, 9), st.integers(0, 9))
def test_bytes_are_found_and_made_again(kind, texts, first, number):
    listed = not is_text(kind)
    values = [list(text.encode()) for text in texts] if listed else texts
    # In front of the values lies what belongs to none of them.
    column = pa.concat_arrays([pa.array(values[:1] * 2, kind), pa.array(values, kind)])
    column = column.slice(min(first, len(column)), number)
    offsets, data = buffers_of(column)
    found = [data[one:two].tobytes() for one, two in pairwise(offsets)]
    assert found == [bytes(v) if listed else v.encode() for v in column.to_pylist()]
    assert not data.flags.writeable
    assert not offsets.flags.writeable
    made = array_of(kind, offsets, pa.py_buffer(data))
    made.validate(full=True)
    assert made.type == kind
    assert made.to_pylist() == column.to_pylist()
    copied = string_array(string_column(column, "x"), kind)
    copied.validate(full=True)
    assert copied.equals(column)


@pytest.mark.parametrize("kind", MADE, ids=str)
def test_lists_whose_values_are_a_slice(kind):
    values = pa.array(range(20), pa.uint8()).slice(5)
    offsets = pa.array([0, 2, 5], pa.int64() if pa.types.is_large_list(kind) else pa.int32())
    column = type(pa.nulls(0, kind)).from_arrays(offsets, values, type=kind)
    found, data = buffers_of(column.slice(1))
    assert data[int(found[0]) : int(found[1])].tolist() == [7, 8, 9]


@pytest.mark.parametrize("kind", TYPES[:2], ids=str)
def test_the_bytes_of_a_column_alone(kind):
    offsets, data = text_of(pa.array(["AC", "G", "TTT", "A"], kind).slice(1, 2))
    assert bytes(data) == b"GTTT"
    assert offsets.tolist() == [2, 3, 6]
    assert offsets.dtype == (np.int64 if kind == pa.large_string() else np.int32)


def test_nulls_are_kept_where_they_are_told():
    bits = pa.py_buffer(np.packbits([1, 0], bitorder="little"))
    made = array_of(pa.string(), np.array([0, 1, 1], np.int32), pa.py_buffer(b"A"), bits)
    assert made.to_pylist() == ["A", None]


NESTED = [
    (pa.string_view(), pa.large_string(), ["a" * 20, None]),
    (pa.binary_view(), pa.large_binary(), [b"a", None]),
    (pa.list_(pa.string_view()), pa.list_(pa.large_string()), [["a"], None]),
    (pa.large_list(pa.binary_view()), pa.large_list(pa.large_binary()), [[b"a"], []]),
    (
        pa.struct([("x", pa.string_view()), ("y", pa.int8())]),
        pa.struct([("x", pa.large_string()), ("y", pa.int8())]),
        [{"x": "a", "y": 1}, None],
    ),
]


@pytest.mark.parametrize(("kind", "plain", "values"), NESTED, ids=str)
def test_columns_without_views(kind, plain, values):
    column = pa.array(values, kind)
    found = without_views(column)
    assert found.type == plain
    assert found.to_pylist() == values
    taken = by_plain(column, lambda plain: plain.take(pa.array([1, 0])))
    assert taken.type == kind
    assert taken.to_pylist() == values[::-1]


@pytest.mark.parametrize("kind", [pa.string(), pa.int8(), pa.list_(pa.string()), pa.binary()])
def test_what_has_no_views_is_itself(kind):
    column = pa.nulls(2, kind)
    assert without_views(column) is column
    assert by_plain(column, lambda plain: plain) is column


@pytest.mark.parametrize(
    "kind", [pa.string_view(), pa.int32(), pa.struct([]), pa.list_(pa.int8(), 2)]
)
def test_other_types_have_no_offsets(kind):
    assert offsets_of(pa.nulls(3, kind)) is None


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_as_string(kind):
    column = pa.array(["ACGT", None], kind)
    found = as_string(column)
    assert found.type == pa.string()
    assert found.to_pylist() == column.to_pylist()
    assert as_string(found) is found


@given(st.data())
def test_a_column_that_is_taken_and_cut(data):
    texts = data.draw(st.lists(st.binary(max_size=70).map(lambda t: bytes(b % 94 + 33 for b in t))))
    kind = data.draw(st.sampled_from(TYPES))
    column = string_column(pa.array([text.decode() for text in texts], kind), "x")
    rows = np.flatnonzero(
        data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    )
    chosen = [texts[row] for row in rows]
    stops = np.array([data.draw(st.integers(0, len(text))) for text in chosen], np.int64)
    starts = np.array([data.draw(st.integers(0, int(stop))) for stop in stops], np.int64)
    cut = string_array(column.take(rows).cut(starts, stops), kind)
    cut.validate(full=True)
    wanted = [text[a:b].decode() for text, a, b in zip(chosen, starts, stops, strict=True)]
    assert cut.to_pylist() == wanted


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.int8(), pa.string_view()])
@given(st.lists(st.booleans(), max_size=40), st.integers(0, 20), st.integers(0, 20))
def test_what_is_not_null(kind, valid, first, number):
    value = 1 if kind == pa.int8() else "1"
    values = [value if each else None for each in valid]
    column = pa.array(values, kind).slice(first, number)
    assert validity_of(column).tolist() == [value.is_valid for value in column]


def test_nothing_is_valid_in_a_column_of_nulls():
    assert validity_of(pa.nulls(3)).tolist() == [0, 0, 0]
    assert validity_of(pa.nulls(3, pa.string())[1:]).tolist() == [0, 0]


def test_mates_alternate():
    for rows in (4, 0, 2, 10, 6):
        assert alternating_mates(rows).to_pylist() == [1, 2] * (rows // 2)
        assert alternating_mates(rows).type == pa.int8()


def test_rows_that_are_all_of_the_bytes_are_not_copied():
    data = np.frombuffer(b"ACGTTA", np.uint8)
    column = StringColumn.of("x", np.array([0, 2, 2, 6], np.int32), data)
    array = string_array(column, pa.string())
    assert array.to_pylist() == ["AC", "", "GTTA"]
    assert array.buffers()[2].address == data.ctypes.data
    assert column.packed() is column
    part = column.take(np.array([2, 0]))
    assert part.packed().used.tobytes() == b"GTTAAC"
    assert string_array(part, pa.string()).to_pylist() == ["GTTA", "AC"]


def test_a_few_rows_do_not_keep_all_bytes_in_memory():
    data = np.full(10_000, 65, np.uint8)
    column = StringColumn.of("x", np.array([0, 5], np.int32), data)
    assert string_array(column, pa.string()).buffers()[2].size == 5
    assert string_array(column, pa.string()).buffers()[2].address != data.ctypes.data
