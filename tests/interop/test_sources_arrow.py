"""What reads a pipeline by Arrow's own interfaces: pyarrow, nanoarrow, ADBC, Lance and pandas."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from biometal_stream.errors import FastqError
from biometal_stream.interop import own_errors
from biometal_stream.pipeline import Pipeline
from tests.interop.streams import (
    MESSAGE,
    Counted,
    as_rows,
    bad_reads,
    expected,
    own_threads,
    pairs,
    reads,
    threads_end,
)


def through_nanoarrow(pipeline: Pipeline, _: Path) -> pa.Table:
    na = pytest.importorskip("nanoarrow")
    return pa.table(na.ArrayStream(pipeline))


def through_adbc(pipeline: Pipeline, _: Path) -> pa.Table:
    dbapi = pytest.importorskip("adbc_driver_sqlite.dbapi")
    with dbapi.connect(":memory:") as connection, connection.cursor() as cursor:
        cursor.adbc_ingest("reads", pipeline)
        cursor.execute("select * from reads")
        return cursor.fetch_arrow_table()


def through_lance(pipeline: Pipeline, folder: Path) -> pa.Table:
    lance = pytest.importorskip("lance")
    return lance.write_dataset(pipeline.stream(), folder / "lance").to_table()


def through_pandas(pipeline: Pipeline, _: Path) -> pa.Table:
    pd = pytest.importorskip("pandas", minversion="3")
    return pa.Table.from_pandas(pd.DataFrame.from_arrow(pipeline), preserve_index=False)


def through_batches_of_pandas(pipeline: Pipeline, _: Path) -> pa.Table:
    pytest.importorskip("pandas")
    frames = [batch.to_pandas() for batch in pipeline.stream()]
    return pa.concat_tables(
        pa.Table.from_pandas(frame, pipeline.schema, preserve_index=False) for frame in frames
    )


def through_write_dataset(pipeline: Pipeline, folder: Path) -> pa.Table:
    ds.write_dataset(pipeline.stream(), folder / "dataset", format="parquet", preserve_order=True)
    return ds.dataset(folder / "dataset").to_table()


def through_write_dataset_of_columns(pipeline: Pipeline, folder: Path) -> pa.Table:
    scanner = pipeline.dataset().scanner(pipeline.schema.names)
    ds.write_dataset(scanner, folder / "columns", format="parquet", preserve_order=True)
    ds.write_dataset(pipeline.dataset(), folder / "all", format="arrow", preserve_order=True)
    assert ds.dataset(folder / "all", format="arrow").count_rows() > 0
    return ds.dataset(folder / "columns").to_table()


def through_a_reader(pipeline: Pipeline, _: Path) -> pa.Table:
    return pa.RecordBatchReader.from_stream(pipeline).read_all()


WAYS = [
    through_nanoarrow,
    through_adbc,
    through_lance,
    through_pandas,
    through_batches_of_pandas,
    through_write_dataset,
    through_write_dataset_of_columns,
    through_a_reader,
]
ways = pytest.mark.parametrize("through", WAYS, ids=lambda way: way.__name__)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What these packages deprecate among themselves is not for these tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _same_rows(found: pa.Table, wanted: pa.Table) -> bool:
    missing = [[None if value != value else value for value in row] for row in as_rows(found)]
    return found.column_names == wanted.column_names and missing == [
        list(row) for row in as_rows(wanted)
    ]


@ways
def test_all_rows(through: Callable[[Pipeline, Path], pa.Table], tmp_path: Path) -> None:
    assert _same_rows(through(reads(), tmp_path), expected())
    assert threads_end()


@ways
def test_all_rows_of_real_pairs(
    through: Callable[[Pipeline, Path], pa.Table], shared_data: Path, tmp_path: Path
) -> None:
    pipeline = pairs(shared_data)
    assert _same_rows(through(pipeline, tmp_path), expected(pipeline))


@ways
def test_an_error(through: Callable[[Pipeline, Path], pa.Table], tmp_path: Path) -> None:
    pipeline = bad_reads(tmp_path)
    with pytest.raises(Exception, match=MESSAGE):
        through(pipeline, tmp_path / "first")
    with pytest.raises(FastqError, match=MESSAGE) as caught, own_errors():
        through(pipeline, tmp_path / "second")
    assert caught.value.location.record == 3
    assert threads_end()


def first_of_nanoarrow(pipeline: Pipeline) -> Any:
    stream = pytest.importorskip("nanoarrow").ArrayStream(pipeline)
    next(stream.iter_chunks())
    return stream


def first_of_pyarrow(pipeline: Pipeline) -> Any:
    reader = pa.RecordBatchReader.from_stream(pipeline)
    reader.read_next_batch()
    return reader


@pytest.mark.parametrize("first", [first_of_nanoarrow, first_of_pyarrow])
def test_a_reader_that_stands_still_is_not_read_ahead_of(first: Callable[[Pipeline], Any]) -> None:
    endless = Counted()
    reading = first(endless.pipeline)
    assert endless.taken < 20
    del reading
    assert threads_end()


def test_a_reader_that_is_closed_by_lance_ends_the_run(tmp_path: Path) -> None:
    lance = pytest.importorskip("lance")
    counted = Counted(200, size=1000)
    lance.write_dataset(
        counted.pipeline.dataset().to_batches(), tmp_path, schema=pa.schema(counted.pipeline)
    )
    assert lance.dataset(tmp_path).count_rows() == 200_000
    assert own_threads() == []


def test_lance_s_own_scan_of_a_dataset_says_what_to_do(tmp_path: Path) -> None:
    lance = pytest.importorskip("lance")
    with pytest.raises(OSError, match=r"s scanner\(\), or its stream\(\)"):
        lance.write_dataset(reads().dataset(), tmp_path / "lance")


def test_pyarrow_reads_ahead_of_what_it_writes() -> None:
    counted = Counted(300)
    scanner = ds.Scanner.from_batches(counted.pipeline.stream())
    batches = scanner.to_batches()
    next(batches)
    del batches, scanner
    assert counted.taken >= 3  # and mostly all: the guide says so
    assert threads_end()


def test_adbc_into_duckdb(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    dbapi = pytest.importorskip("adbc_driver_duckdb.dbapi")
    with dbapi.connect(str(tmp_path / "reads.db")) as connection:
        with connection.cursor() as cursor:
            cursor.adbc_ingest("reads", reads().stream(), mode="create")
            cursor.execute("select count(*) from reads")
            assert cursor.fetchone() == (expected().num_rows,)
        connection.commit()
