"""Polars reads a pipeline: as a scan of ours, as a dataset, and as a stream."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from biometal_stream.errors import DataError, FastqError, MissingExtraError, SchemaError
from biometal_stream.interop import own_errors
from biometal_stream.pipeline import Pipeline
from tests.interop.streams import (
    MESSAGE,
    Counted,
    as_rows,
    bad_reads,
    expected,
    reads,
    threads_end,
)
from tests.stand_ins import Call, Numbers

pl = pytest.importorskip("polars")

from biometal_stream.interop.polars import scan  # noqa: E402 - polars may not be there

ENGINES = ["in-memory", "streaming"]


@pytest.mark.parametrize("engine", ENGINES)
def test_all_rows(engine: Any) -> None:
    frame = scan(reads())
    assert as_rows(frame.collect(engine=engine).to_arrow()) == as_rows(expected())
    assert frame.collect(engine=engine).equals(pl.DataFrame(reads()))  # a run of its own
    assert frame.collect_schema() == pl.DataFrame(reads()).schema


@pytest.mark.parametrize("engine", ENGINES)
def test_columns_rows_and_counts(engine: Any) -> None:
    frame, wanted = scan(reads()), pl.DataFrame(reads())
    some = pl.col("sequence").str.contains("GATTA", literal=True)
    assert (
        frame.select("quality", "name")
        .collect(engine=engine)
        .equals(wanted.select("quality", "name"))
    )
    assert (
        frame.filter(some)
        .select("name")
        .collect(engine=engine)
        .equals(wanted.filter(some).select("name"))
    )
    assert frame.select(pl.len()).collect(engine=engine).item() == wanted.height
    assert frame.head(7).filter(some).collect(engine=engine).equals(wanted.head(7).filter(some))
    assert frame.filter(some).head(7).collect(engine=engine).equals(wanted.filter(some).head(7))
    assert frame.join(frame, on="name").collect(engine=engine).height == wanted.height


@pytest.mark.parametrize("engine", ENGINES)
def test_a_limit_ends_the_run(engine: Any) -> None:
    endless = Counted()
    frame = scan(endless.pipeline)
    assert endless.taken == 0
    assert frame.head(4).collect(engine=engine)["row"].to_list() == [0, 1, 2, 3]
    assert threads_end()
    assert endless.taken < 20


def test_a_limit_behind_a_filter_ends_the_run_of_the_streaming_engine() -> None:
    endless = Counted()
    frame = scan(endless.pipeline).filter(pl.col("row") > 4).head(2)
    assert frame.collect(engine="streaming").height == 2
    # Polars lets go of Python's objects when it is called the next time.
    assert threads_end(pl.DataFrame)
    assert endless.taken < 500


def test_only_what_the_query_needs_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    original = Pipeline.execution

    def execution(self: Pipeline) -> Any:
        made.append(original(self))
        return made[-1]

    monkeypatch.setattr(Pipeline, "execution", execution)
    scan(reads()).filter(pl.col("sequence").str.contains("GATTA", literal=True)).select(
        "name"
    ).collect()
    assert made[-1].schema.names == ["name", "sequence"]
    assert made[-1]._plan.source.schema.names == ["name", "sequence", "quality"]


@pytest.mark.skipif(not hasattr(pl.LazyFrame, "collect_batches"), reason="an old Polars")
def test_batches_of_a_size() -> None:
    source = scan(reads())
    sizes = [frame.height for frame in source.collect_batches(chunk_size=100, lazy=True)]
    assert sum(sizes) == expected().num_rows


@pytest.mark.parametrize("engine", ENGINES)
def test_an_error_comes_as_itself(engine: Any, tmp_path: Path) -> None:
    with pytest.raises(FastqError, match=MESSAGE) as caught:
        scan(bad_reads(tmp_path)).collect(engine=engine)
    assert caught.value.location.record == 3
    with pytest.raises(FastqError, match=MESSAGE), own_errors():  # which old versions need
        scan(bad_reads(tmp_path)).collect(engine=engine)

    def fail(batch: object) -> Any:
        raise DataError("no number")

    with pytest.raises(DataError, match="no number") as noted:
        scan(Pipeline(Numbers(2)) | Call(fail)).collect(engine=engine)
    assert "in call" in noted.value.__notes__
    assert threads_end()


def test_a_pipeline_that_cannot_run_is_told_before_the_query() -> None:
    import biometal_stream as bs

    with pytest.raises(SchemaError, match="select needs a column 'nope'"):
        scan(reads() | bs.Select(("nope",)))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_dataset(engine: Any, tmp_path: Path) -> None:
    frame = pl.scan_pyarrow_dataset(reads().dataset())
    wanted = pl.DataFrame(reads())
    assert frame.collect(engine=engine).equals(wanted)
    found = frame.filter(pl.col("name") == wanted["name"][5]).select("quality")
    assert found.collect(engine=engine)["quality"].to_list() == [wanted["quality"][5]]
    endless = Counted()
    assert pl.scan_pyarrow_dataset(endless.pipeline.dataset()).head(4).collect().height == 4
    assert threads_end()
    assert endless.taken < 20
    with pytest.raises(FastqError, match=MESSAGE):
        pl.scan_pyarrow_dataset(bad_reads(tmp_path).dataset()).collect(engine=engine)


@pytest.mark.skipif(not hasattr(pl, "scan_arrow_c_stream"), reason="Polars before 2.1")
def test_a_stream(tmp_path: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is not stable, says Polars
        assert pl.scan_arrow_c_stream(reads()).collect().equals(pl.DataFrame(reads()))
        endless = Counted()
        frame = pl.scan_arrow_c_stream(endless.pipeline)
        assert endless.taken == 0
        assert frame.head(4).collect().height == 4
        del frame
        assert threads_end()
        assert endless.taken < 20
        with pytest.raises(pl.exceptions.PolarsError, match=MESSAGE):
            pl.scan_arrow_c_stream(bad_reads(tmp_path)).collect()
        with pytest.raises(FastqError, match=MESSAGE), own_errors():
            pl.scan_arrow_c_stream(bad_reads(tmp_path)).collect()


def test_an_eager_frame(tmp_path: Path) -> None:
    assert as_rows(pl.DataFrame(reads()).to_arrow()) == as_rows(expected())
    with pytest.raises(pl.exceptions.PolarsError, match=MESSAGE):
        pl.DataFrame(bad_reads(tmp_path))
    with pytest.raises(FastqError, match=MESSAGE), own_errors():
        pl.DataFrame(bad_reads(tmp_path))


def test_a_polars_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr("importlib.metadata.version", lambda package: "1.30.0")
    with pytest.raises(MissingExtraError, match=r"needs polars 1\.31 or later, but 1\.30\.0"):
        scan(reads())


@pytest.mark.parametrize("first", ["import biometal_stream.interop.polars.scan", "pass"])
def test_the_name_is_the_function_whatever_was_imported_before(first: str) -> None:
    code = f"{first}; from biometal_stream.interop.polars import apply, scan; scan.__code__"
    subprocess.run([sys.executable, "-c", code], check=True)
