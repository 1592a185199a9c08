"""The language of `Where`."""

import datetime as dt
import warnings

import pyarrow as pa
import pytest

from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.measured import MEASURES
from biometal_stream.operators import EncodeReads, Measure, MinMeanQuality, Where
from biometal_stream.operators.expressions.language import FUNCTIONS
from tests.conftest import REPOSITORY
from tests.operators import plain
from tests.operators.conformance import reads

BATCH = pa.record_batch(
    {
        "name": ["a1", "b2", "c3", "d4"],
        "sequence": ["ACGT", "GG", "", "NNNNA"],
        "quality": ["IIII", "5!", "", "#####"],
        "description": ["x", None, "é", "xyz"],
        "count": pa.array([7, -7, None, 2**40]),
        "small": pa.array([0.7, 0.2, None, 0.1], pa.float32()),
        "flag": [True, False, None, True],
        "odd name": [1, 2, 3, 4],
        "tiny": pa.array([1, 2, 3, 200], pa.uint8()),
    }
)


def kept(expression):
    return "".join(name[0] for name in Where(expression)(BATCH).column("name").to_pylist())


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("count > 0", "ad"),
        ("not count > 0", "b"),
        ("count > 0 or count <= 0", "abd"),
        ("count > 0 or True", "abcd"),
        ("not flag", "b"),
        ("flag", "ad"),
        ("flag == False", "b"),
        ("is_null(count)", "c"),
        ("not is_null(count) and not is_null(flag)", "abd"),
        ("flag and count > 100", "d"),
        ("-7 <= count < 8", "ab"),
        ("count in (7, 8)", "a"),
        ("count in [-7]", "b"),
        ("count not in (7, 8)", "bd"),
        ("name in ('a1', 'd4')", "ad"),
        ("name not in ('a1', 'd4')", "bc"),
        ("name == 'a1'", "a"),
        ("name > 'b'", "bcd"),
        ("contains(name, '2')", "b"),
        ("starts_with(name, 'd') or ends_with(name, '3')", "cd"),
        (r"matches(name, '^[ab]\d$')", "ab"),
        ("matches(description, 'x')", "ad"),
        ("not matches(description, 'x')", "c"),
        ("column('odd name') == 2", "b"),
        ("length(description) == 1", "ac"),
        ("length == 4", "a"),
        ("length / 2 == 2.5", "d"),
        ("length % 2 == 1", "d"),
        ("count % 4 == 1", "b"),
        ("count % 4 == 3", "a"),
        ("count / 2 == 3.5", "a"),
        ("count + 1 == 8 or count - 1 == -8", "ab"),
        ("count * 2 > 1e6", "d"),
        ("+count == 7 or -count == 7", "ab"),
        ("tiny - 100 < 0", "abc"),
        ("tiny * 2 == 400", "d"),
        ("small >= 0.7", "a"),
        ("small < 0.7", "bd"),
        ("0.7 == small", "a"),
        ("gc >= 0.5", "ab"),
        ("gc < 0.5", "d"),
        ("is_null(gc)", "c"),
        ("mean_quality >= 40", "a"),
        ("is_null(mean_quality) or mean_quality == 2", "cd"),
        ("arithmetic_mean_quality == 10", "b"),
        ("expected_errors <= 0.001", "ac"),
        ("n_count == 4 and complexity == 0.25", "d"),
        ("complexity == 1", "a"),
        ("1 < 2", "abcd"),
        ("1 > 2", ""),
        ("  count > 0  ", "ad"),
        ("count > 0 and\n flag", None),
    ],
)
def test_what_an_expression_keeps(expression, wanted):
    if wanted is None:
        with pytest.raises(ConfigurationError, match="is not a condition"):
            Where(expression)
    else:
        assert kept(expression) == wanted


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "is not a condition"),
        ("count >", "is not a condition"),
        ("count = 3", "is not a condition"),
        ("count.real > 1", "'count.real' is not allowed"),
        ("name[0] == 'a'", "not allowed"),
        ("__import__('os')", "there is no function '__import__'"),
        ("().__class__", "not allowed"),
        ("(lambda: 1)()", "not allowed"),
        ("[x for x in name]", "not allowed"),
        ("f'{name}' == 'a'", "not allowed"),
        ("1 if flag else 2", "not allowed"),
        ("(y := 3) > 2", "not allowed"),
        ("2 ** 100 > 1", "not allowed"),
        ("count is None", "is_null"),
        ("count == None", r"write: is_null\(count\)"),
        ("count > 1j", "not allowed"),
        ("name == b'a'", "not allowed"),
        ("~flag", "not allowed"),
        ("count in (1, 2) == True", "part of a chain"),
        ("count in name", ".in. takes values"),
        ("count in ()", ".in. takes values"),
        ("count in (name,)", ".in. takes values"),
        ("count > 99999999999999999999", "too large; numbers have up to 64 bits"),
        ("count in (99999999999999999999,)", ".in. takes values"),
        ("containz(name, 'a')", "did you mean 'contains'"),
        ("contains(name)", "takes 2 arguments"),
        ("contains(name, 3)", "what to look for in quotes"),
        ("contains(name, pattern='a')", "not allowed"),
        ("contains(*name)", "takes 2 arguments"),
        ("column(name)", "the column's name in quotes"),
        ("count > 0 and " * 400 + "flag", "longer than 4000 characters"),
        ("not " * 100 + "flag", "nested deeper"),
        ("(" * 300 + "flag" + ")" * 300, "is not a condition"),
        ("-" * 3000 + "1 > 0", "nested deeper|is not a condition"),
    ],
)
def test_what_is_not_in_the_language_is_refused_at_once(expression, message):
    with pytest.raises(ConfigurationError, match=message):
        Where(expression)


@pytest.mark.parametrize(
    ("expression", "error", "message"),
    [
        ("index_hits > 1", SchemaError, "'index_hits', which 'deplete --mark' adds; put that step"),
        ("is_null(host_label)", SchemaError, "'host_label', which 'predict host' adds; put that"),
        ("nam == 'a'", SchemaError, "there is no column or measure 'nam'; did you mean 'name'"),
        ("mean_qualty > 2", SchemaError, "did you mean 'mean_quality'"),
        ("zzz > 2", SchemaError, "known are name, sequence"),
        ("name > 3", SchemaError, "compares string with int64"),
        ("count in ('a',)", SchemaError, "compares int64 with string"),
        ("name + 'a' == 'b'", SchemaError, "needs numbers, not string"),
        ("flag + 1 > 2", SchemaError, "needs numbers, not bool"),
        ("-name == 'a'", SchemaError, "does not work on string"),
        ("length", SchemaError, "is not a condition, it gives int64"),
        ("count and flag", SchemaError, "'count' is not a condition"),
        ("not count", SchemaError, "needs a condition"),
        ("contains(count, '7')", SchemaError, "needs text, not int64"),
        ("length(count) > 7", SchemaError, "needs text, not int64"),
        ("column('no') > 7", SchemaError, "needs a column 'no'"),
        ("flag > 'a'", SchemaError, "does not work on|compares"),
        ("matches(name, '(')", ConfigurationError, "regular expression"),
    ],
)
def test_what_does_not_fit_the_columns_is_refused_before_data_flows(expression, error, message):
    with pytest.raises(error, match=message):
        Where(expression).output_schema(BATCH.schema)


def test_a_measure_needs_its_column():
    with pytest.raises(SchemaError, match="where: gc needs a column 'sequence'"):
        Where("gc > 0.5").output_schema(pa.schema([("quality", pa.string())]))


def test_a_number_too_large_is_an_error_of_the_data():
    with pytest.raises(DataError, match=r"'count \* count': overflow"):
        Where("count * count > 1")(BATCH)


def test_a_column_comes_before_a_measure():
    batch = pa.record_batch({"sequence": ["ACGT", "A"], "length": [1, 2]})
    assert Where("length == 1")(batch).column("sequence").to_pylist() == ["ACGT"]


def test_it_agrees_with_the_filter_and_with_measured_columns():
    batch = reads()
    wanted = MinMeanQuality(10)(batch).column("name").to_pylist()
    assert Where("mean_quality >= 10")(batch).column("name").to_pylist() == wanted
    measured = Where("mean_quality >= 10 and gc < 0.45")(Measure()(batch))
    assert measured.column("name").to_pylist() == [
        row["name"]
        for row in batch.to_pylist()
        if row["quality"]
        and plain.mean_quality(row["quality"]) >= 10
        and (plain.gc(row["sequence"]) or 0) < 0.45
    ]


def test_columns_of_any_type_may_be_there():
    batch = pa.record_batch(
        {
            "sequence": ["ACGT"],
            "list": [[1]],
            "struct": [{"a": 1}],
            "day": [dt.date(2026, 1, 1)],
            "kind": pa.array(["x"]).dictionary_encode(),
        }
    )
    assert Where("length > 3 and not is_null(struct)")(batch).num_rows == 1
    with pytest.raises(SchemaError, match="does not work on"):
        Where("list > 3").output_schema(batch.schema)


def test_patterns_may_have_backslashes_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Where(r"matches(name, '\d')")(BATCH).num_rows == 4


def test_any_column_may_be_beside_those_of_the_condition():
    listed = EncodeReads("one-hot/1", 20, windows="even")
    batch = listed(reads())
    kept = Where("length > 40")(batch)
    assert kept.column("name") == Where("length > 40")(reads()).column("name")
    assert kept.schema == batch.schema


def test_the_page_has_each_measure_with_its_range_and_unit():
    page = (REPOSITORY / "docs" / "where.md").read_text()
    for name, measure in MEASURES.items():
        range_ = "0 and more" if measure.maximum is None else f"0 to {measure.maximum:g}"
        assert f"| `{name}` | {range_} | {measure.unit} | {measure.clause} |" in page
    assert all(f"`{name}(" in page for name in FUNCTIONS)
