"""The suite that every operator passes. A new one only needs an example in `conformance`."""

import dataclasses
import pickle
import re
import subprocess
import sys
import typing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream import operators
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.interfaces import (
    Concurrency,
    DetailedFunction,
    Filter,
    Observer,
    Operator,
    SerialFunction,
    Trimmer,
    needs_order,
)
from biometal_stream.operators.base import command_name
from biometal_stream.operators.matching.settings import IndexSettings
from biometal_stream.registry.builtin import operator_classes
from biometal_stream.settings import Names, OneOrMore, setting_of
from biometal_stream.view import BatchView
from tests.operators.conformance import (
    EXAMPLES,
    METADATA,
    MORE_EXAMPLES,
    OUT_OF_RANGE,
    cut,
    out_of_range,
    reads_for,
    rows,
    run,
    takes_pairs,
)
from tests.operators.learners import CommonLength, settled

TEXTS = [pa.string(), pa.large_string(), pa.string_view()]
ALL = [*EXAMPLES.values(), *MORE_EXAMPLES]

each = pytest.mark.parametrize("operator", ALL, ids=repr)
each_class = pytest.mark.parametrize("name", operator_classes())


@each_class
def test_there_is_an_example(name):
    line = f">>> {operator_classes()[name].__name__}(...)"
    assert name in EXAMPLES, f"add an example of {name} to its docstring, as '{line}'"
    assert type(EXAMPLES[name]) is operator_classes()[name]
    assert EXAMPLES[name].name == name == command_name(operator_classes()[name].__name__)


def test_the_package_names_what_its_folder_holds():
    names = {cls.__name__ for cls in operator_classes().values()}
    assert set(operators.__all__) == names
    source = Path(operators.__file__).read_text()
    for name, cls in operator_classes().items():
        module = f"biometal_stream.operators.{name.replace('-', '_')}"
        line = rf"    from {module} import \(?\s*{cls.__name__} as {cls.__name__}\b"
        assert re.search(line, source), f"write it into operators/__init__.py: {line}"
        assert getattr(operators, cls.__name__) is cls
        assert cls.__name__ in dir(operators)
    with pytest.raises(AttributeError, match="Nothing"):
        _ = operators.Nothing


def test_importing_all_operators_imports_nothing_heavy():
    code = (
        "import sys, biometal_stream.registry.builtin as o; o.operator_classes();"
        "print([m for m in ('numpy', 'pyarrow', 'numba', 'rich') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


@each_class
def test_settings_are_what_the_command_line_can_take(name):
    cls = operator_classes()[name]
    assert cls.__doc__
    assert cls.__dataclass_params__.frozen
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        assert setting_of(field).help.endswith(".")
        allowed = {int, float, str, bool, Names, OneOrMore}
        assert hints[field.name] in allowed | {kind | None for kind in (int, float, str)}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (name, values)
        for name, example in EXAMPLES.items()
        for values in [*OUT_OF_RANGE.get(name, ()), *out_of_range(example)]
    ],
)
def test_settings_out_of_range_are_refused(name, values):
    with pytest.raises(ConfigurationError, match=f"^{name}: "):
        operator_classes()[name](**values)


@each
def test_it_is_an_operator(operator):
    assert isinstance(operator, Operator)
    with operator.open() as function:
        if needs_order(operator):
            assert isinstance(function, SerialFunction)
        else:
            assert function is operator or isinstance(function, DetailedFunction)


@each
def test_repr_and_pickle_give_the_same_operator(operator):
    names = {kind.__name__: kind for kind in [CommonLength, *operator_classes().values()]}
    assert eval(repr(operator), names) == operator
    assert pickle.loads(pickle.dumps(operator)) == operator
    assert hash(pickle.loads(pickle.dumps(operator))) == hash(operator)
    for field in dataclasses.fields(operator):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(operator, field.name, None)


@each
@pytest.mark.parametrize("text", TEXTS, ids=str)
@pytest.mark.parametrize("paired", [False, True])
def test_the_schema_is_what_comes_out(operator, text, paired):
    batch = reads_for(operator, paired=paired, text=text)
    schema = operator.output_schema(batch.schema)
    assert schema.metadata == METADATA
    for result in [operator(batch), *run(operator, cut(batch, [10, 10, 20]))]:
        assert result.schema.equals(schema, check_metadata=True)
        result.validate(full=True)
        for field in schema:
            assert field.nullable or result.column(field.name).null_count == 0


@each
@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_the_kind_of_text_makes_no_difference(operator, text):
    assert rows([operator(reads_for(operator, text=text))]) == rows([operator(reads_for(operator))])


@each
def test_an_empty_batch_stays_empty(operator):
    empty = reads_for(operator, 0)
    assert operator(empty).num_rows == 0
    assert operator(reads_for(operator).slice(5, 0)).num_rows == 0
    assert operator(empty).schema.equals(operator.output_schema(empty.schema))
    assert rows(run(operator, [])) == []


@each
@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_a_sliced_batch_is_its_rows(operator, text):
    batch = reads_for(operator, text=text)
    first, number = (8, 22) if takes_pairs(operator) else (9, 21)
    copy = pa.RecordBatch.from_pylist(batch.slice(first, number).to_pylist(), schema=batch.schema)
    assert rows([operator(batch.slice(first, number))]) == rows([operator(copy)])


@each
@given(ends=st.lists(st.integers(0, 40), max_size=8))
@settings(max_examples=15)
def test_the_size_of_batches_makes_no_difference(operator, ends):
    batch = reads_for(operator)
    ends = [end // 2 * 2 for end in ends] if takes_pairs(operator) else ends
    assert rows(run(operator, cut(batch, ends))) == rows([operator(batch)])


@each
@given(ends=st.lists(st.integers(0, 20).map(lambda pair: 2 * pair), max_size=5))
@settings(max_examples=10)
def test_pairs_stay_together(operator, ends):
    batch = reads_for(operator, paired=True)
    result = operator(batch)
    assert rows(run(operator, cut(batch, ends))) == rows([result])
    if "mate" in result.schema.names:
        mates = result.column("mate").to_pylist()
        merged = [row for row, mate in enumerate(mates) if mate is None]
        assert not merged or operator.name == "merge-pairs"
        if merged:
            pairs = [row for row in result.to_pylist() if row["mate"] is not None]
            result = pa.RecordBatch.from_pylist(pairs, result.schema)
        assert result.column("mate").to_pylist() == [1, 2] * (result.num_rows // 2)
    if "name" in result.schema.names:
        names = [name[:-2] for name in result.column("name").to_pylist()]
        assert names[0::2] == names[1::2] or "mate" not in result.schema.names


@each
def test_a_pair_stays_when_both_mates_would(operator):
    if not isinstance(operator, Filter) or needs_order(operator):
        return
    if isinstance(operator, IndexSettings):  # which looks both mates up together
        return
    paired = reads_for(operator, paired=True)
    single = paired.drop_columns(["mate"])
    alone = {row["name"] for row in rows([operator(single)])}
    wanted = [
        name
        for name in single.column("name").to_pylist()
        if name[:-1] + "1" in alone and name[:-1] + "2" in alone
    ]
    assert operator(paired).column("name").to_pylist() == wanted


@each
def test_a_trimmer_cuts_within_reads_and_drops_none(operator):
    if not isinstance(operator, Trimmer):
        return
    batch = reads_for(operator, paired=True)
    operator = settled(operator, [batch])
    view = BatchView(batch)
    starts, stops = operator.bounds(view)
    lengths = view.text("sequence").lengths
    assert starts.dtype == stops.dtype == "int64"
    assert (starts >= 0).all()
    assert (starts <= stops).all()
    assert (stops <= lengths).all()
    assert view.cut(starts, stops).to_batch() == operator(view.batch)
    # Rows that are left and cut already are as reads of a batch of their own.
    keep = lengths % 4 < 2
    keep[1::2] = keep[0::2]
    left = view.keep(keep).cut(*(bounds[keep] for bounds in (starts, stops)))
    assert left.cut(*operator.bounds(left)).to_batch() == operator(left.to_batch())


@each
def test_threads_may_share_it(operator):
    if operator.concurrency is not Concurrency.SHARED:
        return
    batch = reads_for(operator)
    parts = cut(batch, list(range(0, 40, 2)))
    with settled(operator, [batch]).open() as function, ThreadPoolExecutor(4) as workers:
        assert rows(list(workers.map(function, parts * 4))) == rows([operator(batch)]) * 4


@each
def test_columns_of_the_users_own_pass(operator):
    result = operator(reads_for(operator))
    assert result.schema.field("lane") == reads_for(operator).schema.field("lane")
    if isinstance(operator, Filter):
        lanes = dict(
            zip(*(reads_for(operator).column(c).to_pylist() for c in ("name", "lane")), strict=True)
        )
        assert all(lanes[row["name"]] == row["lane"] for row in rows([result]))
        assert result.schema.equals(reads_for(operator).schema, check_metadata=True)


def _reads_a_column(operator):
    return (
        type(operator).__name__ not in {"Head", "QualityControl", "Skip", "Summarize"}
        and getattr(operator, "naming", None) is None
    )


@each
def test_a_missing_column_is_found_before_data_flows(operator):
    if not _reads_a_column(operator):
        return
    schema = pa.schema([("other", pa.int32())])
    with pytest.raises(SchemaError, match="column"):
        operator.output_schema(schema)
    with pytest.raises(SchemaError, match="column"):
        operator(pa.RecordBatch.from_pylist([], schema=schema))


READ = {
    "decode-quality": ("quality",),
    "predict": ("quality",),
    "reverse-complement": ("sequence", "quality"),
}


@each
@pytest.mark.parametrize("column", ["name", "sequence", "quality"])
def test_a_null_where_there_must_be_none_is_named(operator, column):
    batch = reads_for(operator)
    values = batch.column(column).to_pylist()
    values[17] = None
    index = batch.schema.get_field_index(column)
    batch = batch.set_column(index, pa.field(column, pa.string()), pa.array(values, pa.string()))
    refused = None
    try:
        aside = isinstance(operator, Observer) and not isinstance(operator, Trimmer)
        operator.observe(BatchView(batch)) if aside else operator(batch)
    except DataError as error:
        refused = str(error)
    encoding = getattr(operator, "encoding", None)
    needs = encoding.columns if encoding else getattr(operator, "needs", ())
    if column in (needs or READ.get(operator.name, ())):
        assert refused is not None
    assert refused is None or f"'{column}' is null in row 17 of the batch" in refused
