import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sinks.rebatch import RowRebatcher, rebatch, row_ends
from tests.sinks.driver import cut


def gather_rows(batches, rows, nbytes, *, paired=False):
    return rebatch(RowRebatcher(rows, nbytes, paired=paired), batches)


def naive(sizes, rows, nbytes, unit):
    """The number of rows of each morsel, from the bytes of each row."""
    units = [sizes[first : first + unit] for first in range(0, len(sizes) // unit * unit, unit)]
    morsels, held = [], []
    for each in units:
        if held and (len(held) + unit > rows or sum(held) + sum(each) > nbytes):
            morsels.append(len(held))
            held = []
        held += each
    if len(held) == rows:
        morsels.append(len(held))
        held = []
    held += sizes[len(units) * unit :]
    return [*morsels, len(held)] if held else morsels


@given(
    st.lists(st.integers(0, 9), max_size=40),
    st.lists(st.integers(0, 7), max_size=12),
    st.integers(2, 9),
    st.integers(1, 30),
    st.booleans(),
)
def test_pieces_depend_on_rows_alone(lengths, sizes, rows, nbytes, paired):
    table = {
        "text": ["x" * size for size in lengths],
        "number": list(range(len(lengths))),
    }
    batch = pa.record_batch(table, pa.schema({"text": pa.string(), "number": pa.int64()}))
    unit = 2 if paired else 1
    whole = list(gather_rows([batch], rows, nbytes, paired=paired))
    parts = list(gather_rows(cut(batch, sizes), rows, nbytes, paired=paired))
    expected = naive(lengths, rows - rows % unit, nbytes, unit)
    for morsels in (whole, parts):
        counts = [sum(each.num_rows for each in morsel) for morsel in morsels]
        assert counts == expected
        assert all(each.num_rows for morsel in morsels for each in morsel)
        numbers = [n for morsel in morsels for each in morsel for n in each["number"].to_pylist()]
        assert numbers == table["number"]


@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=9), st.integers(0, 3))
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_text_counts_its_bytes(kind, texts, start):
    column = pa.array(texts, kind).slice(start)
    sizes = [len((text or "").encode()) for text in texts[start:]]
    ends = row_ends(pa.record_batch({"text": column}))
    assert ends.tolist() == [sum(sizes[:row]) for row in range(len(sizes) + 1)]


def test_lists_count_their_values():
    batch = pa.record_batch(
        {
            "fixed": pa.array([[1, 2], [3, 4]], pa.list_(pa.float32(), 2)),
            "free": pa.array([[1, 2, 3], None], pa.list_(pa.int16())),
            "binary": pa.array([b"ab", b"cd"], pa.binary(2)),
            "view": pa.array([b"abc", None], pa.binary_view()),
            "plain": [1, 2],
        }
    )
    assert row_ends(batch).tolist() == [0, 8 + 6 + 2 + 3, 8 + 6 + 2 + 3 + 8 + 2]


def test_nothing_is_copied():
    batch = pa.record_batch({"text": ["a", "b", "c"]})
    (morsel,) = gather_rows([batch], 5, 100)
    assert morsel[0] is batch


def test_a_row_without_its_mate_is_not_lost():
    batch = pa.record_batch({"text": ["a", "b", "c"]})
    assert [len(p) for p in gather_rows([batch], 2, 100, paired=True)] == [1, 1]


def test_no_room_for_a_pair():
    with pytest.raises(ValueError, match="at least 2 rows"):
        RowRebatcher(1, 10, paired=True)


def test_tensors_count_as_the_lists_that_they_are():
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(np.zeros((5, 2, 3), np.float32))
    batch = pa.RecordBatch.from_arrays([tensors], names=["x"]).slice(1)
    assert row_ends(batch).tolist() == [0, 24, 48, 72, 96]


@pytest.mark.parametrize("dtype", [pa.uint8(), pa.float16(), pa.float32()])
def test_tensors_count_the_bytes_of_their_values(dtype):
    tensor = pa.fixed_shape_tensor(dtype, (2, 3))
    width = 6 * dtype.bit_width // 8
    storage = pa.array([[0] * 6] * 5, pa.list_(pa.int32(), 6))
    column = pa.ExtensionArray.from_storage(tensor, storage.cast(tensor.storage_type))
    assert row_ends(pa.record_batch({"t": column})).tolist() == [row * width for row in range(6)]
    kind = pa.list_(pa.field("item", tensor, nullable=False))
    offsets = pa.py_buffer(np.array([0, 2, 2, 5], np.int32))
    lists = pa.Array.from_buffers(kind, 3, [None, offsets], children=[column])
    assert row_ends(pa.record_batch({"t": lists})).tolist() == [0, 2 * width, 2 * width, 5 * width]
