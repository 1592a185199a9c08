"""LIMIT in other engines: rows before a bad record come, and those after it are an error."""

from collections.abc import Callable
from typing import Any

import pytest

import biometal_stream as bs
from biometal_stream.errors import FastqError
from biometal_stream.interop import own_errors
from biometal_stream.pipeline import Pipeline
from tests.interop.streams import threads_end

GOOD = 20_000
"""Reads before the bad record: more than a batch, in 6 MB of text."""
BAD = f"bad.fq: record {GOOD + 1}, "

Query = Callable[[Pipeline, int | None], int]
"""Counts the rows that a query gives with a limit; without one it needs all rows."""


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    path = tmp_path_factory.mktemp("reads") / "bad.fq"
    good = "".join(f"@r{number}\n{'ACGT' * 35}\n+\n{'I' * 140}\n" for number in range(GOOD))
    path.write_text(f"{good}@bad\nACGT\nIIII\n+\n@after\nAC\n+\nII\n")
    return bs.read_fastq(path) | bs.MinLength(1)


def _duckdb(source: Any, limit: int | None) -> int:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.register("reads", source)
    if limit is None:
        return int(connection.sql("select count(*) from reads").fetchall()[0][0])
    return len(connection.sql(f"from reads limit {limit}").fetchall())


def _polars(frame: Any, limit: int | None) -> int:
    polars = pytest.importorskip("polars")
    if limit is None:
        return int(frame.select(polars.len()).collect().item())
    return int(frame.head(limit).collect().height)


def _polars_scan(pipeline: Pipeline, limit: int | None) -> int:
    pytest.importorskip("polars")
    from biometal_stream.interop.polars import scan

    return _polars(scan(pipeline), limit)


def _polars_dataset(pipeline: Pipeline, limit: int | None) -> int:
    polars = pytest.importorskip("polars")
    return _polars(polars.scan_pyarrow_dataset(pipeline.dataset()), limit)


def _datafusion(pipeline: Pipeline, limit: int | None) -> int:
    datafusion = pytest.importorskip("datafusion")
    context = datafusion.SessionContext()
    context.register_dataset("reads", pipeline.dataset())
    if limit is None:
        return int(context.sql("select count(*) from reads").to_pydict().popitem()[1][0])
    return int(context.sql(f"select * from reads limit {limit}").to_arrow_table().num_rows)


@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize(
    ("query", "most"),
    [
        pytest.param(_duckdb, GOOD, id="duckdb-pipeline"),
        pytest.param(
            lambda pipeline, limit: _duckdb(pipeline.dataset(), limit), GOOD, id="duckdb-dataset"
        ),
        pytest.param(_polars_scan, GOOD, id="polars-scan"),
        # Polars takes a batch of a dataset more than its limit needs.
        pytest.param(_polars_dataset, 1000, id="polars-dataset"),
        pytest.param(_datafusion, GOOD, id="datafusion-dataset"),
    ],
)
def test_a_limit_and_a_bad_record(reads: Pipeline, query: Query, most: int, threads: int) -> None:
    pipeline = reads.with_options(threads=threads, memory=16 << 20)
    for limit in (1, 1000, most):
        assert query(pipeline, limit) == limit
    for limit in (GOOD + 1, None):
        with pytest.raises(FastqError, match=BAD), own_errors():
            query(pipeline, limit)
    assert threads_end(_nudge)


def _nudge() -> None:
    """Has Polars and DataFusion let go of what they no longer need, which they do when called."""
    for module, call in (("polars", "DataFrame"), ("datafusion", "SessionContext")):
        getattr(pytest.importorskip(module), call)()
