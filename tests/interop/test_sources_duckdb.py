"""DuckDB reads a pipeline and its dataset: lazily, in part, to an early end, and with errors."""

from pathlib import Path
from typing import Any

import pytest

import biometal_stream as bs
from biometal_stream.errors import FastqError, InputError
from biometal_stream.interop import own_errors
from tests.interop.streams import (
    MESSAGE,
    Counted,
    as_rows,
    bad_reads,
    expected,
    own_threads,
    reads,
    threads_end,
)

duckdb = pytest.importorskip("duckdb")


def connection(source: Any, way: str) -> Any:
    """A connection in which a source is known as ``reads``."""
    con = duckdb.connect()
    con.register("reads", source.dataset() if way == "dataset" else source)
    return con


@pytest.mark.parametrize("way", ["pipeline", "dataset"])
def test_all_rows(way: str) -> None:
    con = connection(reads(), way)
    wanted = as_rows(expected())
    assert con.sql("from reads").fetchall() == wanted
    assert con.sql("from reads").fetchall() == wanted  # a run of its own
    con.sql("create view motif as select name from reads where sequence like '%GATTA%'")
    names = [(row[0],) for row in wanted if "GATTA" in row[2]]
    assert 0 < len(names) < len(wanted)
    assert con.sql("from motif").fetchall() == names
    assert con.sql("select count(*) from motif").fetchall() == [(len(names),)]


def test_by_the_name_of_a_variable() -> None:
    pipeline = reads()
    dataset = pipeline.dataset()  # noqa: F841 - DuckDB finds it
    wanted = expected().num_rows
    assert duckdb.sql("select count(*) from pipeline").fetchall() == [(wanted,)]
    assert duckdb.sql("select count(*) from dataset").fetchall() == [(wanted,)]
    assert duckdb.sql(
        "select count(*) from pipeline a join dataset b on a.name = b.name"
    ).fetchall() == [(wanted,)]


@pytest.mark.parametrize("way", ["pipeline", "dataset"])
@pytest.mark.parametrize("query", ["from reads limit 4", "from reads where row > 2 limit 1"])
def test_a_limit_ends_the_run(query: str, way: str) -> None:
    endless = Counted()
    con = connection(endless.pipeline, way)
    assert len(con.sql(query).fetchall()) in {1, 4}
    assert threads_end()
    assert endless.taken < 500


@pytest.mark.parametrize("way", ["pipeline", "dataset"])
def test_a_result_that_is_let_go_ends_the_run(way: str) -> None:
    endless = Counted(size=50_000)
    con = connection(endless.pipeline, way)
    relation = con.sql("from reads")
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader
    reader = read(1000)
    assert reader.read_next_batch().column(0)[0].as_py() == 0
    del reader, read, relation, con
    assert threads_end()


def test_a_dataset_is_asked_for_columns_and_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    from biometal_stream.pipeline import dataset

    asked: list[tuple[Any, str]] = []
    original = dataset.PipelineDataset.scanner

    def scanner(self: Any, columns: Any = None, filter: Any = None, **options: Any) -> Any:
        asked.append((columns, str(filter)))
        return original(self, columns, filter, **options)

    monkeypatch.setattr(dataset.PipelineDataset, "scanner", scanner)
    con = connection(reads(), "dataset")
    query = "select quality from reads where name = 'ERR777676.6557'"
    assert len(con.sql(query).fetchall()) == 1
    ((columns, _),) = asked
    assert {"quality"} <= set(columns) <= {"quality", "name"}  # old versions filter once more
    assert "ERR777676.6557" in asked[0][1]


@pytest.mark.parametrize("way", ["pipeline", "dataset"])
def test_an_error(way: str, tmp_path: Path) -> None:
    con = connection(bad_reads(tmp_path), way)
    with pytest.raises(duckdb.Error, match=MESSAGE):
        con.sql("select count(*) from reads").fetchall()
    with pytest.raises(FastqError, match=MESSAGE) as caught, own_errors():
        con.sql("select count(*) from reads").fetchall()
    assert caught.value.location.line == 11
    assert threads_end()


def test_an_error_of_duckdb_s_own(tmp_path: Path) -> None:
    con = connection(bad_reads(tmp_path), "dataset")
    with pytest.raises(duckdb.BinderException), own_errors():
        con.sql("select nope from reads")


def test_an_input_that_can_be_read_once(tmp_path: Path) -> None:
    path = tmp_path / "reads.fq"
    path.write_text("@a\nACGT\n+\nIIII\n")
    with path.open("rb") as file:
        con = connection(bs.read_fastq(file), "dataset")
        assert con.sql("from reads").fetchall() == [("a", None, "ACGT", "IIII")]
        with pytest.raises(duckdb.Error, match="has been read before"):
            con.sql("from reads").fetchall()
        with pytest.raises(InputError, match="has been read before"), own_errors():
            con.sql("from reads").fetchall()
    assert own_threads() == []
