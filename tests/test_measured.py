"""A measure is one record, and everything that names measures is made from it."""

import inspect

import polars as pl
import pyarrow as pa
import pytest

from biometal_stream import measured
from biometal_stream.interop.functions import BY_NAME
from biometal_stream.interop.polars.namespace import ReadsExpr
from biometal_stream.measured import COLUMNS, MEASURES
from biometal_stream.operators import Measure, Where
from biometal_stream.operators.measures import measured as measured_column
from biometal_stream.settings import setting_of
from biometal_stream.view import BatchView
from tests.conftest import REPOSITORY
from tests.operators import plain

READS = pa.record_batch({"sequence": ["", "A", "GGNT" * 40], "quality": ["", "I", "!+5I" * 40]})
PLAIN = {"length": len} | {name: getattr(plain, name) for name in MEASURES if name != "length"}

each = pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))


@each
def test_a_record_computes_its_values_and_nulls(measure):
    found = measured_column(BatchView(READS), measure.name)
    assert found.type == pa.type_for_alias(measure.function_type)
    wanted = [PLAIN[measure.name](read) for read in READS.column(measure.reads).to_pylist()]
    assert found.to_pylist() == pytest.approx(wanted)
    assert (found.null_count > 0) == (measure.null is not None)
    values = [value for value in found.to_pylist() if value is not None]
    most = float("inf") if measure.maximum is None else measure.maximum
    assert all(measure.minimum <= value <= most for value in values)


@each
def test_columns_come_from_records(measure):
    (field,) = (field for field in Measure.__dataclass_fields__.values() if field.name == "columns")
    assert measure.name in setting_of(field).choices
    assert (measure.name in Measure()(READS).schema.names) == measure.column
    column = Measure((measure.name,))(READS).schema.field(measure.name)
    assert column.type == pa.type_for_alias(measure.column_type)
    assert column.nullable == (measure.null is not None)


@each
def test_conditions_know_each_record(measure):
    kept = Where(f"is_null({measure.name})")(READS).num_rows
    assert kept == measured_column(BatchView(READS), measure.name).null_count
    assert f"``{measure.name}``" in inspect.getdoc(Where)


def test_the_help_of_measure_is_its_records():
    text = " ".join(inspect.getdoc(Measure).split())
    assert all(f"{each.name} {each.column_type}" in text for each in MEASURES.values())
    assert all(f"``{measure.name}``" in text for measure in COLUMNS)
    assert all(measure.clause in text for measure in MEASURES.values())
    assert "{" not in text + inspect.getdoc(Where)


@pytest.mark.parametrize(
    "measure", [one for one in MEASURES.values() if one.sql], ids=lambda one: one.sql
)
def test_functions_of_other_engines_come_from_records(measure):
    function = BY_NAME[measure.sql]
    assert function.summary == measure.sentence
    assert function.parameters == (measure.reads,)
    assert function.result == pa.type_for_alias(measure.function_type)
    assert inspect.getdoc(getattr(ReadsExpr, measure.sql)) == measure.sentence
    frame = pl.from_arrow(READS)
    found = frame.select(getattr(pl.col(measure.reads).reads, measure.sql)())
    assert found.to_series().to_list() == function(READS.column(measure.reads)).to_pylist()


@pytest.mark.parametrize("engine", ["daft", "datafusion", "duckdb", "polars"])
def test_the_pages_of_engines_say_what_the_records_say(engine):
    page = (REPOSITORY / "docs" / "engines" / f"{engine}.md").read_text().replace("NULL", "null")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    for measure in MEASURES.values():
        if measure.sql:
            (row,) = (row for row in rows if f"`{measure.sql}(" in row or f".{measure.sql}(" in row)
            assert row.endswith(f"| the {measure.clause} |")


def test_a_new_record_is_a_new_measure(monkeypatch):
    shares = MEASURES["gc"]._replace(name="strong", sql=None)
    monkeypatch.setitem(measured.MEASURES, "strong", shares)
    assert Where("strong > 0.5")(READS).num_rows == 1
    assert Where("strong == gc")(READS).num_rows == 2
