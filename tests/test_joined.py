"""Operators that are joined do what they do one after the other, wherever they are used."""

import pickle
from contextlib import contextmanager

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.interfaces import Concurrency, Operator
from biometal_stream.joined import Joined
from tests.operators.conformance import cut, reads, rows, run
from tests.stand_ins import Given

FILTER, TRANSFORM = bs.MinLength(40), bs.Measure(["gc"])
SERIAL = bs.Head(7)


class Foreign:
    """An operator that builds on none of our classes."""

    name = "foreign"
    concurrency = Concurrency.PER_WORKER

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        return input_schema

    @contextmanager
    def open(self):
        yield lambda batch: batch.slice(1)


def test_joining_gives_one_flat_value():
    joined = FILTER | TRANSFORM
    assert joined == Joined((FILTER, TRANSFORM)) == pickle.loads(pickle.dumps(joined))
    assert isinstance(joined, Operator)
    assert (joined | SERIAL).operators == (FILTER, TRANSFORM, SERIAL)
    assert (FILTER | (TRANSFORM | SERIAL)).operators == (FILTER, TRANSFORM, SERIAL)
    assert Joined((joined, joined)).operators == (FILTER, TRANSFORM) * 2
    assert repr(joined) == "MinLength(40) | Measure(columns=('gc',))"
    assert joined.name == "min-length | measure"


def test_a_class_stands_for_its_defaults():
    assert (FILTER | bs.Measure).operators == (FILTER, bs.Measure())
    with pytest.raises(TypeError, match=r"needs length; write MinLength\(length=\.\.\.\)"):
        TRANSFORM | bs.MinLength
    with pytest.raises(bs.ConfigurationError, match="sample: give either"):
        TRANSFORM | bs.Sample


@pytest.mark.parametrize("other", [None, "out.parquet", 3, len, [FILTER]])
def test_what_is_not_an_operator_is_refused(other):
    with pytest.raises(TypeError, match="takes operators"):
        FILTER | other
    with pytest.raises(TypeError):
        other | FILTER


def test_a_pipeline_comes_first():
    with pytest.raises(TypeError, match="the pipeline comes first"):
        FILTER | bs.Pipeline(Given((reads(),)))


def test_the_threads_are_those_of_the_strictest():
    assert (FILTER | TRANSFORM).concurrency is Concurrency.SHARED
    assert (FILTER | Foreign()).concurrency is Concurrency.PER_WORKER
    assert (Foreign() | SERIAL | FILTER).concurrency is Concurrency.SERIAL


def in_turn(operators, batch):
    for operator in operators:
        batch = pa.Table.from_batches(run(operator, [batch])).combine_chunks().to_batches()[0]
    return batch.to_pylist()


@given(st.lists(st.integers(0, 40), max_size=4), st.permutations([FILTER, TRANSFORM, SERIAL]))
def test_a_stream_is_what_the_operators_make_of_it_in_turn(ends, operators):
    one, two, three = operators
    joined = one | two | three
    assert rows(run(joined, cut(reads(), ends))) == in_turn(operators, reads())


def test_rows_that_are_held_back_pass_the_rest():
    joined = bs.Sample(number=9, seed=1) | FILTER | bs.Sample(number=4) | TRANSFORM
    assert rows(run(joined, cut(reads(), [10, 20]))) == in_turn(joined.operators, reads())


def test_a_batch_goes_through_all():
    joined = FILTER | Foreign() | TRANSFORM | SERIAL
    assert joined(reads()).to_pylist() == in_turn(joined.operators, reads())
    assert joined(reads()).schema.equals(joined.output_schema(reads().schema))


def test_a_pipeline_takes_them_one_by_one():
    pipeline = bs.Pipeline(Given((reads(),))) | (FILTER | TRANSFORM)
    assert pipeline.operators == (FILTER, TRANSFORM)
    assert bs.Pipeline(pipeline.source, (FILTER | TRANSFORM, SERIAL)).operators == (
        FILTER,
        TRANSFORM,
        SERIAL,
    )
    assert pipeline.stream().read_all().to_pylist() == (FILTER | TRANSFORM)(reads()).to_pylist()


def test_an_error_of_a_schema_names_the_operator():
    joined = bs.Select(["name"]) | FILTER
    with pytest.raises(bs.SchemaError, match="min-length needs a column 'sequence'"):
        joined.output_schema(reads().schema)
    with pytest.raises(bs.SchemaError, match="min-length needs a column 'sequence'"):
        joined(reads())
