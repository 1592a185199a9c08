"""`from_arrow`: what other programs hold or compute, as often as it can be read."""

import pickle

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, InputError, SchemaError
from biometal_stream.interfaces import ParallelSource, ProjectedSource
from tests.sources.parquet.rows import TEXTS, table

MIB = 2**20
ROWS = 500


class Once:
    """An object that gives its stream once, as some libraries' readers do."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        rows, self._rows = self._rows, None
        if rows is None:
            raise RuntimeError("the stream was released")
        return rows.__arrow_c_stream__(requested_schema)


def polars(rows):
    return pytest.importorskip("polars").from_arrow(rows)


def pandas(rows):
    pytest.importorskip("pandas")
    return rows.to_pandas()


def relation(rows):
    connection = pytest.importorskip("duckdb").connect()
    connection.register("held", rows)
    return connection.table("held")


EXPORTS = {
    "table": lambda rows: rows,
    "batch": lambda rows: rows.combine_chunks().to_batches()[0],
    "dataset": ds.dataset,
    "pipeline": bs.from_arrow,
    "dataset of a pipeline": lambda rows: bs.from_arrow(rows).dataset(),
    "polars": polars,
    "pandas": pandas,
    "duckdb": relation,
}


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_what_can_be_read_again(export):
    rows = table(ROWS)
    pipeline = bs.from_arrow(export(rows)) | bs.MinLength(3)
    assert isinstance(pipeline.source, ParallelSource)
    assert isinstance(pipeline.source, ProjectedSource)
    for _ in range(2):
        found = pipeline.with_options(threads=2).stream().read_all()
        assert found["row"].to_pylist() == [row for row in range(ROWS) if row % 7 >= 2]
    assert (bs.from_arrow(export(rows)) | bs.Select(("row",))).stream().read_all().num_rows == ROWS
    assert bs.from_arrow(export(rows)).dataset().count_rows() == ROWS


def test_a_reader_is_read_once():
    rows = table(ROWS)
    pipeline = bs.from_arrow(pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches()))
    assert pipeline.schema == rows.schema
    assert pipeline.stream().read_all().num_rows == ROWS
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="the RecordBatchReader can be read only once"):
            pipeline.stream().read_all()


def test_an_object_whose_stream_is_gone():
    pipeline = bs.from_arrow(Once(table(ROWS)))
    assert pipeline.stream().read_all().num_rows == ROWS
    with pytest.raises(ConfigurationError, match=r"the Once cannot be read again: .*released"):
        pipeline.stream().read_all()


@settings(max_examples=40)
@given(
    sizes=st.lists(st.integers(0, 30), max_size=8),
    paired=st.booleans(),
    kind=st.sampled_from(TEXTS),
    threads=st.integers(1, 3),
)
def test_batches_of_any_size(sizes, paired, kind, threads):
    rows = sum(sizes) // 2 * 2 if paired else sum(sizes)
    wanted = table(rows, paired=paired, kind=kind)
    batches, start = [], 0
    for size in (*sizes, 1):
        batches += wanted.slice(start, size).combine_chunks().to_batches()
        start += size
    rows = pa.Table.from_batches(batches, wanted.schema)
    found = list(bs.from_arrow(rows).with_options(threads=threads, memory=16 * MIB).batches())
    assert [row for each in found for row in each.to_pylist()] == wanted.to_pylist()
    if paired:
        assert all(each.num_rows % 2 == 0 for each in found)


def test_large_batches_are_cut_with_their_mates():
    rows = pa.table({"sequence": ["ACGT" * 2500] * 3000, "mate": [1, 2] * 1500})
    batches = list(bs.from_arrow(rows).with_options(threads=2, memory=64 * MIB).batches())
    assert len(batches) > 10
    assert all(batch["mate"].to_pylist() == [1, 2] * (batch.num_rows // 2) for batch in batches)


def test_small_batches_are_merged():
    rows = table(ROWS)
    rows = pa.Table.from_batches(rows.to_batches(max_chunksize=3))
    assert len(list(bs.from_arrow(rows).batches())) == 1


def test_mates_that_are_apart():
    rows = pa.table({"sequence": ["A"] * 4, "mate": [1, 1, 2, 2]})
    with pytest.raises(DataError, match="the Table: row 2: mate is 1, not 2"):
        bs.from_arrow(rows).stream().read_all()


def test_labels_and_metadata_stay():
    kept = pa.schema(
        [pa.field("a_label", pa.dictionary(pa.int16(), pa.string()), metadata={"k": "v"})],
        metadata={"biometal_stream.sample": "S1", "biometal_stream.command": "x"},
    )
    rows = pa.table({"a_label": pa.array(["x", None], kept.field(0).type)}, kept)
    schema = bs.from_arrow(rows).schema
    assert schema.field(0).equals(kept.field(0), check_metadata=True)
    assert schema.metadata == {b"biometal_stream.sample": b"S1"}
    assert bs.from_arrow(rows).stream().read_all().to_pydict() == {"a_label": ["x", None]}


@pytest.mark.parametrize(
    ("rows", "error", "told"),
    [
        (3, ConfigurationError, "exports an Arrow stream .*, not one of type int"),
        ([1, 2], ConfigurationError, r"of type list; .*from_batches\(schema, batches\)"),
        (iter([]), ConfigurationError, r"of type list_iterator; .*from_batches\(schema, batches\)"),
        ({"a": [1]}, ConfigurationError, r"of type dict; give it pyarrow.table\(...\) of that"),
        ("reads.arrow", ConfigurationError, "of type str; read_arrow reads files"),
        (pa.chunked_array([["a"]]), ConfigurationError, "ChunkedArray is not a stream of columns"),
        (pa.Table.from_arrays([pa.array([1])] * 2, ["a", "a"]), InputError, "has two columns 'a'"),
    ],
)
def test_what_is_not_taken(rows, error, told):
    with pytest.raises(error, match=told):
        bs.from_arrow(rows)


def test_a_lazy_frame():
    lazy = pytest.importorskip("polars").LazyFrame({"a": [1]})
    if hasattr(lazy, "__arrow_c_stream__"):
        pytest.skip("this version of Polars exports it")
    with pytest.raises(ConfigurationError, match=r"give it what its collect\(\) returns"):
        bs.from_arrow(lazy)


def test_a_step_that_needs_a_column():
    with pytest.raises(SchemaError, match="min-length needs a column 'sequence'"):
        (bs.from_arrow(table(3).drop(["sequence"])) | bs.MinLength(3)).stream()


def test_a_pipeline_stays_itself():
    pipeline = bs.from_arrow(table(3)) | bs.MinLength(1)
    assert bs.from_arrow(pipeline) is pipeline


def test_it_is_pickled_where_its_rows_are():
    pipeline = pickle.loads(pickle.dumps(bs.from_arrow(table(9)) | bs.MinLength(2)))
    assert pipeline.stream().read_all()["row"].to_pylist() == [1, 2, 3, 4, 5, 6, 8]
