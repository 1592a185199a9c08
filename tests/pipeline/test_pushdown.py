"""Pruned pipelines give the same, and do not make what nobody takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import DataError, ModelError, SchemaError
from biometal_stream.interfaces import Concurrency, Operator, Source, ends_early
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.pushdown import TakeColumns, pushdown
from biometal_stream.pipeline.results import is_observer
from tests.operators.conformance import EXAMPLES, MORE_EXAMPLES, reads, reads_for, run, takes_pairs
from tests.stand_ins import Collect

if TYPE_CHECKING:
    from biometal_stream.interfaces import BatchFunction

ALL = [*EXAMPLES.values(), *MORE_EXAMPLES]
each = pytest.mark.parametrize("operator", ALL, ids=repr)


@cache
def example(paired: bool) -> pa.RecordBatch:
    return reads(paired=paired)


@dataclass(frozen=True)
class Reads:
    """The conformance suite's reads, cut into batches, in those columns that are asked for."""

    paired: bool = False
    ends: tuple[int, ...] = (10, 24)
    columns: tuple[str, ...] | None = None

    @property
    def schema(self) -> pa.Schema:
        return self._batch.schema

    @property
    def _batch(self) -> pa.RecordBatch:
        batch = example(self.paired)
        return batch if self.columns is None else batch.select(list(self.columns))

    def project(self, columns: frozenset[str], /) -> Reads:
        return replace(self, columns=tuple(n for n in self.schema.names if n in columns))

    def batches(self) -> Iterator[pa.RecordBatch]:
        batch = self._batch
        for first, last in pairwise([0, *self.ends, batch.num_rows]):
            yield batch.slice(first, last - first)


@dataclass(frozen=True)
class Whole:
    """The same, of a source that cannot leave out columns."""

    paired: bool = False

    @property
    def schema(self) -> pa.Schema:
        return example(self.paired).schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        return Reads(self.paired).batches()


@dataclass(frozen=True)
class Seen:
    """Passes batches on and remembers their columns."""

    concurrency: Concurrency = Concurrency.SHARED
    columns: list[tuple[str, ...]] = field(default_factory=list)

    name = "seen"

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        return input_schema

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        return self, columns

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        def look(batch: pa.RecordBatch) -> pa.RecordBatch:
            self.columns.append(tuple(batch.schema.names))
            return batch

        yield look


class Unprunable(Seen):
    """A user's operator, which says nothing of what it reads."""

    pushdown = None


def unpruned(source: Source, operators: list[Operator]) -> pa.Table:
    """What comes out where every operator runs over all columns."""
    batches, schema = list(source.batches()), source.schema
    for operator in operators:
        batches = run(operator, batches)
        schema = operator.output_schema(schema)
    return pa.Table.from_batches(batches, schema)


def pruned(source: Source, operators: list[Operator], threads: int = 1) -> pa.Table:
    return Pipeline(source, tuple(operators), threads=threads).stream().read_all()


def assert_same(source: Source, operators: list[Operator], threads: int = 1) -> None:
    expected, found = unpruned(source, operators), pruned(source, operators, threads)
    assert found.schema.equals(expected.schema, check_metadata=True)
    assert found.equals(expected)


@each
@given(data=st.data(), paired=st.booleans(), whole=st.booleans())
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_each_operator_gives_the_same(operator, data, paired, whole):
    paired = paired or takes_pairs(operator)
    source = Whole(paired) if whole else Reads(paired)
    before = bs.Select(reads_for(operator, paired=paired).schema.names)
    names = operator.output_schema(before.output_schema(source.schema)).names
    columns = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    assert_same(source, [before, operator, bs.Select(columns)])


RENAMES = [
    bs.Rename(("quality=q", "sequence=quality")),
    bs.Rename(("name=sequence", "sequence=name")),
    bs.Rename(("length=old",)),
    bs.Select(("sequence", "quality", "name")),
    bs.Select(("name", "mate", "quality", "sequence")),
    bs.Measure(("length",)),
    bs.DecodeQuality("length"),
    bs.Select(("sequence", "quality", "mate")),
    bs.TrimFixed(tail=3, tail2=9),
    bs.Where("length > 30"),
    Seen(),
    Unprunable(),
    Unprunable(Concurrency.SERIAL),
]
"""What makes columns of names that there were before."""


@given(
    st.lists(st.sampled_from([*ALL, *RENAMES]), min_size=1, max_size=7),
    st.data(),
    st.sampled_from([Reads(), Reads(paired=True), Whole(paired=True)]),
)
@settings(max_examples=50)
def test_operators_behind_each_other_give_the_same(chosen, data, source):
    operators, schema = [], source.schema
    for operator in chosen:
        if ends_early(operator) and any(map(is_observer, operators)):
            continue  # is refused
        try:
            schema = operator.output_schema(schema)
        except SchemaError:
            continue
        operators.append(operator)
    assume(operators)
    columns = data.draw(st.lists(st.sampled_from(schema.names), min_size=1, unique=True))
    operators.append(bs.Select(columns))
    try:
        unpruned(source, operators)
    except DataError:  # of what need not be looked at
        assume(False)
    assert_same(source, operators, threads=2)


@pytest.mark.parametrize("paired", [False, True])
def test_a_source_makes_what_is_taken(paired):
    mate = ("mate",) if paired else ()
    for operators, columns in [
        ([bs.Select(("name",))], ("name",)),
        ([bs.MinLength(3), bs.Select(("name",))], ("name", "sequence", *mate)),
        ([bs.Predict("quality"), bs.Measure(), bs.Select(("lane", "gc"))], ("sequence", "lane")),
        ([bs.Head(3), bs.Select(("quality",))], ("quality", *mate)),
        ([bs.MinLength(3), bs.Measure()], None),
        ([], None),
    ]:
        source, _ = pushdown(Reads(paired), tuple(operators))
        assert source == Reads(paired, columns=columns)


def test_a_fastq_source_copies_what_is_taken(tmp_path):
    path = tmp_path / "reads.fq"
    path.write_text("@a x\nACGT\n+\nIIII\n@b\nNN\n+\n!!\n")
    first, then = Seen(), Seen()
    pipeline = bs.read_fastq(path) | first | bs.MinMeanQuality(3) | then | bs.Select(("name",))
    assert pipeline.stream().read_all().to_pylist() == [{"name": "a"}]
    assert (first.columns, then.columns) == ([("name", "quality")], [("name",)])


def test_a_user_s_operator_without_prune_is_given_all():
    seen = Unprunable()
    pruned(Reads(), [bs.MinLength(3), seen, bs.Select(("name",))])
    assert set(seen.columns) == {tuple(Reads().schema.names)}


def test_an_operator_of_which_nothing_is_taken_does_not_run():
    sink = Collect()
    operators = (bs.Measure(), bs.Predict("quality"), bs.MinLength(3), bs.Select(("name",)))
    report = Pipeline(Reads(), operators).run(sink)
    names = [stage.name for stage in report.stages]
    assert names == ["read", "parse", "min-length", "select", "write"]
    assert report.kept == report.reads_out / report.reads_in < 1


def test_what_drops_columns_is_no_stage():
    seen = Seen()
    operators = (bs.Sample(number=5), bs.Rename(("lane=id",)), seen, bs.Select(("id",)))
    report = Pipeline(Reads(), operators).run(Collect())
    assert [stage.name for stage in report.stages] == [
        *("read", "parse", "sample", "rename", "seen", "select", "write")
    ]
    assert [channel.name for channel in report.channels] == ["parse", "rename"]
    assert set(seen.columns) == {("id",)}


def test_rows_are_not_copied_of_columns_that_filters_alone_read():
    operators = (bs.MinMeanQuality(3), bs.MinLength(3), bs.Select(("name",)))
    _, left = pushdown(Reads(), operators)
    assert left == (*operators[:2], TakeColumns(("name",)), operators[2])


def test_no_stage_is_added_between_serial_operators():
    operators = (bs.Sample(number=5), bs.Head(3), bs.Measure(("gc",)), bs.Select(("lane", "gc")))
    _, left = pushdown(Reads(), operators)
    drop = TakeColumns(("sequence", "lane"))
    assert left == (*operators[:2], drop, operators[2], TakeColumns(("lane", "gc")), operators[3])


def test_where_nothing_is_left_out_all_stays_as_it_is():
    source, operators = Reads(paired=True), (bs.MinLength(3), bs.Measure(), bs.Head(3))
    same, left = pushdown(source, operators)
    assert same is source
    assert left == operators


def test_two_columns_of_one_name_stop_it():
    doubled = pa.schema([*Reads().schema, Reads().schema.field("lane")])

    @dataclass(frozen=True)
    class Double(Seen):
        def output_schema(self, input_schema, /):
            return doubled

    operators = (Double(), bs.Select(("name",)))
    assert pushdown(Reads(), operators) == (Reads(), operators)


def test_errors_of_operators_that_do_not_run_stay(tmp_path):
    source = Reads().project(frozenset({"name", "quality"}))
    with pytest.raises(SchemaError, match="measure needs a column 'sequence'"):
        pruned(source, [bs.Measure(), bs.Select(("name",))])
    missing = bs.Predict(str(tmp_path / "missing.onnx"), output="score")
    with pytest.raises(ModelError, match=r"missing\.onnx"):
        pruned(source, [missing, bs.Select(("name",))])


def test_an_operator_that_leaves_out_too_much_is_told():
    class Greedy(Seen):
        def pushdown(self, columns, _input_schema, /):
            return self, columns - {"lane"}

    with pytest.raises(SchemaError, match="select needs a column 'lane'"):
        pruned(Reads(), [Greedy(), bs.Select(("name", "lane"))])
    with pytest.raises(SchemaError, match=r"instead of name, .*leaves out a column that is used"):
        pruned(Reads(), [Greedy()])


def test_rows_without_any_column_are_counted():
    for source in (Reads(), Whole()):
        for operators in ((), (bs.Head(7),), (bs.MinLength(40),), (bs.Where("1 < 2"),)):
            pipeline = Pipeline(source, (*operators, TakeColumns(())))
            expected = unpruned(source, [*operators]).num_rows
            assert sum(batch.num_rows for batch in pipeline.batches()) == expected
            assert pipeline.stream().read_all().num_rows == expected
