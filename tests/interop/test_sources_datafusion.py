"""DataFusion reads a pipeline's dataset lazily, and a stream eagerly."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from biometal_stream.errors import FastqError
from biometal_stream.interop import own_errors
from tests.interop.streams import (
    MESSAGE,
    Counted,
    as_rows,
    bad_reads,
    expected,
    pairs,
    reads,
    threads_end,
)

datafusion = pytest.importorskip("datafusion")


def query(source: Any, sql: str) -> pa.Table:
    context = datafusion.SessionContext()
    context.register_dataset("reads", source.dataset())
    return context.sql(sql).to_arrow_table()


def test_all_rows() -> None:
    assert as_rows(query(reads(), "select * from reads")) == as_rows(expected())


def test_all_rows_of_real_pairs(shared_data: Path) -> None:
    pipeline = pairs(shared_data)
    found = query(pipeline, "select * from reads")
    assert found.num_rows > 1000
    assert as_rows(found) == as_rows(expected(pipeline))


def test_columns_rows_and_counts() -> None:
    wanted = [row for row in as_rows(expected()) if "GATTA" in str(row[2])]
    sql = "from reads where sequence like '%GATTA%'"
    assert as_rows(query(reads(), f"select quality, name {sql}")) == [
        (row[3], row[0]) for row in wanted
    ]
    assert as_rows(query(reads(), f"select count(*) {sql}")) == [(len(wanted),)]
    assert as_rows(query(reads(), "select count(*) from reads")) == [(expected().num_rows,)]
    join = "select count(*) from reads a join reads b on a.name = b.name"
    assert as_rows(query(reads(), join)) == [(expected().num_rows,)]


def test_a_dataset_that_is_filtered_already() -> None:
    import pyarrow.compute as pc

    class Filtered:
        def dataset(self) -> Any:
            return reads().dataset().filter(pc.match_substring(pc.field("sequence"), "GATTA"))

    wanted = [row for row in as_rows(expected()) if "GATTA" in str(row[2])]
    assert as_rows(query(Filtered(), "select * from reads")) == wanted


@pytest.mark.parametrize("sql", ["limit 4", "where row > 2 limit 4"])
def test_a_limit_ends_the_run(sql: str) -> None:
    endless = Counted()
    assert query(endless.pipeline, f"select * from reads {sql}").num_rows == 4
    assert threads_end(datafusion.SessionContext)
    assert endless.taken < 20


def test_a_result_is_bounded_and_ends_when_it_is_let_go() -> None:
    endless = Counted()
    context = datafusion.SessionContext()
    context.register_dataset("reads", endless.pipeline.dataset())
    stream = context.sql("select * from reads").execute_stream()
    assert next(stream).to_pyarrow().num_rows == 3
    assert endless.taken < 20
    del stream, context
    assert threads_end(datafusion.SessionContext)


def test_from_arrow_reads_all_at_once() -> None:
    counted = Counted(5)
    frame = datafusion.SessionContext().from_arrow(counted.pipeline)
    assert counted.taken == 5  # as the guide says
    assert frame.count() == 15


def test_an_error(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=MESSAGE):
        query(bad_reads(tmp_path), "select * from reads")
    with pytest.raises(FastqError, match=MESSAGE), own_errors():
        query(bad_reads(tmp_path), "select * from reads")
    with pytest.raises(FastqError, match=MESSAGE), own_errors():
        datafusion.SessionContext().from_arrow(bad_reads(tmp_path))
    assert threads_end(datafusion.SessionContext)
