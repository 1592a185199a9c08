"""What operators leave out for columns that nobody takes: never more than that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream import operators
from biometal_stream.interfaces import Pushdown
from biometal_stream.operators.base import ReadFilter
from tests.operators.conformance import EXAMPLES, MORE_EXAMPLES, cut, reads, reads_for, run


def shown(value):
    """The same in every process: pytest-xdist compares the names of tests."""
    return "+".join(sorted(value)) if isinstance(value, set) else repr(value)


each = pytest.mark.parametrize("operator", [*EXAMPLES.values(), *MORE_EXAMPLES], ids=repr)


def table(operator, batch):
    batches = run(operator, cut(batch, [10, 20])) if operator is not None else [batch]
    schema = batch.schema if operator is None else operator.output_schema(batch.schema)
    return pa.Table.from_batches(batches, schema)


@each
@given(data=st.data(), paired=st.booleans())
@settings(max_examples=15)
def test_what_is_taken_is_the_same(operator, data, paired):
    batch = reads_for(operator, paired=paired)
    whole = table(operator, batch)
    taken = frozenset(data.draw(st.sets(st.sampled_from(whole.schema.names))))
    assert isinstance(operator, Pushdown)
    left, needed = operator.pushdown(taken, batch.schema)
    assert needed <= set(batch.schema.names)
    found = table(left, batch.select([n for n in batch.schema.names if n in needed]))
    names = [name for name in whole.schema.names if name in taken]
    assert [name for name in found.schema.names if name in taken] == names
    if needed:  # a table of no columns has lost its rows
        assert found.num_rows == whole.num_rows
    if names:
        assert found.select(names).equals(whole.select(names), check_metadata=True)


@each
def test_where_all_is_taken_nothing_is_left_out(operator):
    schema = reads_for(operator, paired=True).schema
    left, needed = operator.pushdown(frozenset(operator.output_schema(schema).names), schema)
    assert left == operator
    if not isinstance(operator, operators.Select):
        assert needed == set(schema.names)


@pytest.mark.parametrize(
    ("operator", "taken", "left", "needed"),
    [
        (operators.MinLength(5), {"name"}, operators.MinLength(5), {"name", "sequence"}),
        (operators.MinMeanQuality(5), set(), operators.MinMeanQuality(5), {"quality"}),
        (operators.Where("1 < 2"), set(), operators.Where("1 < 2"), set()),
        (operators.Sample(number=2), {"lane"}, operators.Sample(number=2), {"lane", "name"}),
        (operators.Head(2), {"lane"}, operators.Head(2), {"lane"}),
        (operators.DecodeQuality(), {"quality"}, None, {"quality"}),
        (operators.DecodeQuality(), {"phred"}, operators.DecodeQuality(), {"quality"}),
        (operators.Measure(), {"name"}, None, {"name"}),
        (operators.TrimFixed(3), {"name", "lane"}, None, {"name", "lane"}),
        (operators.TrimFixed(3), {"quality"}, operators.TrimFixed(3), {"quality", "sequence"}),
        (operators.TrimQuality(), {"sequence"}, operators.TrimQuality(), {"quality", "sequence"}),
        (operators.Measure(), {"gc", "name"}, operators.Measure(("gc",)), {"name", "sequence"}),
        (operators.Measure(("gc",)), {"gc"}, operators.Measure(("gc",)), {"sequence"}),
        (operators.Kmers(), {"name"}, None, {"name"}),
        (operators.Minimizers(), {"minimizers"}, operators.Minimizers(), {"sequence"}),
        (
            operators.Minimizers(positions=True),
            {"minimizers"},
            operators.Minimizers(),
            {"sequence"},
        ),
        (operators.Predict("quality"), {"name", "lane"}, None, {"name", "lane"}),
        (
            operators.Predict("quality", where="lane > 1"),
            {"quality_label"},
            operators.Predict("quality", where="lane > 1"),
            {"quality", "lane"},
        ),
        (operators.TagDescription(("lane",)), {"lane"}, None, {"lane"}),
        (
            operators.TagDescription(("lane",)),
            {"description"},
            operators.TagDescription(("lane",)),
            {"description", "lane"},
        ),
        (operators.EncodeReads("one-hot/1"), {"name"}, None, {"name"}),
        (
            operators.EncodeReads("tokens/1", dtype="uint8"),
            {"features"},
            operators.EncodeReads("tokens/1", dtype="uint8"),
            {"sequence"},
        ),
        (
            operators.Select(("quality", "name")),
            {"name"},
            operators.Select(("name",)),
            {"name"},
        ),
        (operators.Select(("quality", "name")), set(), None, set()),
        (
            operators.Rename(("name=id", "lane=name")),
            {"name"},
            operators.Rename(("lane=name",)),
            {"lane"},
        ),
        (operators.Rename(("name=id", "lane=name")), {"quality"}, None, {"quality"}),
        (operators.Rename(naming="polars-bio"), {"name"}, None, {"name"}),
        (
            operators.Rename(naming="polars-bio"),
            {"quality_scores"},
            operators.Rename(naming="polars-bio"),
            {"quality"},
        ),
        (
            operators.KeepLabel("host", "human", probability=0.5),
            set(),
            operators.KeepLabel("host", "human", probability=0.5),
            {"host_label", "host_probability"},
        ),
    ],
    ids=shown,
)
@pytest.mark.parametrize("paired", [False, True])
def test_what_is_left(operator, taken, left, needed, paired):
    batch = reads(paired=paired)
    schema = batch.schema.append(pa.field("host_probability", pa.float32()))
    keeps = isinstance(operator, operators.Head | ReadFilter)
    wanted = needed | ({"mate"} if paired and keeps else set())
    assert operator.pushdown(frozenset(taken), schema) == (left, wanted)


@pytest.mark.parametrize(
    ("expression", "needed"),
    [
        ("mean_quality > 3", {"quality"}),
        ("gc > 0.3 or length > 3", {"sequence"}),
        ("not is_null(description) and lane in (1, 2)", {"description", "lane"}),
        ("3 < length(name) < 9", {"name"}),
        ("column('lane') + -lane > 2 * lane % 3", {"lane"}),
        ("contains(name, 'quality') and column('host_label') == 'description'", None),
        ("'name' == 'lane'", set()),
    ],
)
def test_the_columns_of_a_condition(expression, needed):
    where = operators.Where(expression)
    expected = {"name", "host_label"} if needed is None else needed
    assert where.columns_read(reads().schema) == expected


def test_a_column_comes_before_a_measure_of_its_name():
    schema = operators.Measure().output_schema(reads().schema)
    assert operators.Where("gc > 0.5").columns_read(schema) == {"gc"}


def test_a_filter_that_says_less_of_itself_is_given_all():
    @dataclass(frozen=True)
    class Odd(ReadFilter):
        def keep(self, view):
            return np.asarray(view.batch.column("lane").fill_null(0)) % 2 == 1

    @dataclass(frozen=True)
    class Strict(ReadFilter):
        needs = ("sequence",)

        def output_schema(self, input_schema, /):
            assert "lane" in input_schema.names
            return super().output_schema(input_schema)

    schema = reads().schema
    for kind in (Odd, Strict):
        assert kind().pushdown(frozenset(), schema) == (kind(), set(schema.names))
