"""The functions in Daft's SQL and expressions, and operators over its frames."""

import sys
from importlib import metadata

import pytest

import biometal_stream as bs
from biometal_stream.errors import (
    ConfigurationError,
    DataError,
    MissingExtraError,
    ModelError,
    SchemaError,
)
from biometal_stream.interop.daft import apply, register
from biometal_stream.interop.functions import FUNCTIONS
from tests.interop.columns import assert_expected, passed, reads
from tests.interop.test_duckdb import calls

daft = pytest.importorskip("daft")
from daft import col  # noqa: E402 - only where it is installed


@pytest.fixture(scope="module")
def functions():
    return register()


@pytest.fixture(scope="module")
def frame():
    return daft.from_arrow(reads()).into_batches(1000)


def test_rows_are_what_the_operators_give(functions, frame):
    assert set(functions) == {function.name for function in FUNCTIONS}
    expressions = [functions[f.name](*passed(f, col)) for f in FUNCTIONS if f.name in calls()]
    found = frame.select(col("row"), *expressions).sort("row").to_pydict()
    del found["row"]
    assert set(found) == set(calls())
    assert_expected(found)


def test_in_sql(functions, frame):
    selected = ", ".join(f"{call} AS {name}" for name, call in calls().items())
    found = daft.sql(f"SELECT row, {selected} FROM frame ORDER BY row", frame=frame).to_pydict()
    del found["row"]
    assert_expected(found)


def test_to_register_again_changes_nothing(functions, frame):
    assert set(register()) == set(functions)
    found = daft.sql("SELECT row, gc_fraction(sequence) AS gc_fraction FROM frame ORDER BY row")
    assert_expected({"gc_fraction": found.to_pydict()["gc_fraction"]})


def test_errors_are_ours(functions, frame):
    with pytest.raises(ModelError, match="'nobody': there is no such file or folder"):
        frame.select(functions["predict"]("nobody", col("sequence"), col("quality"))).collect()
    with pytest.raises(SchemaError, match="mean_quality needs text as its quality, not int"):
        frame.select(functions["mean_quality"](col("row"))).collect()
    with pytest.raises(DataError, match="differ in length in row"):
        frame.select(functions["predict"]("quality", col("sequence"), col("name"))).collect()


def test_operators_over_a_frame(frame):
    operators = (
        bs.MinLength(50),
        bs.MinMeanQuality(20),
        bs.Predict("quality"),
        bs.Select(("row", "sequence", "quality", "quality_label")),
        bs.Measure(),
        bs.MaxN(0),
    )
    found = apply(frame.drop_null(), *operators)
    (batch,) = reads().drop_null().to_batches()
    for operator in operators:
        batch = operator(batch)
    assert found.sort("row").to_pylist() == batch.to_pylist()
    assert found.where(col("length") > 0).count_rows() == batch.num_rows
    assert [str(field.dtype) for field in found.schema()][-2:] == ["Float32", "Int32"]


def test_no_row_may_be_left(frame):
    assert apply(frame.drop_null(), bs.MinLength(10_000)).to_pydict()["row"] == []
    assert apply(frame.where(col("row") < 0), bs.Measure()).to_pydict()["length"] == []


class _Odd(bs.Select):
    """Keeps a column, and the first row alone."""

    def __call__(self, batch):
        return super().__call__(batch).slice(0, 1)


def test_what_an_operator_cannot_work_on(frame):
    with pytest.raises(ConfigurationError, match="head needs all reads in order, and Daft"):
        apply(frame, bs.Head(3))
    with pytest.raises(
        SchemaError, match=r"measure needs a column 'sequence'\. The input has: row"
    ):
        apply(frame.select("row"), bs.Measure())
    with pytest.raises(DataError, match="'sequence' is null in row"):
        apply(frame, bs.MinLength(3)).collect()
    with pytest.raises(SchemaError, match="drops both columns and rows"):
        apply(frame, _Odd(("name",))).collect()


def test_what_is_not_installed_or_too_old(monkeypatch):
    remedy = r"pip install 'biometal-stream\[daft\]'"
    for call in (register, lambda: apply(None)):
        with monkeypatch.context() as patch:
            patch.setattr(metadata, "version", lambda _: "0.6.9")
            with pytest.raises(MissingExtraError, match=f"needs daft 0.7 or later.*{remedy}"):
                call()
            patch.setitem(sys.modules, "daft", None)
            with pytest.raises(MissingExtraError, match=f"needs daft.*{remedy}"):
                call()
