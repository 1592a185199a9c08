import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import DataError
from biometal_stream.sinks.parquet.splice import Splicer, chunk_of, read_footer
from biometal_stream.sinks.parquet.stored import pages_of


def written(array, cuts, compression="zstd", level=None, name="sequence", *, nullable=True):
    """A file of one column whose pages end at the cuts, each made of two slices."""
    field = pa.field(name, array.type, nullable)
    schema = pa.schema([field])
    empty = io.BytesIO()
    pq.write_table(schema.empty_table(), empty, compression=compression)
    pages = pages_of(field, compression, level)
    made = []
    ends = [*cuts, len(array)] if len(array) else []
    for start, stop in zip([0, *cuts], ends, strict=False):
        middle = (start + stop) // 2
        made.append(
            pages.encode([array.slice(start, middle - start), array.slice(middle, stop - middle)])
        )
    out = io.BytesIO()
    splicer = Splicer(lambda *parts: out.writelines(parts), read_footer(empty.getvalue()))
    splicer.append(len(array), [chunk_of(name, pages, made)])
    splicer.finish()
    return pq.ParquetFile(io.BytesIO(out.getvalue()))


def cuts_of(rows):
    """Where pages may end so that none is empty, which readers take for the end."""
    return st.sets(st.integers(1, max(1, rows - 1)), max_size=3 if rows > 1 else 0).map(sorted)


texts = st.lists(st.one_of(st.none(), st.text("ACé", max_size=30)), max_size=300)
kinds = st.sampled_from([pa.string(), pa.large_string(), pa.string_view()])


@given(texts, kinds, st.sampled_from(["name", "sequence", "quality"]), st.data())
def test_texts_are_read_again(values, kind, name, data):
    cuts = data.draw(cuts_of(len(values)))
    array = pa.array(values, kind)
    assert written(array, cuts, name=name).read().column(0).to_pylist() == values
    if None not in values:
        file = written(array, cuts, "none", name=name, nullable=False)
        assert file.read().column(0).to_pylist() == values


NUMBERS = [
    *(pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32()),
    *(pa.int64(), pa.uint64(), pa.float32(), pa.float64()),
]


@given(st.sampled_from(NUMBERS), st.data())
def test_numbers_are_read_again(kind, data):
    if pa.types.is_floating(kind):
        single = st.floats(width=kind.bit_width)
    else:
        info = np.iinfo(np.dtype(str(kind)))
        single = st.integers(int(info.min), int(info.max))
    values = data.draw(st.lists(st.one_of(st.none(), single), max_size=300))
    cuts = data.draw(cuts_of(len(values)))
    file = written(pa.array(values, kind), cuts, name="x")
    assert repr(file.read().column(0).to_pylist()) == repr(pa.array(values, kind).to_pylist())
    statistics = file.metadata.row_group(0).column(0).statistics
    known = [value for value in values if value is not None and value == value]
    assert statistics.null_count == values.count(None)
    assert statistics.has_min_max == bool(known)
    if known:
        assert (statistics.min, statistics.max) == (min(known), max(known))


def test_either_zero_is_inside_the_limits():
    for values in ([0.0, 1.0], [-1.0, -0.0]):
        statistics = written(pa.array(values), []).metadata.row_group(0).column(0).statistics
        low, high = statistics.min, statistics.max
        assert not (low == 0 and np.copysign(1, low) == 1)
        assert not (high == 0 and np.copysign(1, high) == -1)


@pytest.mark.parametrize(
    ("compression", "level"),
    [("none", None), ("snappy", None), ("gzip", 1), ("gzip", None), ("lz4", None), ("zstd", 3)],
)
@pytest.mark.parametrize("name", ["name", "sequence", "quality"])
def test_compressions(compression, level, name):
    values = [f"text {number * number}" for number in range(3000)]
    file = written(pa.array(values), [1, 2000], compression, level, name)
    assert file.read().column(0).to_pylist() == values
    chunk = file.metadata.row_group(0).column(0)
    assert chunk.compression == {"none": "UNCOMPRESSED"}.get(compression, compression.upper())
    assert (chunk.total_compressed_size < chunk.total_uncompressed_size) == (compression != "none")


def test_what_is_left_to_pyarrow():
    kinds = [pa.bool_(), pa.float16(), pa.list_(pa.int8()), pa.timestamp("s"), pa.binary()]
    for kind in [*kinds, pa.dictionary(pa.int8(), pa.string())]:
        assert pages_of(pa.field("sequence", kind), "zstd", None) is None
    assert pages_of(pa.field("label", pa.string()), "zstd", None) is None


def test_a_page_that_its_header_cannot_tell(monkeypatch):
    monkeypatch.setattr("biometal_stream.sinks.parquet.pages.LARGEST_PAGE", 100)
    pages = pages_of(pa.field("sequence", pa.string()), "zstd", None)
    with pytest.raises(DataError, match=r"column 'sequence': .* are more than a page of Parquet"):
        pages.encode([pa.array(["A" * 100])])


def test_text_is_not_copied_until_it_is_compressed():
    array = pa.array(["ACGT" * 100] * 50)
    page = pages_of(pa.field("sequence", array.type), "none", None).encode([array.slice(10, 20)])
    assert page.text == 20 * 400
    assert page.nbytes == sum(map(len, page.parts)) == page.plain
    start = np.frombuffer(page.parts[-1], np.uint8).ctypes.data
    assert start == array.buffers()[2].address + 10 * 400
