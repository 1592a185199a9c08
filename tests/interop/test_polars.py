"""The functions as expressions of Polars, and operators over its lazy frames."""

import subprocess
import sys
from importlib import metadata

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import (
    ConfigurationError,
    DataError,
    MissingExtraError,
    ModelError,
    SchemaError,
)
from biometal_stream.measured import MEASURES
from tests.interop.columns import CONSTANTS, assert_expected, reads

pl = pytest.importorskip("polars")
from biometal_stream.interop.polars import apply  # noqa: E402 - only where Polars is installed
from biometal_stream.interop.polars.namespace import ReadsExpr, register  # noqa: E402

engines = pytest.mark.parametrize("engine", ["in-memory", "streaming"])


@pytest.fixture(scope="module")
def frame():
    """The reads in several chunks, so that they stream."""
    table = reads()
    return pl.concat([pl.DataFrame(table[k : k + 500]) for k in range(0, 4007, 500)], rechunk=False)


EXPRESSIONS = {
    **{
        each.sql: getattr(pl.col(each.reads).reads, each.sql)()
        for each in MEASURES.values()
        if each.sql
    },
    "reverse_complement": pl.col("sequence").reads.reverse_complement(),
    "minimizers": pl.col("sequence").reads.minimizers(CONSTANTS["k"], CONSTANTS["w"]),
    "kmers": pl.col("sequence").reads.kmers(k=CONSTANTS["k"]),
    "predict": pl.col("sequence").reads.predict("quality"),
    "predict_probability": pl.col("sequence").reads.predict_probability(
        "quality", pl.col("quality")
    ),
}


@engines
def test_rows_are_what_the_operators_give(frame, engine):
    lazy = frame.lazy().select(**EXPRESSIONS)
    found = lazy.collect(engine=engine)
    assert found.schema == lazy.collect_schema()
    assert_expected(found.to_dict(as_series=False))


def test_the_types_are_known_before(frame):
    types = frame.lazy().select(**EXPRESSIONS).collect_schema()
    assert types["mean_quality"] == pl.Float64
    assert types["n_count"] == pl.Int64
    assert types["reverse_complement"] == types["predict"] == pl.String
    assert types["predict_probability"] == pl.Float32


def test_each_function_is_there():
    from biometal_stream.interop.functions import FUNCTIONS

    names = {name for name in vars(ReadsExpr) if not name.startswith("_")}
    assert names == {function.name for function in FUNCTIONS}


def test_eager_conditions_and_names(frame):
    kept = frame.drop_nulls().filter(pl.col("quality").reads.mean_quality() >= 30)
    (batch,) = reads().drop_null().to_batches()
    assert kept["row"].to_list() == bs.MinMeanQuality(30)(batch)["row"].to_pylist()
    two = frame.lazy().select(
        pl.col("quality").reads.mean_quality(),
        pl.col("sequence").reads.predict("quality", "quality"),
        pl.lit("A").reads.predict("quality", pl.lit("I")).alias("constant"),
    )
    assert two.collect_schema().names() == ["quality", "sequence", "constant"]
    assert two.collect().height == frame.height


def test_other_kinds_of_columns(frame):
    found = frame.select(
        mean_quality=pl.col("quality").cast(pl.Categorical).reads.mean_quality(),
        gc_fraction=pl.col("sequence").gather(pl.int_range(pl.len())).reads.gc_fraction(),
    )
    assert_expected(found.to_dict(as_series=False))
    nothing = frame.select(pl.lit(None).reads.mean_quality(), n=pl.lit(None).reads.n_count())
    assert nothing.row(0) == (None, None)
    assert frame.clear().select(**EXPRESSIONS).height == 0


@engines
@pytest.mark.parametrize(
    ("expression", "error", "message"),
    [
        (pl.lit("é").reads.mean_quality(), DataError, "has byte 0xc3 in row 0 of the batch"),
        (pl.col("row").reads.gc_fraction(), SchemaError, "text as its sequence, not int64"),
        (EXPRESSIONS["predict"].reads.expected_errors(), None, None),
        (pl.col("sequence").reads.predict("nobody"), ModelError, "'nobody': there is no such"),
        (pl.col("sequence").reads.predict(""), ConfigurationError, "predict: name a model"),
        (pl.col("sequence").reads.predict("quality", "name"), DataError, "differ in length in"),
        (pl.col("sequence").reads.predict_score("quality"), ModelError, "returns labels; use"),
    ],
)
def test_errors_are_ours(frame, engine, expression, error, message):
    lazy = frame.lazy().select(expression)
    if error is None:
        assert lazy.collect(engine=engine).height == frame.height
        return
    with pytest.raises(error, match=message):
        lazy.collect(engine=engine)


OPERATORS = (
    bs.MinLength(50),
    bs.MinMeanQuality(20),
    bs.Predict("quality"),
    bs.Measure(),
    bs.ReverseComplement(),
    bs.Rename(("name=id",)),
)


@engines
def test_operators_over_a_lazy_frame(frame, engine):
    lazy = apply(frame.lazy().drop_nulls(), *OPERATORS)
    found = lazy.collect(engine=engine)
    assert dict(found.schema) == dict(lazy.collect_schema())
    (batch,) = reads().drop_null().to_batches()
    for operator in OPERATORS:
        batch = operator(batch)
    assert found.to_dicts() == batch.to_pylist()
    assert (
        lazy.filter(pl.col("length") > 100)
        .select("id")
        .head(3)
        .collect(engine=engine)["id"]
        .to_list()
        == [row["id"] for row in batch.to_pylist() if row["length"] > 100][:3]
    )


@engines
def test_pairs_are_not_parted(engine):
    table = reads().slice(0, 900)
    mates = pl.Series("mate", [1, 2] * 450, dtype=pl.Int8)
    whole = pl.DataFrame(table).with_columns(mates)
    parts = pl.concat([whole[k : k + 75] for k in range(0, 900, 75)], rechunk=False)
    found = apply(parts.lazy(), bs.MinMeanQuality(35)).collect(engine=engine)
    (batch,) = table.append_column("mate", pa.array([1, 2] * 450, pa.int8())).to_batches()
    assert found["row"].to_list() == bs.MinMeanQuality(35)(batch)["row"].to_pylist()
    assert found["mate"].to_list() == [1, 2] * (found.height // 2)


@engines
def test_no_row_may_be_left(frame, engine):
    empty = apply(frame.lazy().filter(pl.col("row") < 0), bs.Measure())
    assert empty.collect(engine=engine).schema == empty.collect_schema()


@engines
def test_what_an_operator_cannot_work_on(frame, engine):
    with pytest.raises(ConfigurationError, match="head needs all reads in order, and Polars"):
        apply(frame.lazy(), bs.Head(3))
    with pytest.raises(
        SchemaError, match=r"measure needs a column 'sequence'\. The input has: row"
    ):
        apply(frame.lazy().select("row"), bs.Measure())
    with pytest.raises(DataError, match="'sequence' is null in row"):
        apply(frame.lazy(), bs.MinLength(3)).collect(engine=engine)


def test_importing_it_is_what_registers_the_namespace():
    code = (
        "import sys, polars as pl, biometal_stream.interop.polars as embed;"
        "print(pl.col('q').reads.mean_quality, embed.__all__, 'numba' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "ReadsExpr.mean_quality" in result.stdout
    assert result.stdout.endswith("['apply', 'scan'] False\n")


def test_what_is_not_installed_or_too_old(monkeypatch):
    remedy = r"pip install 'biometal-stream\[polars\]'"
    for call in (register, lambda: apply(None)):
        with monkeypatch.context() as patch:
            patch.setattr(metadata, "version", lambda _: "1.30.0")
            with pytest.raises(MissingExtraError, match=f"needs polars 1.31 or later.*{remedy}"):
                call()
            patch.setitem(sys.modules, "polars", None)
            with pytest.raises(MissingExtraError, match=f"needs polars.*{remedy}"):
                call()
