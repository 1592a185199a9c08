"""`Head` against a slice of the stream."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import DataError
from biometal_stream.operators import Head
from tests.operators.conformance import cut, reads, rows, run


@given(st.integers(0, 50), st.lists(st.integers(0, 40), max_size=6))
def test_the_first_reads_stay(number, ends):
    assert rows(run(Head(number), cut(reads(), ends))) == reads().slice(0, number).to_pylist()


@given(st.integers(0, 25), st.lists(st.integers(0, 20).map(lambda pair: 2 * pair), max_size=6))
def test_of_pairs_both_mates_count_as_one(number, ends):
    batch = reads(paired=True)
    assert rows(run(Head(number), cut(batch, ends))) == batch.slice(0, 2 * number).to_pylist()


def test_it_says_when_it_has_enough():
    with Head(30).open() as function:
        assert not function.exhausted
        assert function(reads(20)).num_rows == 20
        assert not function.exhausted
        assert function(reads(20)).num_rows == 10
        assert function.exhausted
        assert function(reads(20)).num_rows == 0
        assert function.flush() is None
    with Head(0).open() as function:
        assert function.exhausted


def test_each_run_starts_anew():
    head = Head(3)
    assert [rows(run(head, [reads()])) for _ in range(2)] == [reads().slice(0, 3).to_pylist()] * 2


def test_mates_that_are_not_in_turn_are_an_error():
    batch = pa.record_batch({"mate": pa.array([1, 1], pa.int8())})
    with pytest.raises(DataError, match="must alternate between 1 and 2"):
        Head(1)(batch)
