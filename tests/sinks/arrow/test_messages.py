import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sinks.arrow.messages import Messages, fits
from biometal_stream.sinks.rebatch import LARGEST
from tests.sinks.driver import cut, reads

COLUMNS = {
    "text": (pa.string(), st.text("Aé", max_size=20)),
    "large": (pa.large_string(), st.text("Aé", max_size=20)),
    "small": (pa.int8(), st.integers(-128, 127)),
    "wide": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "half": (pa.float16(), st.floats(width=16, allow_nan=False)),
    "real": (pa.float64(), st.floats(allow_nan=False)),
}
rows = st.lists(
    st.tuples(*[st.one_of(st.none(), values) for _, values in COLUMNS.values()]),
    min_size=1,
    max_size=40,
)


@given(rows, st.lists(st.integers(0, 20), max_size=4))
def test_a_batch_is_read_again(values, sizes):
    arrays = [
        pa.array([row[place] for row in values], kind)
        for place, (kind, _) in enumerate(COLUMNS.values())
    ]
    whole = pa.RecordBatch.from_arrays(arrays, names=list(COLUMNS))
    message = Messages(whole.schema).encode(cut(whole, sizes))
    data = b"".join(message.parts)
    found = pa.ipc.read_record_batch(data, whole.schema)
    found.validate(full=True)
    assert found.equals(whole)
    assert len(data) % 8 == 0
    assert message.body == len(data) - len(message.parts[0])
    assert b"".join(Messages(whole.schema).encode([whole]).parts) == data


def test_a_head_is_the_one_that_pyarrow_makes():
    batch = reads(500, paired=True)
    expected = batch.serialize().to_pybytes()
    assert b"".join(Messages(batch.schema).encode([batch]).parts) == expected


def test_text_is_not_copied():
    batch = reads(500)
    parts = Messages(batch.schema).encode([batch.slice(100)]).parts
    places = {np.frombuffer(part, np.uint8).ctypes.data for part in parts if len(part)}
    for name in ("sequence", "quality"):
        column = batch.column(name).slice(100)
        start = int(np.frombuffer(column.buffers()[1], np.int32)[column.offset])
        assert column.buffers()[2].address + start in places


def test_types_that_fit():
    assert fits(reads(1, paired=True).schema)
    for kind in (pa.bool_(), pa.string_view(), pa.list_(pa.int8()), pa.timestamp("s"), pa.binary()):
        assert not fits(pa.schema([("x", kind)]))


def test_more_text_than_offsets_can_tell():
    # Two views of one buffer, so that 2 GiB are claimed and not used.
    size = LARGEST // 2 + 1
    text = pa.py_buffer(np.zeros(size, np.uint8))
    offsets = pa.py_buffer(np.array([0, size], np.int32))
    column = pa.Array.from_buffers(pa.string(), 1, [None, offsets, text])
    batch = pa.record_batch([column], names=["text"])
    with pytest.raises(OverflowError, match="2 GiB"):
        Messages(batch.schema).encode([batch, batch])
