"""Arrow's expressions in each row of a batch."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from biometal_stream.evaluation import evaluate

BATCH = pa.record_batch({"x": [1, None, 3], "y": ["a", "b", "c"]})


def test_values():
    doubled, same, text = evaluate(
        [pc.field("x") * 2, pc.scalar(7), pc.equal(pc.field("y"), "b")], BATCH
    )
    assert doubled.to_pylist() == [2, None, 6]
    assert same.to_pylist() == [7, 7, 7]
    assert text.to_pylist() == [False, True, False]
    (part,) = evaluate([pc.field("x")], BATCH.slice(1, 1))
    assert part.to_pylist() == [None]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_rows_without_columns(rows):
    (found,) = evaluate([pc.scalar(True)], BATCH.slice(0, rows).select([]))
    assert found.to_pylist() == [True] * rows


def test_faults_are_arrows():
    with pytest.raises(pa.ArrowInvalid, match="No match for FieldRef"):
        evaluate([pc.field("z")], BATCH)
    with pytest.raises(pa.ArrowNotImplementedError):
        evaluate([pc.field("x") + pc.field("y")], BATCH)
    with pytest.raises(pa.ArrowInvalid, match="divide by zero"):
        evaluate([pc.divide(pc.field("x"), 0)], BATCH)
