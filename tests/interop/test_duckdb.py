"""The functions in DuckDB's SQL, and operators over its relations."""

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata

import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, MissingExtraError, SchemaError
from biometal_stream.interop import own_errors
from biometal_stream.interop.duckdb import apply, register
from biometal_stream.interop.functions import FUNCTIONS, predict_score
from tests.interop.columns import assert_expected, passed, reads, real_reads

duckdb = pytest.importorskip("duckdb")


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        register(connection)
        connection.register("reads", reads())
        yield connection


def calls():
    """Each function as SQL calls it."""
    return {
        function.name: f"{function.name}({', '.join(map(str, passed(function, str)))})".replace(
            "(quality, seq", "('quality', seq"
        )
        for function in FUNCTIONS
        if function is not predict_score
    }


def test_rows_are_what_the_operators_give(connection):
    columns = ", ".join(f"{call} AS {name}" for name, call in calls().items())
    table = connection.sql(f"SELECT {columns} FROM reads ORDER BY row").to_arrow_table()
    assert_expected(table.to_pydict())
    types = dict(zip(table.column_names, table.schema.types, strict=True))
    assert types == {f.name: f.result for f in FUNCTIONS if f is not predict_score}


def one(connection, query):
    """The only row of a query."""
    (row,) = connection.sql(query).fetchall()
    return row


def test_in_a_condition_and_an_aggregate(connection):
    kept, mean = one(
        connection,
        "SELECT count(*), avg(gc_fraction(sequence)) FROM reads"
        " WHERE mean_quality(quality) >= 20 AND length(sequence) >= 50",
    )
    (batch,) = real_reads().to_batches()
    batch = bs.Measure()(bs.MinLength(50)(bs.MinMeanQuality(20)(batch)))
    assert kept == 2 * batch.num_rows
    assert mean == pytest.approx(sum(batch["gc"].to_pylist()) / batch.num_rows)


def test_nulls_empty_reads_and_constants(connection):
    query = "SELECT mean_quality(NULL), mean_quality(''), mean_quality('I'), gc_fraction('NN')"
    assert connection.sql(query).fetchall() == [(None, None, 40.0, None)]
    query = "SELECT predict(NULL, 'A', 'I'), predict('quality', NULL, 'I')"
    assert connection.sql(query).fetchall() == [(None, None)]
    query = "SELECT expected_errors(quality::ENUM('I', 'II')) FROM (SELECT 'II' AS quality)"
    assert one(connection, query) == (pytest.approx(2e-4),)


def test_to_register_again_changes_nothing(connection):
    register(connection)
    register(connection.cursor())
    assert one(connection, "SELECT gc_fraction('GCA')") == (pytest.approx(2 / 3),)


def test_the_default_connection():
    register()
    assert one(duckdb, "SELECT reverse_complement('AAC')") == ("GTT",)


def test_another_function_by_such_a_name_is_not_replaced():
    with duckdb.connect() as connection:
        connection.execute("CREATE MACRO gc_fraction(x) AS 0")
        with pytest.raises(ConfigurationError, match="another function or macro 'gc_fraction'"):
            register(connection)


def test_connections_in_several_threads(connection):
    def count(_):
        with connection.cursor() as cursor:
            return one(
                cursor,
                "SELECT sum(n_count(sequence)), count(predict('quality', sequence,"
                " quality)) FROM range(20), (SELECT 'ANNA' AS sequence, 'IIII' AS quality)",
            )

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(count, range(8))) == {(40, 20)}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("mean_quality('é')", "DataError: column 'quality' has byte 0xc3 in row 0 of the batch"),
        ("predict('quality', 'AA', 'I')", "DataError: columns 'sequence' and 'quality' differ in"),
        (
            "predict('nobody', 'A', 'I')",
            "ModelChoiceError: 'nobody': there is no such file or folder",
        ),
        ("predict('', 'A', 'I')", "ConfigurationError: predict: name a model"),
        ("predict_score('quality', 'A', 'I')", "ModelError: the model 'quality' returns labels"),
        ("mean_quality([40])", "No function matches"),
    ],
)
def test_the_message_reaches_the_user(connection, query, message):
    with pytest.raises(duckdb.Error, match=message):
        connection.sql(f"SELECT {query}").fetchall()


def test_the_error_can_be_had_as_itself(connection):
    with pytest.raises(DataError, match="has byte 0x20 in row 0"), own_errors():
        connection.sql("SELECT mean_quality(' ')").fetchall()


def test_operators_over_a_relation(connection):
    operators = bs.MinLength(50), bs.Measure(), bs.Predict("quality"), bs.Head(700)
    relation = connection.sql("SELECT * FROM reads WHERE sequence IS NOT NULL AND quality <> ''")
    pipeline = apply(relation, *operators)
    (batch,) = reads().drop_null().to_batches()
    for operator in operators:
        batch = operator(batch)
    for _ in range(2):
        found = [row for part in pipeline.batches() for row in part.to_pylist()]
        assert found == batch.to_pylist()
    with connection.cursor() as other:
        found = other.sql("SELECT count(*), max(length) FROM pipeline").fetchall()
    assert found == [(batch.num_rows, max(batch["length"].to_pylist()))]


def test_a_relation_is_read_no_further_than_asked(connection):
    query = "SELECT repeat('A', 20) AS sequence FROM range(1_000_000_000_000)"
    batches = apply(connection.sql(query), bs.MinLength(5)).batches()
    assert next(batches).num_rows
    batches.close()
    assert one(connection, "SELECT 1") == (1,)


def test_a_relation_is_read_through_another_connection(connection):
    pipeline = apply(connection.sql("SELECT 'ACGT' AS sequence"), bs.MinLength(2))  # noqa: F841
    with pytest.raises(duckdb.Error, match=r"use a separate connection from cursor\(\)"):
        connection.sql("SELECT * FROM pipeline").fetchall()
    assert one(connection, "SELECT 1") == (1,)


def test_what_an_operator_cannot_work_on(connection):
    with pytest.raises(SchemaError, match=r"measure needs a column 'quality'\. The input has: seq"):
        apply(connection.sql("SELECT sequence FROM reads"), bs.Measure())
    with pytest.raises(DataError, match="'quality' is null in row 2001 of the batch"):
        list(apply(connection.sql("SELECT quality FROM reads"), bs.MinMeanQuality(3)).batches())


def test_what_is_not_installed_or_too_old(monkeypatch):
    remedy = r"pip install 'biometal-stream\[duckdb\]'"
    with monkeypatch.context() as patch:
        patch.setattr(metadata, "version", lambda _: "1.0.0")
        with pytest.raises(MissingExtraError, match=f"needs duckdb 1.1 or later.*{remedy}"):
            register()
        with pytest.raises(MissingExtraError, match=f"needs duckdb 2.0 or later.*{remedy}"):
            apply(None)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtraError, match=f"interop.duckdb.register needs duckdb.*{remedy}"):
        register()
