"""Parquet as a source: what was written comes back, in any size of row group and batch."""

import io
import pickle
import threading
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.run import LocalRun
from biometal_stream.sources.alone import read_alone
from biometal_stream.sources.parquet.source import ParquetSource
from tests.interop.streams import SAMPLE
from tests.sources.parquet.rows import TEXTS, read, table
from tests.stand_ins import own_threads


def assert_same_schema(one, two):
    assert one.equals(two)  # whatever Parquet calls the items of a list
    assert one.metadata == two.metadata
    assert [field.metadata for field in one] == [field.metadata for field in two]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "snappy"},
        {"compression": "gzip", "level": 1},
        {"compression": "lz4"},
        {"compression": "none", "encoding": "plain"},
        {"shards": 3},
    ],
    ids=str,
)
def test_what_was_written_comes_back(reads, tmp_path, options):
    target = tmp_path / ("out" if "shards" in options else "out.parquet")
    reads.write_parquet(target, metadata={"biometal_stream.command": "x"}, **options)
    back = bs.read_parquet(target)
    assert_same_schema(back.schema, reads.schema)
    assert back.stream().read_all().to_pylist() == reads.stream().read_all().to_pylist()


def test_a_run_starts_where_another_ended(tmp_path):
    kept = bs.read_fastq(SAMPLE) | bs.MinLength(50)
    kept.write_parquet(tmp_path / "a.parquet")
    saved = bs.read_parquet(tmp_path / "a.parquet")
    for operator in (bs.Predict("quality"), bs.Measure(("length",)), bs.MaxN(0)):
        there, here = saved | operator, kept | operator
        assert there.stream().read_all().to_pylist() == here.stream().read_all().to_pylist()
    saved.write_fastq(tmp_path / "b.fq")
    kept.write_fastq(tmp_path / "c.fq")
    assert (tmp_path / "b.fq").read_bytes() == (tmp_path / "c.fq").read_bytes()


def test_encoded_reads_come_back_with_their_encoding(tmp_path):
    encoded = bs.read_fastq(SAMPLE) | bs.Head(10) | bs.EncodeReads("one-hot/1", length=50)
    encoded.write_parquet(tmp_path / "a.parquet")
    back = bs.read_parquet(tmp_path / "a.parquet")
    assert back.schema.equals(encoded.schema, check_metadata=True)
    assert back.stream().read_all().to_pylist() == encoded.stream().read_all().to_pylist()


@settings(max_examples=40)
@given(
    rows=st.integers(0, 60),
    group=st.integers(1, 40),
    threads=st.integers(1, 3),
    paired=st.booleans(),
    kind=st.sampled_from(TEXTS),
    dictionary=st.booleans(),
)
def test_any_row_groups_and_threads(
    tmp_path_factory, rows, group, threads, paired, kind, dictionary
):
    path = tmp_path_factory.getbasetemp() / "any.parquet"
    rows = rows // 2 * 2 if paired else rows
    wanted = table(rows, paired=paired, kind=kind)
    pq.write_table(wanted, path, row_group_size=group, use_dictionary=dictionary)
    source = ParquetSource((path,))
    with LocalRun(threads, 16 * 2**20) as run, source.open(run) as opened:
        batches = [opened.parse(chunk) for chunk in opened.chunks()]
        assert not rows or opened.bytes_read == opened.bytes_total
    if paired:
        assert all(batch.num_rows % 2 == 0 for batch in batches)
    assert [row for batch in batches for row in batch.to_pylist()] == wanted.to_pylist()
    assert (
        pa.Table.from_batches(read_alone(source), source.schema).to_pylist() == wanted.to_pylist()
    )
    texts = {source.schema.field(name).type for name in ("sequence", "quality")}
    assert texts == {pa.string() if pa.types.is_dictionary(kind) else kind}


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_operators_work_on_every_kind_of_text(write, kind):
    path = write(table(100, kind=kind))
    kept = (bs.read_parquet(path) | bs.MinLength(4) | bs.MinMeanQuality(20)).stream().read_all()
    assert kept["row"].to_pylist() == [row for row in range(100) if row % 7 >= 3]


def test_columns_that_nobody_takes_are_not_read(write):
    path = write(table(5000), row_group_size=500)
    names = (bs.read_parquet(path) | bs.Select(("row",))).execution()
    assert sum(batch.num_rows for batch in names.stream()) == 5000
    metadata = pq.ParquetFile(path).metadata
    stored = [metadata.row_group(group).column(3).total_compressed_size for group in range(10)]
    assert names.report().bytes_read == sum(stored)
    assert names.snapshot().bytes_total == sum(stored)
    assert bs.read_parquet(path).dataset().count_rows() == 5000
    assert bs.read_parquet(path).dataset().to_table(["name"]).column_names == ["name"]


def test_no_rows(write):
    found = read(write(table(0)))
    assert found.num_rows == 0
    assert found.schema.equals(table(0).schema)
    assert read([write(table(0), "a.parquet"), write(table(3), "b.parquet")]).num_rows == 3


def test_file_objects(write):
    data = write(table(100), row_group_size=30).read_bytes()
    pipeline = bs.read_parquet(io.BytesIO(data)).with_options(threads=3)
    for _ in range(2):
        assert pipeline.stream().read_all()["row"].to_pylist() == list(range(100))
    with pytest.raises(ConfigurationError, match="open it in binary mode"):
        read(io.StringIO("x"))
    closed = io.BytesIO(data)
    closed.close()
    with pytest.raises(InputError, match="<stream>: is a closed file"):
        read(closed)


def test_a_run_that_ends_early_leaves_no_thread(write):
    path = write(table(100_000), row_group_size=2000)
    before = set(threading.enumerate())  # other libraries may have some
    pipeline = bs.read_parquet(path).with_options(threads=3)
    assert (pipeline | bs.Head(5)).stream().read_all()["row"].to_pylist() == list(range(5))
    with closing(pipeline.batches()) as batches:
        next(batches)
    assert not own_threads()
    assert set(threading.enumerate()) <= before


def test_it_can_be_pickled_and_compared(write):
    path = str(write(table(3)))
    source = ParquetSource((path,), sample="S1")
    assert pickle.loads(pickle.dumps(source)) == source
    assert source.name == "read"
    assert source.inputs == (path,)
    assert not source.paired
    assert source.project(frozenset({"row", "name"})).schema.names == ["name", "row"]
    with pytest.raises(ConfigurationError, match="columns must be among name, sequence"):
        source.project(frozenset({"no"})).schema  # noqa: B018
    assert Path(path).exists()
