"""Operators that are open, for batches that another engine hands over."""

from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.interfaces import Concurrency
from biometal_stream.pipeline.opened import OpenOperators, refuse_serial
from tests.operators.conformance import reads


@dataclass(frozen=True)
class Watched:
    """Passes batches on, and notes what happens to it."""

    events: list[str] = field(default_factory=list)
    name: str = "watched"
    concurrency: Concurrency = Concurrency.PER_WORKER

    def output_schema(self, schema, /):
        return schema

    @contextmanager
    def open(self):
        self.events.append("open")
        try:
            yield lambda batch: batch
        finally:
            self.events.append("close")


@dataclass(frozen=True)
class Kept(Watched):
    """One that can stay open."""

    concurrency: Concurrency = Concurrency.SHARED

    def cached(self):
        self.events.append("cached")
        return lambda batch: batch


def test_batches_are_what_a_pipeline_makes_of_them():
    operators = (bs.MinLength(2), bs.MinMeanQuality(10), bs.Measure(), bs.DecodeQuality())
    with OpenOperators(operators) as transform:
        for batch in (reads(), reads().slice(1), reads().slice(0, 0)):
            wanted = batch
            for operator in operators:
                wanted = operator(wanted)
            assert transform(batch).equals(wanted)


def test_columns_may_differ_from_batch_to_batch():
    watched = Watched()
    with OpenOperators((watched, bs.MinLength(1))) as transform:
        for kind in (pa.string(), pa.large_string(), pa.string()):
            batch = pa.record_batch({"sequence": pa.array(["A", ""], kind)})
            assert transform(batch).schema.equals(batch.schema)
        with pytest.raises(SchemaError, match="needs a column 'sequence'"):
            transform(pa.record_batch({"other": ["A"]}))
    assert watched.events == ["open", "close"]


def test_what_can_stay_open_stays_open():
    kept = Kept()
    for _ in range(2):
        with OpenOperators((kept,)) as transform:
            assert transform(reads()).equals(reads())
    assert set(kept.events) == {"cached"}


def test_those_before_one_that_does_not_open_are_closed():
    watched = Watched()
    with pytest.raises(bs.ModelError, match="'none'"):
        OpenOperators((watched, bs.Predict("none")))
    assert watched.events == ["open", "close"]


def test_an_error_tells_the_operator():
    batch = pa.record_batch({"sequence": pa.array([None], pa.string())})
    with OpenOperators((bs.MinLength(1),)) as transform, pytest.raises(DataError) as caught:
        transform(batch)
    assert caught.value.__notes__ == ["in min-length"]


def test_what_is_serial_is_refused():
    refuse_serial((bs.MinLength(1),), "Spark")
    with pytest.raises(ConfigurationError, match="head needs all reads in order, and Spark spre"):
        refuse_serial((bs.MinLength(1), bs.Head(2)), "Spark")
