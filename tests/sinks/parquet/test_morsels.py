"""Pages of a whole morsel, made in one call."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs.libraries import libzstd
from biometal_stream.sinks.parquet import morsels
from biometal_stream.sinks.parquet.compression import Compression
from biometal_stream.sinks.parquet.encoder import Encoder
from biometal_stream.sinks.parquet.morsels import MorselPages, PageMorsel, PageRebatcher
from biometal_stream.sinks.parquet.splice import Splicer
from biometal_stream.sinks.parquet.stored import pages_of
from biometal_stream.sinks.rebatch import RowRebatcher

READS = pa.schema(
    [
        pa.field("name", pa.string(), nullable=False),
        pa.field("description", pa.string()),
        pa.field("sequence", pa.large_string(), nullable=False),
        pa.field("quality", pa.string_view()),
        pa.field("mate", pa.int8(), nullable=False),
    ]
)


def reads(rows, seed=0, described=0.5):
    """Reads of all lengths, some without a description or qualities."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 300, rows)
    bases = ["".join(rng.choice(list("ACGTN"), length)) for length in lengths]
    columns = {
        "name": [f"run.{row // 2}" for row in range(rows)],
        "description": [
            "x" * (row % 7) if rng.random() < described else None for row in range(rows)
        ],
        "sequence": bases,
        "quality": [None if row % 11 == 3 else "I" * len(text) for row, text in enumerate(bases)],
        "mate": [1 + row % 2 for row in range(rows)],
    }
    arrays = [pa.array(columns[field.name], field.type) for field in READS]
    return pa.RecordBatch.from_arrays(arrays, schema=READS)


def morsel_of(batch, *pages):
    """A morsel of pages, each of slices with the given numbers of rows."""
    made = PageMorsel()
    at = 0
    for page in pages:
        slices = []
        for rows in page:
            slices.append(batch.slice(at, rows))
            at += rows
        made.append_page(slices)
    return made


def encoder(schema=READS, compression="zstd", level=None):
    return Encoder(schema, compression=compression, level=level, plain=False, metadata={})


def file_of(made, encoder):
    out = io.BytesIO()
    splicer = Splicer(lambda *parts: out.writelines(parts), encoder.footer)
    splicer.append(sum(part.rows for part in made), encoder.chunks(made))
    splicer.finish()
    return out.getvalue()


@given(
    st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=3), min_size=1, max_size=3).filter(
        lambda pages: all(sum(page) > 2 for page in pages)
    ),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from([None, 1, 5]),
)
def test_what_is_written_is_read_again(pages, described, level):
    rows = sum(map(sum, pages))
    batch = reads(rows, rows, described)
    encoding = encoder(level=level)
    morsel = morsel_of(batch, *pages)
    made = encoding.encode_pages(morsel)
    assert not morsel
    assert [part.rows for part in made] == [sum(page) for page in pages]
    found = pq.read_table(io.BytesIO(file_of(made, encoding)))
    assert found.to_pylist() == batch.to_pylist()


def test_a_page_says_the_same_as_one_made_alone():
    batch = reads(4000)
    columns = {
        place: pages_of(field, "zstd", None)
        for place, field in enumerate(READS)
        if field.name != "quality"
    }
    (together,) = MorselPages(columns).encode(morsel_of(batch, [1000, 3000]))
    for place, alone in columns.items():
        page = alone.encode([batch.column(place).slice(0, 1000), batch.column(place).slice(1000)])
        other = together[place]
        assert (other.rows, other.text, other.nulls) == (page.rows, page.text, page.nulls)
        assert other.nbytes == sum(map(len, other.parts))
        # The header has the size of the compressed page, which may have another number of bytes.
        assert abs(other.plain - page.plain) <= 2


def test_one_call_makes_all_pages(monkeypatch):
    calls = []
    kernel = morsels.put_pages
    monkeypatch.setattr(morsels, "put_pages", lambda *given: calls.append(1) or kernel(*given))
    monkeypatch.setattr(Compression, "compress", None)
    encoder(pa.schema([*READS][:4])).encode_pages(
        morsel_of(reads(3000).select(READS.names[:4]), [1000], [500, 500], [1000])
    )
    assert calls == [1]


@pytest.mark.parametrize("random", [True, False])
def test_bases_take_two_bits_unless_they_repeat(random):
    rng = np.random.default_rng(1)
    bases = ["".join(rng.choice(list("ACGT"), 1000)) for _ in range(400 if random else 4)]
    batch = pa.record_batch({"sequence": bases * (1 if random else 100)})
    encoding = encoder(batch.schema)
    made = encoding.encode_pages(morsel_of(batch, [400]))
    (page,) = made[0].pages[0]
    assert (100_000 < page.nbytes < 102_000) if random else page.nbytes < 10_000
    assert pq.read_table(io.BytesIO(file_of(made, encoding))).to_batches()[0].equals(batch)


@pytest.mark.parametrize("most", [morsels._LARGEST_TEXT, 100])
def test_where_zstd_is_hidden_or_a_text_is_large(monkeypatch, most):
    monkeypatch.setattr(morsels, "_LARGEST_TEXT", most)
    if most > 100:
        monkeypatch.setattr(libzstd, "functions", lambda: None)
    batch = reads(500)
    encoding = encoder()
    made = encoding.encode_pages(morsel_of(batch, [200], [300]))
    assert pq.read_table(io.BytesIO(file_of(made, encoding))).to_pylist() == batch.to_pylist()


@given(
    st.lists(st.integers(0, 30), max_size=30),
    st.integers(1, 4),
    st.integers(0, 3),
    st.integers(2, 20),
)
def test_morsels_of_several_pages(sizes, most, alone, rows):
    """Pages end where they would without morsels."""
    batches = [pa.record_batch({"row": np.arange(size)}) for size in sizes]
    rebatcher = PageRebatcher(RowRebatcher(rows, 2**20), most, alone)
    made = [morsel for batch in batches for morsel in rebatcher.add(batch)]
    made += rebatcher.finish()
    pages = [
        sum(batch.num_rows for batch in morsel[first:stop])
        for morsel in made
        for first, stop in zip(morsel.starts, morsel.starts[1:], strict=False)
    ]
    total = sum(sizes)
    assert pages == [rows] * (total // rows) + [total % rows] * (total % rows > 0)
    assert all(morsel.pages == 1 for morsel in made[:alone])
    assert all(morsel.pages == most for morsel in made[alone:-1])
