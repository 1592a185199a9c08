"""Parquet and Arrow files in parts: what engines make of them is what one run makes."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, InputError
from tests.engines.stand_ins import InProcess
from tests.sources.parquet.rows import table


@pytest.fixture(params=["parquet", "arrow"])
def pairs(request: pytest.FixtureRequest, tmp_path: Path) -> bs.Pipeline:
    """Pairs in row groups, or batches, that end within pairs."""
    rows, path = table(400, paired=True), tmp_path / "pairs"
    if request.param == "parquet":
        pq.write_table(rows, path, row_group_size=33)
        return bs.read_parquet(path)
    with pa.ipc.new_file(path, rows.schema) as writer:
        writer.write_table(rows, 33)
    return bs.read_arrow(path)


def test_the_rows_are_those_of_one_run(pairs: bs.Pipeline, tmp_path: Path) -> None:
    pipeline = pairs | bs.MinLength(3) | bs.Measure(("length",))
    engine = InProcess()
    report = pipeline.write_parquet(tmp_path / "out", engine=engine, partition_bytes=100)
    back = bs.read_parquet(tmp_path / "out").stream().read_all()
    assert back.to_pylist() == pipeline.stream().read_all().to_pylist()
    assert report.reads_in == 400
    assert report.tasks > 3
    assert len(list((tmp_path / "out").glob("*.parquet"))) == report.tasks


def test_an_error_is_that_of_one_run(tmp_path: Path) -> None:
    mates = [1, 2] * 49 + [2, 1]
    rows = table(100, paired=True).drop(["mate"]).append_column("mate", pa.array(mates))
    pq.write_table(rows, tmp_path / "a.parquet", row_group_size=10)
    pipeline = bs.read_parquet(tmp_path / "a.parquet")
    for write in (
        lambda: pipeline.write_parquet(tmp_path / "out"),
        lambda: pipeline.write_parquet(tmp_path / "out", engine=InProcess(), partition_bytes=1),
    ):
        with pytest.raises(DataError, match=r"a\.parquet: row 99: mate is 2, not 1"):
            write()
    assert not (tmp_path / "out").exists()


def test_a_folder_by_columns(tmp_path: Path) -> None:
    bs.from_arrow(table(9)).write_parquet(tmp_path / "by-row", partition_by="row")
    pipeline = bs.read_parquet(tmp_path / "by-row")
    pipeline.write_parquet(tmp_path / "out", engine=InProcess(), partition_bytes=10**6)
    found = bs.read_parquet(tmp_path / "out").stream().read_all()
    assert sorted(found["row"].to_pylist()) == list(range(9))


def test_what_has_no_parts(tmp_path: Path) -> None:
    for pipeline, told in (
        (bs.from_arrow(table(3)), "ExportedSource cannot be divided; read files by path"),
        (bs.read_parquet(_bytes()), "a file object cannot be divided"),
    ):
        with pytest.raises(ConfigurationError, match=told):
            pipeline.write_parquet(tmp_path / "out", engine=InProcess())


def _bytes() -> io.BytesIO:
    held = io.BytesIO()
    pq.write_table(table(3), held)
    return held


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        bs.read_parquet(tmp_path / "no").write_parquet(tmp_path / "out", engine=InProcess())


def test_polars_and_duckdb_take_what_they_need(pairs: bs.Pipeline) -> None:
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    from biometal_stream.interop.polars import scan

    wanted = [row for row in range(400) if row % 7 == 6]
    frame = scan(pairs).filter(polars.col("sequence").str.len_chars() == 7).select("row")
    assert frame.collect()["row"].to_list() == wanted
    reads = pairs.dataset()
    found = duckdb.connect().sql("select row from reads where length(sequence) = 7").fetchall()
    assert [row for (row,) in found] == wanted
    assert reads.schema.names[0] == "name"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ray sets deprecated settings of its own
def test_ray_reads_row_groups(ray_cluster: object, tmp_path: Path) -> None:
    import ray
    import ray.data

    from biometal_stream.interop.ray import read_pipeline

    pq.write_table(table(400, paired=True), tmp_path / "a.parquet", row_group_size=50)
    pipeline = bs.read_parquet(tmp_path / "a.parquet") | bs.MinLength(3)
    dataset = read_pipeline(pipeline, partition_bytes=3000)
    found = pa.concat_tables(ray.get(dataset.to_arrow_refs()))
    assert found.to_pylist() == pipeline.stream().read_all().to_pylist()
