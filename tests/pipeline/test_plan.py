"""A plan says what each stage will do, and opens nothing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import SchemaError
from biometal_stream.interfaces import Concurrency, Operator
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.plan import Plan, plan
from biometal_stream.pipeline.value import Recipe
from tests.stand_ins import SCHEMA, Call, Numbers


class Wide(Call):
    def added_bytes(self, batch: pa.RecordBatch) -> np.ndarray:
        return batch.column("row").to_numpy()


WORK, WIDE = Call(name="work"), Wide(name="wide")
SERIAL = Call(name="serial", concurrency=Concurrency.SERIAL)


def planned(*operators: Operator) -> Plan:
    return plan(Recipe(Numbers(1), operators), None)


def shape(found: Plan) -> tuple[list[tuple[list[str], list[str]]], list[str]]:
    return [
        ([each.name for each in segment.serial], [each.name for each in segment.operators])
        for segment in found.segments
    ], [each.name for each in found.last]


@pytest.mark.parametrize(
    ("operators", "segments", "last"),
    [
        ([], [([], [])], []),
        ([WORK, WORK], [([], ["work", "work"])], []),
        ([SERIAL], [([], [])], ["serial"]),
        ([SERIAL, WORK], [([], []), (["serial"], ["work"])], []),
        ([WORK, SERIAL, SERIAL, WORK], [([], ["work"]), (["serial"] * 2, ["work"])], []),
        ([WIDE], [([], []), ([], ["wide"])], []),
        ([WORK, WIDE, WORK, WIDE], [([], ["work"]), ([], ["wide", "work"]), ([], ["wide"])], []),
        ([SERIAL, WIDE, SERIAL], [([], []), (["serial"], ["wide"])], ["serial"]),
    ],
)
def test_segments(
    operators: list[Operator], segments: list[tuple[list[str], list[str]]], last: list[str]
) -> None:
    found = planned(*operators)
    assert shape(found) == (segments, last)
    assert not found.segments[0].is_fed
    assert all(segment.is_fed for segment in found.segments[1:])
    assert not any(operator.opened for operator in operators if isinstance(operator, Call))


def test_a_plan_has_the_schema_of_what_comes_out() -> None:
    assert planned(WORK).schema == SCHEMA
    with pytest.raises(SchemaError):
        planned(bs.Measure())


def test_a_pipeline_is_a_recipe() -> None:
    pipeline = Pipeline(Numbers(1), (WORK,), threads=2)
    assert isinstance(pipeline, Recipe)
    assert plan(pipeline, None).source == pipeline.source
