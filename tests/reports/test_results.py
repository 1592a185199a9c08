"""Tables of results of any kind are found, shown and written as JSON."""

import io
import json
from dataclasses import dataclass, field

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.summary import print_summaries
from biometal_stream.pipeline.plain import plain_object
from biometal_stream.plugin import ReadObserver
from biometal_stream.reports.results import columns_of, tables_of
from tests.sinks.driver import reads
from tests.stand_ins import Collect, Given

ARROW = pa.table({"base": ["A", "C"], "reads": [3, None]})
ROWS = (("base", "reads"), [("A", 3), ("C", None)])


@dataclass(frozen=True)
class WithTables:
    total: int = 3
    tables: object = field(default_factory=lambda: {"first": ARROW, "last": ROWS})


@dataclass(frozen=True)
class WithTable:
    total: int = 3

    @property
    def table(self):
        return ROWS


class Plain:
    table = ROWS


class TooShort:
    table = (("base", "reads"), [("A",)])


@pytest.mark.parametrize(
    ("result", "titles"),
    [
        (WithTables(), ["first", "last"]),
        (WithTable(), [""]),
        (Plain(), [""]),
        (ARROW, [""]),
        (ARROW.to_batches()[0], [""]),
        (TooShort(), []),
        ({"A": 3}, []),
        (3, []),
        (WithTables, []),
    ],
)
def test_tables(result, titles):
    tables = tables_of(result)
    assert list(tables) == titles
    for headings, rows in tables.values():
        assert (tuple(headings), rows) == ROWS


def test_headings_that_occur_twice():
    assert columns_of((("x", "x", 1), [(1, 2, 3)])) == {"x": [1], "x 2": [2], "1": [3]}


def test_json():
    columns = {"base": ["A", "C"], "reads": [3, None]}
    assert plain_object(WithTables()) == {"total": 3, "tables": {"first": columns, "last": columns}}
    assert plain_object(WithTable()) == {"total": 3}  # its fields say it all
    assert plain_object(Plain()) == {"tables": {"": columns}}
    assert plain_object({"x": ARROW}) == {"x": columns}
    json.dumps(plain_object(pa.table({"x": [float("inf")]})), allow_nan=False)


@dataclass(frozen=True)
class Lengths(ReadObserver):
    """Counts reads by length."""

    needs = ("sequence",)

    def empty(self):
        return pa.table({"length": pa.array([], pa.int64())})

    def observe(self, view):
        return pa.table({"length": view.text("sequence").lengths})

    def merge(self, one, two):
        return pa.concat_tables([one, two])

    def finish(self, state):
        return state


def test_the_end_of_a_run_shows_them_and_a_report_has_them():
    report = (bs.Pipeline(Given((reads(60),))) | Lengths()).run(Collect())
    stream = io.StringIO()
    print_summaries(report, stream)
    assert stream.getvalue().startswith("lengths\nlength\n")
    assert stream.getvalue().endswith("... and 10 more rows; --stats has them all\n\n")
    (lengths,) = report.document().results["lengths"].values()
    assert lengths == report.results["lengths"].column("length").to_pylist()


def test_quality_control_prints_no_tables():
    report = (bs.Pipeline(Given((reads(6),))) | bs.QualityControl()).run(Collect())
    stream = io.StringIO()
    print_summaries(report, stream)
    assert stream.getvalue() == ""
