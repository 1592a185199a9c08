"""Runs whose result is a few rows, a number, or a frame."""

import sys

import pyarrow as pa
import pytest

import biometal_stream as bs
from tests.operators.conformance import cut, reads
from tests.stand_ins import Given, Numbers, own_threads


@pytest.fixture
def pipeline():
    return bs.Pipeline(Given(tuple(cut(reads(), [0, 10, 13]))))


@pytest.mark.parametrize("number", [0, 1, 10, 12, 40, 50])
def test_the_first_rows(pipeline, number):
    table = pipeline.head(number)
    assert table.schema.equals(reads().schema, check_metadata=True)
    assert table.to_pylist() == reads().to_pylist()[:number]


def test_five_rows_unless_told(pipeline):
    assert (pipeline | bs.MinLength(20)).head().num_rows == 5


def test_the_first_rows_end_the_run():
    assert bs.Pipeline(Numbers()).head(4).column("row").to_pylist() == [0, 1, 2, 3]
    assert own_threads() == []


@pytest.mark.parametrize("number", [-1, 1.5, "5", None, True])
def test_a_number_of_rows_that_is_none(pipeline, number):
    with pytest.raises(bs.ConfigurationError, match="head: the number must be a whole number"):
        pipeline.head(number)


def test_counting(pipeline):
    assert pipeline.count() == 40
    assert (pipeline | bs.MinLength(75)).count() == sum(
        len(row["sequence"]) >= 75 for row in reads().to_pylist()
    )
    assert (pipeline | bs.Head(0)).count() == 0


def test_counting_builds_no_column(pipeline, monkeypatch):
    monkeypatch.setattr(bs.Measure, "__call__", lambda *_: pytest.fail("a column was built"))
    assert (pipeline | bs.Measure | bs.MinLength(0)).count() == 40


def test_too_few_reads_are_an_error(pipeline):
    with pytest.raises(bs.TooFewReadsError):
        pipeline.with_options(min_reads=41).count()


def test_a_summary(pipeline):
    summary = (pipeline | bs.Measure(["gc"])).summary()
    assert summary.reads == 40
    assert summary.bases == sum(len(row["sequence"]) for row in reads().to_pylist())


def test_frames(pipeline):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    frame = pipeline.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert frame["name"].tolist() == reads()["name"].to_pylist()
    frame = pipeline.to_polars()
    assert isinstance(frame, pl.DataFrame)
    assert pa.table(frame).column("sequence").to_pylist() == reads()["sequence"].to_pylist()


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_a_frame_of_what_is_not_installed(pipeline, package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    message = rf"to_{package}\(\) needs {package} .*pip install 'biometal-stream\[{package}\]'"
    with pytest.raises(bs.MissingExtraError, match=message):
        getattr(pipeline, f"to_{package}")()
