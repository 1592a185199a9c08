"""`Measure` against the definitions."""

import pyarrow as pa
import pytest

from biometal_stream.errors import DataError, SchemaError
from biometal_stream.operators import Measure, Rename
from tests.operators import plain
from tests.operators.conformance import reads


def same(value, wanted):
    return value is None if wanted is None else value == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def test_columns_are_what_the_definitions_say():
    batch = reads()
    for row in Measure()(batch).to_pylist():
        sequence, quality = row["sequence"], row["quality"]
        assert row["length"] == len(sequence)
        assert same(row["mean_quality"], plain.mean_quality(quality))
        assert same(row["expected_errors"], plain.expected_errors(quality))
        assert same(row["gc"], plain.gc(sequence))
        assert row["n_count"] == plain.n_count(sequence)


def test_what_has_no_value_is_null():
    batch = pa.record_batch({"sequence": ["", "NNN"], "quality": ["", "!!!"]})
    result = Measure()(batch)
    assert result.column("mean_quality").to_pylist() == [None, 0.0]
    assert result.column("gc").to_pylist() == [None, None]
    assert result.column("expected_errors").to_pylist() == [0.0, 3.0]


def test_a_column_that_exists_is_not_replaced():
    once = Measure()(reads())
    with pytest.raises(SchemaError, match="'length', which the input already has; rename or drop"):
        Measure().output_schema(once.schema)
    names = ("length", "mean_quality", "expected_errors", "gc", "n_count")
    away = Rename(tuple(f"{name}=old_{name}" for name in names))
    assert Measure()(away(once)).num_columns == once.num_columns + 5


def test_lengths_must_agree():
    batch = pa.record_batch({"sequence": ["A", "ACG"], "quality": ["I", "II"]})
    with pytest.raises(DataError, match=r"differ in length in row 1 .*3 bases, 2 qualities"):
        Measure()(batch)
