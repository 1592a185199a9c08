"""A ``mate`` column holds 1 and 2 in turn, whatever its type."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sources.tables.mates import first_unpaired, rows_before, unpaired


def plainly(values, *, merged=False):
    if merged and None in values:
        rows = [(value, [None, *values][row]) for row, value in enumerate(values)]
        wrong = (row for row, (value, before) in enumerate(rows) if (value == 2) != (before == 1))
        return next(wrong, len(values) - 1 if values[-1] == 1 else None)
    for row, value in enumerate(values):
        if value != row % 2 + 1:
            return row
    return len(values) - 1 if len(values) % 2 else None


@given(
    st.lists(st.sampled_from([1, 2]), max_size=9).map(lambda some: [1, 2] * 3 + some),
    st.sampled_from([pa.int8(), pa.int64(), pa.uint16(), pa.float64()]),
    st.booleans(),
)
def test_as_in_plain_python(values, kind, with_null):
    values = [*values, None] if with_null else values
    column = pa.array(values, kind)
    assert first_unpaired(column) == plainly(values, merged=pa.types.is_integer(kind))


@given(st.lists(st.sampled_from([1, 2, None])))
def test_merged_reads_are_alone(values):
    assert first_unpaired(pa.array(values, pa.int8())) == plainly(values, merged=True)


@pytest.mark.parametrize(("mates", "row", "before"), [([None, 1, 1], 2, 1), ([1, 2, 2], 2, 2)])
def test_the_rows_before_a_fault_are_whole_pairs(mates, row, before):
    column = pa.array(mates, pa.int8())
    assert first_unpaired(column) == row
    assert rows_before(column, row) == before


def test_no_rows():
    assert first_unpaired(pa.array([], pa.int8())) is None


@pytest.mark.parametrize(
    ("mates", "told"),
    [
        ([2, 1], "x: row 1,001: mate is 2, not 1; mates 1 and 2 of a pair must follow"),
        (["1", "2"], "x: row 1,001: mate is '1', not 1"),
        ([[1], [2]], "x: row 1,001: mate is [1], not 1"),
        ([1, 2, 1], "x: row 1,003: is mate 1, but the input ends without its mate 2"),
    ],
)
def test_what_is_said(mates, told):
    column = pa.array(mates)
    row = first_unpaired(column)
    text = str(unpaired(column, row, "x", 1000, ("name", "mate", "quality")))
    assert text.startswith(told)
    assert text.endswith("to read single reads, leave the column out: select name quality")
