"""Numbers of the page: where they come from, and how they are written."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.page.figures import MISSING, SPACE, Facts, written

PLAIN = {
    "reads_in": 1000,
    "reads_out": 950,
    "steps": [{"dropped": None}],
    "quality": {
        "reads": {
            "tables": {
                "totals": {
                    "group": ["mate 1", "mate 2", "mate 1"],
                    "bases": [10, 20, 5],
                    "gc": [1, None, 2],
                }
            }
        }
    },
}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "count", "0"),
        (1234567, "count", "1,234,567"),
        (9999, "short", "9,999"),
        (12345, "short", "12.3_k"),
        (999_499, "short", "999_k"),
        (999_500, "short", "1.00_M"),
        (3_000_000, "short", "3.00_M"),
        (2.5e12, "short", "2.50_T"),
        (0.952, "share", "95.2_%"),
        (0, "share", "0_%"),
        (0.00001, "share", "0.001_%"),
        (0.0004, "share", "0.04_%"),
        (0.000004, "share", "0.0004_%"),
        (4.2e-9, "share", "<_0.000001_%"),
        (1, "share", "100_%"),
        (0.9996, "share", "99.96_%"),
        (0.999996, "share", "99.9996_%"),
        (1 - 1e-12, "share", ">_99.999999_%"),
        (12.34, "percent", "12.3_%"),
        (123.4, "percent", "123.4_%"),
        (36, "decimal", "36.00"),
        (0, "decimal", "0.00"),
        (1e300, "decimal", "1.00e+300"),
        (126, "tenths", "126.0"),
        (7669.76, "tenths", "7,669.8"),
        (36.125, "decimal", "36.12"),
        (0.00123, "decimal", "0.0012"),
        (1e-12, "decimal", "1e-12"),
        (None, "count", MISSING),
        (math.nan, "percent", MISSING),
    ],
)
def test_how_numbers_are_written(value, unit, text):
    assert written(value, unit) == text.replace("_", SPACE)


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_some_is_never_none_and_most_is_never_all(share):
    text = written(share, "share").replace(SPACE, "")
    assert text not in {"0.0%", "0%", "100.0%", "100%"}


def test_a_figure_is_looked_up_in_the_document():
    facts = Facts(PLAIN)
    share = facts.figure(("reads_out",), unit="share", wholes=[("reads_in",)])
    assert (share.value, share.text) == (0.95, f"95.0{SPACE}%")
    path = facts.cells("reads", "totals", "bases", "mate 1")
    assert facts.figure(path, unit="count").value == 15
    assert facts.figure(facts.cell("reads", "totals", "bases", 1), unit="count").value == 20


def test_what_the_document_does_not_know_is_missing():
    facts = Facts(PLAIN)
    assert facts.figure(("steps", 0, "dropped"), unit="count").text == MISSING
    nulls = facts.cells("reads", "totals", "gc", "mate 2")
    assert facts.figure(nulls, unit="count").value is None
    assert facts.figure(("reads_out",), unit="share", wholes=[nulls]).value is None


def test_very_long_keys_are_numbers_of_entries():
    facts = Facts({"counts": {"a": 1, "b" * 1000: 2}})
    figure = facts.figure(("counts", "b" * 1000), unit="count")
    assert (figure.value, figure.parts) == (2, (("counts", 1),))
