"""The functions in DataFusion's SQL and expressions, and operators over its frames."""

import sys
from importlib import metadata

import pytest

import biometal_stream as bs
from biometal_stream.errors import DataError, MissingExtraError, SchemaError
from biometal_stream.interop import own_errors
from biometal_stream.interop.datafusion import apply, register
from biometal_stream.interop.functions import FUNCTIONS, predict_score
from tests.interop.columns import assert_expected, reads
from tests.interop.test_duckdb import calls

datafusion = pytest.importorskip("datafusion")


@pytest.fixture
def context():
    context = datafusion.SessionContext()
    register(context)
    context.register_record_batches("reads", [reads().to_batches()])
    return context


def columns(frame):
    """The columns of a frame as lists."""
    return frame.to_arrow_table().to_pydict()


def test_rows_are_what_the_operators_give(context):
    selected = ", ".join(f"{call} AS {name}" for name, call in calls().items())
    table = context.sql(f"SELECT {selected} FROM reads ORDER BY row").to_arrow_table()
    assert_expected(table.to_pydict())
    types = dict(zip(table.column_names, map(str, table.schema.types), strict=True))
    assert types == {f.name: str(f.result) for f in FUNCTIONS if f is not predict_score}


def test_as_expressions(context):
    functions = register(context)
    assert set(functions) == {function.name for function in FUNCTIONS}
    frame = context.table("reads").sort(datafusion.col("row"))
    found = frame.select(
        functions["mean_quality"](datafusion.col("quality")).alias("mean_quality"),
        functions["predict"](
            datafusion.lit("quality"), datafusion.col("sequence"), datafusion.col("quality")
        ).alias("predict"),
    )
    assert_expected(columns(found))


def test_other_kinds_of_text(context):
    found = context.sql(
        "SELECT mean_quality(arrow_cast(quality, 'Utf8View')) AS mean_quality,"
        " reverse_complement(arrow_cast(sequence, 'LargeUtf8')) AS reverse_complement,"
        " n_count(arrow_cast(sequence, 'Dictionary(Int32, Utf8)')) AS n_count"
        " FROM reads ORDER BY row"
    )
    assert_expected(columns(found))


def test_nulls_empty_reads_and_constants(context):
    query = "SELECT mean_quality(NULL) a, mean_quality('') b, mean_quality('I') c"
    assert columns(context.sql(query)) == {"a": [None], "b": [None], "c": [40.0]}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("mean_quality('é')", r"column \\*'quality\\*' has byte 0xc3 in row 0 of the batch"),
        ("predict('quality', 'AA', 'I')", r"differ in length in row 0 of the batch: 2 bases"),
        ("predict('nobody', 'A', 'I')", "there is no such file or folder"),
        ("predict('quality', 'A')", "No function matches|coerce"),
    ],
)
def test_the_message_reaches_the_user(context, query, message):
    with pytest.raises(Exception, match=message):
        context.sql(f"SELECT {query}").collect()


def test_the_error_can_be_had_as_itself(context):
    with pytest.raises(DataError, match="has byte 0x20 in row 0"), own_errors():
        context.sql("SELECT mean_quality(' ')").collect()


def test_operators_over_a_frame(context):
    operators = bs.MinLength(50), bs.Measure(), bs.Predict("quality"), bs.Head(700)
    frame = context.sql("SELECT * FROM reads WHERE sequence IS NOT NULL AND quality <> ''")
    pipeline = apply(frame.sort(datafusion.col("row")), *operators)
    (batch,) = reads().drop_null().to_batches()
    for operator in operators:
        batch = operator(batch)
    for _ in range(2):
        found = [row for part in pipeline.batches() for row in part.to_pylist()]
        assert found == batch.to_pylist()
    context.register_dataset("kept", pipeline.dataset())
    query = "SELECT count(*) AS number, max(length) AS longest FROM kept"
    longest = max(batch["length"].to_pylist())
    assert columns(context.sql(query)) == {"number": [batch.num_rows], "longest": [longest]}


def test_a_frame_is_read_no_further_than_asked(context):
    query = "SELECT repeat('A', 20) AS sequence FROM range(1000000000000)"
    batches = apply(context.sql(query), bs.MinLength(5)).batches()
    assert next(batches).num_rows
    batches.close()


def test_what_an_operator_cannot_work_on(context):
    with pytest.raises(SchemaError, match=r"measure needs a column 'quality'\. The input has: seq"):
        apply(context.sql("SELECT sequence FROM reads"), bs.Measure())
    with pytest.raises(DataError, match="'quality' is null in row"):
        list(apply(context.sql("SELECT quality FROM reads"), bs.MinMeanQuality(3)).batches())


def test_what_is_not_installed_or_too_old(monkeypatch):
    remedy = r"pip install 'biometal-stream\[datafusion\]'"
    for call in (lambda: register(None), lambda: apply(None)):
        with monkeypatch.context() as patch:
            patch.setattr(metadata, "version", lambda _: "49.0.0")
            with pytest.raises(MissingExtraError, match=f"needs datafusion 50 or later.*{remedy}"):
                call()
            patch.setitem(sys.modules, "datafusion", None)
            with pytest.raises(MissingExtraError, match=f"needs datafusion.*{remedy}"):
                call()
