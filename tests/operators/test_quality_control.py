"""Quality control as a whole: the same counts for all threads, batches, orders and partitions."""

import json
import pickle
from functools import reduce

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import SchemaError
from biometal_stream.reports.quality.named import Tables
from biometal_stream.reports.quality.reads import GROUPS
from biometal_stream.reports.quality.result import Quality
from biometal_stream.view import BatchView
from tests.operators.conformance import overlapping
from tests.sinks.driver import cut, reads
from tests.stand_ins import Collect, Given

STEP = bs.QualityControl()
TRUTH = bs.QualityControl(truth="truth")
ALL = bs.QualityControl(kmers=True, truth="truth")
NAMES = ["A1:10:HXX:1:{}:2:3", "m64011_190830/{}/ccs", "V30L1C002R{:03}0001", "x{}", ""]


def counted(batches, step=STEP):
    return step.finish(reduce(step.merge, map(step.observe, map(BatchView, batches)), step.empty()))


def alone(read):
    name, description, bases, score, label, number = read
    return {
        "name": name,
        "description": description,
        "sequence": bases,
        "quality": chr(33 + score) * len(bases),
        "host_label": label,
        "host_probability": number,
        "truth": "human",
    }


SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("name", "description", "sequence", "quality")),
        ("host_label", pa.dictionary(pa.int16(), pa.string())),
        ("host_probability", pa.float32()),
        ("truth", pa.string()),
        ("mate", pa.int8()),
    ]
)
bases = st.text("ACGTNacgtnU", max_size=12) | st.integers(480, 1020).map(
    lambda n: "ACCGT" * (n // 5)
)
some_reads = st.lists(
    st.tuples(
        st.builds(str.format, st.sampled_from(NAMES), st.integers(0, 200_000)),
        st.sampled_from([None, "1:N:0:AC", "ch=4 start_time=2024-01-01T10:00:00Z", "ch:i:5"]),
        bases,
        st.integers(0, 93),
        st.sampled_from([None, "human", "phage"]),
        st.none() | st.floats(0, 1, width=32),
    ).map(alone),
    max_size=10,
)


@settings(max_examples=40)
@given(
    st.lists(some_reads, min_size=1, max_size=5),
    st.sampled_from(["single", "pairs", "merged"]),
    st.randoms(),
)
def test_any_order_and_grouping_of_parts(parts, kind, random):
    batches = []
    for part in parts:
        rows = part[: len(part) // 2 * 2] if kind != "single" else part
        mates = [1 + row % 2 for row in range(len(rows))]
        if kind == "merged" and rows:
            rows, mates = [*rows, rows[0]], [*mates, None]
        rows = [{**row, "mate": mate} for row, mate in zip(rows, mates, strict=True)]
        batches.append(pa.RecordBatch.from_pylist(rows, schema=SCHEMA))
    if kind == "single":
        batches = [batch.drop_columns(["mate"]) for batch in batches]
    (whole,) = pa.Table.from_batches(batches).combine_chunks().to_batches() or [batches[0]]
    states = [TRUTH.observe(BatchView(batch)) for batch in batches]
    random.shuffle(states)
    while len(states) > 1:
        two = states.pop(random.randrange(len(states)))
        place = random.randrange(len(states))
        states[place] = TRUTH.merge(states[place], pickle.loads(pickle.dumps(two)))
    expected = json.dumps(counted([whole], TRUTH).to_plain())
    assert json.dumps(TRUTH.finish(TRUTH.merge(TRUTH.empty(), states[0])).to_plain()) == expected
    assert json.dumps(Quality.from_plain(json.loads(expected)).to_plain()) == expected


@pytest.mark.parametrize("pairs", ["both", "split"])
def test_same_for_any_threads_and_batches(pairs):
    batch = reads(2000, paired=True)
    found = []
    for threads, sizes in [(1, []), (2, [2, 4, 0, 998]), (4, [100] * 17)]:
        pipeline = bs.Pipeline(Given(tuple(cut(batch, sizes)))) | STEP | bs.MinLength(9) | STEP
        report = pipeline.with_options(threads=threads, pairs=pairs).run(Collect())
        assert list(report.results) == ["quality-control", "quality-control-2"]
        found.append(report.results)
    assert found[0] == found[1] == found[2]
    assert found[0]["quality-control"] == counted([batch])
    after = found[0]["quality-control-2"]
    assert after.groups == ("mate 1", "mate 2")
    own = dict(zip(("mate 1", "mate 2"), after.totals.column("reads").to_pylist(), strict=True))
    assert (own["mate 1"] == own["mate 2"]) == (pairs == "both")


def test_merged_reads_have_a_group():
    batch = reads(40, paired=True)
    mates = pa.array([*[1, 2] * 19, None, None], pa.int8())
    place = batch.schema.get_field_index("mate")
    batch = batch.set_column(place, batch.schema.field(place), mates)
    quality = counted(cut(batch, [10, 28]))
    assert quality.groups == ("mate 1", "mate 2", "merged")
    assert quality.totals.column("reads").to_pylist() == [19, 19, 2]


def test_inserts_are_those_of_summarize_inserts():
    batch = overlapping(reads(80, paired=True))
    quality = counted(cut(batch, [20, 40]), bs.QualityControl(inserts=True))
    expected = bs.SummarizeInserts().observe(BatchView(batch))
    found = zip(*quality.inserts.drop_columns(["group"]).to_pydict().values(), strict=True)
    assert dict(found) == expected.insert_sizes
    assert expected.overlapping > 0
    (totals,) = quality.insert_totals.to_pylist()
    assert (totals["pairs"], totals["overlapping"]) == (expected.pairs, expected.overlapping)
    assert quality.groups == ("mate 1", "mate 2", "pairs")


def test_inserts_need_pairs():
    with pytest.raises(SchemaError, match="quality-control --inserts compares the mates of pairs"):
        bs.QualityControl(inserts=True).output_schema(reads(1).schema)


@pytest.mark.parametrize(
    "columns", [["sequence"], ["name", "sequence"], ["quality"], ["name"], ["description"], []]
)
@pytest.mark.parametrize("rows", [0, 20])
def test_columns_may_be_missing(columns, rows):
    batch = reads(rows).select(columns)
    quality = counted(cut(batch, [7]) if columns else [batch])
    assert quality.tables.keys() == counted([reads(5)]).tables.keys()
    assert quality == counted([batch])
    read = rows if "sequence" in columns or "quality" in columns else 0
    assert sum(quality.lengths.column("reads").to_pylist()) == read


def test_reads_of_any_length_take_little_memory_and_state():
    lengths = [0, 1, 10_000_000, 0, *range(2000)]
    batch = pa.record_batch(
        {
            "name": [f"A1:10:HXX:1:{n}:2:3" for n in range(len(lengths))],
            "sequence": ["N" * length for length in lengths],
            "quality": ["!" * length for length in lengths],
        }
    )
    quality = counted(cut(batch, [1, 2, 500]))
    (totals,) = quality.totals.to_pylist()
    assert (totals["reads"], totals["bases"], totals["n_bases"]) == (
        len(lengths), sum(lengths), sum(lengths),
    )  # fmt: skip
    assert totals["max_length"] == 10_000_000
    assert len(json.dumps(quality.to_plain())) < 5_000_000


def test_every_table_is_a_property_with_types():
    tables = counted([reads(30)], ALL).tables
    named = {name for name, each in vars(Tables).items() if isinstance(each, property)}
    assert named == {*tables, "tables"}
    for name, table in tables.items():
        assert table.schema.field(0) == pa.field("group", pa.string())
        assert not any(pa.types.is_null(field.type) for field in table.schema), name
        assert set(table.column("group").to_pylist()) <= set(GROUPS)


def test_results_add_up():
    batch = reads(50)
    one, two = (counted([part]) for part in cut(batch, [20]))
    assert one + two == counted([batch])
    assert one != two
    assert one != bs.QualityControl(place="x").finish(one.state)
    assert one != "something else"


def test_quality_that_is_not_phred33_is_an_error():
    batch = pa.record_batch({"sequence": ["AC"], "quality": ["\x1fI"]})
    with pytest.raises(bs.errors.DataError, match="quality"):
        counted([batch])


def test_tables_hold_no_numbers_that_json_lacks():
    batch = pa.record_batch(
        {
            "x": pa.array([np.inf, -np.inf, np.nan, None, 1e308]),
            "sequence": ["", "", "", "", ""],
            "quality": ["", "", "", "", ""],
        }
    )
    for name, table in counted([batch], ALL).tables.items():
        if name != "numbers":  # an infinite minimum is one
            json.dumps(table.to_pydict(), allow_nan=False)
