"""Conditions as one of Arrow's expressions: types, constants, faults, and reads that were cut."""

import numpy as np
import pyarrow as pa
import pytest

from biometal_stream import evaluation
from biometal_stream.errors import DataError, SchemaError
from biometal_stream.operators import Where
from biometal_stream.operators.expressions import compilation, parse
from biometal_stream.pipeline import scan
from biometal_stream.view import BatchView

BATCH = pa.record_batch(
    {
        "name": ["a", "b", "c"],
        "sequence": ["ACGT", "GGCC", "AT"],
        "quality": ["IIII", "!!!!", "I!"],
        "small": pa.array([127, 1, None], pa.int8()),
        "large": pa.array([2**63 - 1, 0, 1], pa.int64()),
        "share": pa.array([0.7, 0.5, 0.1], pa.float32()),
        "view": pa.array(["x", "y", None], pa.string_view()),
    }
)


def held(text, view=None):
    return parse(text).evaluate(view or BatchView(BATCH)).to_pylist()


def test_one_evaluator_for_conditions_and_scans():
    assert compilation.evaluate is scan.evaluate is evaluation.evaluate


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("small + 1 > 100", [True, False, None]),  # not as int8, whatever the constant is
        ("small * 100 == 12700", [True, False, None]),
        ("-small < 0", [True, True, None]),
        ("share == 0.7", [True, False, False]),
        ("share < 0.5 + 0.2", [False, True, True]),
        ("large / 2 > 1", [True, False, False]),
        ("small % 2 == 1", [True, True, None]),
        ("view == 'x'", [True, False, None]),
        ("view in ('x', 'y')", [True, True, None]),
        ("1 < 2", [True] * 3),
        ("not 1 < 2", [False] * 3),
    ],
)
def test_values_and_their_types(text, wanted):
    assert held(text) == wanted


def test_a_fault_names_the_part_that_has_it():
    with pytest.raises(DataError, match=r"where: 'large \+ 1': overflow"):
        held("small > 3 and (large + 1) * 2 > 7")


@pytest.mark.parametrize("text", ["9223372036854775807 + 1 > 0", "gc > 9223372036854775807 * 2"])
def test_a_constant_is_computed_before_data_flows(text):
    with pytest.raises(SchemaError, match="overflow"):
        parse(text).check(BATCH.schema)


def test_fewer_and_shorter_reads():
    view = BatchView(BATCH).keep(np.array([True, False, True]))
    cut = view.cut(np.array([1, 0]), np.array([3, 1]))
    assert held("length == 2", cut) == [True, False]
    assert held("sequence == 'CG' and gc == 1", cut) == [True, False]
    assert held("quality == 'II' or mean_quality == 40", cut) == [True, True]
    assert held("small > 0", cut) == [True, None]
    assert held("True", cut) == [True, True]
    assert list(Where("gc > 0.6").keep(cut)) == [True, False]


def test_it_is_compiled_once_a_schema(monkeypatch):
    expression = parse("gc > 0.123")
    first = expression.compiled(BATCH.schema)
    assert expression.compiled(BATCH.slice(1).schema) is first
    assert expression.compiled(BATCH.drop_columns(["share"]).schema) is not first
