"""Two places that count common reads once count exactly what each would have counted alone."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.columns import string_column
from biometal_stream.reports.quality import twice
from biometal_stream.reports.quality.state import added, state_to_plain
from biometal_stream.sinks import DiscardSink
from biometal_stream.view import BatchView

STEP = bs.QualityControl(truth="truth")
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("name", "description", "sequence", "quality")),
        ("kind", pa.dictionary(pa.int16(), pa.string())),
        ("weight", pa.float32()),
        ("truth", pa.string()),
        ("mate", pa.int8()),
    ]
)

read = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["A1:10:HXX:1:1101:2:3", "A1:10:HXX:1:1102:2:3", "x", ""]),
        "description": st.sampled_from([None, "1:N:0:AC", "ch=4 start_time=2024-01-01T10:00:00Z"]),
        "bases": st.text("ACGTNa", max_size=30) | st.just("ACCGT" * 100),
        "score": st.integers(0, 93),
        "kind": st.sampled_from([None, "human", "phage"]),
        "weight": st.none() | st.floats(0, 1, width=32),
    }
)
pair = st.lists(read, min_size=2, max_size=2)
"""A pair, or two reads."""


def batch_of(units, kind):
    rows = []
    for number, unit in enumerate(units):
        merged = kind == "merged" and not number % 3
        for mate, each in enumerate(unit[: 1 if merged else 2], 1):
            bases, score = each["bases"], chr(33 + each["score"])
            row = {name: each.get(name) for name in SCHEMA.names} | {"truth": "human"}
            row |= {"sequence": bases, "quality": score * len(bases)}
            rows.append(row | {"mate": None if merged else mate})
    batch = pa.RecordBatch.from_pylist(rows, schema=SCHEMA)
    return batch.drop_columns(["mate"]) if kind == "single" else batch


def changed(view, what, draw):
    """The view after one step."""
    some = np.array([draw.random() < 0.4 for _ in range(view.num_rows)], np.bool_)
    if what == "cut":
        lengths = view.text("sequence").lengths
        starts = np.where(some, lengths // 3, 0)
        return view.cut(starts, np.where(some & (lengths % 2 == 1), starts, lengths))
    if what == "edit":
        column = view.text("sequence").packed()
        data = np.where(column.used == ord("A"), np.uint8(ord("T")), column.used)
        return view.edited({"sequence": column.with_bytes(data)})
    if what == "split":
        view = view.apart()
    return view.keep(view.unite_mates(~some))


def together(before, after, step=STEP, so_far=({}, {}, {})):
    common, one, two = step.observe_twice(step, before, after, so_far)
    return common, added(common, one), added(common, two)


def text(state):
    return json.dumps(state_to_plain(state))


def fresh(view):
    """The same view, without anything that was computed."""
    made = BatchView(view.batch)
    made.rows, made._cut = view.rows, view._cut
    return made if view._known.get("paired") is not False else made.apart()


STEPS = st.lists(st.sampled_from(["cut", "edit", "drop", "split"]), max_size=3)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(pair, max_size=4),
    st.sampled_from(["single", "pairs", "merged"]),
    STEPS,
    STEPS,
    st.randoms(use_true_random=False),
)
def test_both_places_count_as_if_alone(units, kind, first, second, draw):
    before = BatchView(batch_of(units, kind))
    for what in first:
        before = changed(before, what, draw)
    after = before
    for what in second:
        after = changed(after, what, draw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twice, "LEAST", 1)
        patch.setattr(twice, "MOST_OTHERS", 1)
        common, one, two = together(fresh(before), fresh(after))
    assert text(one) == text(added({}, STEP.observe(fresh(before))))
    assert text(two) == text(added({}, STEP.observe(fresh(after))))
    if not second and units and before.num_rows:
        assert common == added({}, common) or text(common) == text(one)


def big(lengths, **columns):
    sequences = ["ACGT" * (length // 4) for length in lengths]
    qualities = ["I" * len(each) for each in sequences]
    names = [f"r{number}" for number in range(len(lengths))]
    return pa.record_batch({"name": names, "sequence": sequences, "quality": qualities, **columns})


def counted(state, group="reads"):
    records = state.get(group, {})
    return int(records["reads"].values.sum()) if records else 0


def test_what_did_not_change_is_counted_once():
    before = BatchView(big([40] * 5000))
    rows = np.arange(5000)
    cut = before.cut(0 * rows, np.where(rows < 50, 8, 40))
    after = cut.keep(rows >= 30)
    found = STEP.observe_twice(STEP, before, after, ({}, {}, {}))
    assert [counted(state) for state in found] == [4950, 50, 20]


def test_little_in_common_is_not_counted_apart():
    before = BatchView(big([40] * 5000))
    rows = np.arange(5000)
    after = before.cut(rows * 0, np.where(rows < 4000, 8, 40))
    found = STEP.observe_twice(STEP, before, after, ({}, {}, {}))
    assert [counted(state) for state in found] == [0, 5000, 5000]


def test_an_edited_column_is_compared_base_by_base():
    batch = big([40] * 5000)
    before = BatchView(batch)
    column = before.text("sequence")
    data = column.used.copy()
    data[40 * 7] = ord("N")
    after = before.edited({"sequence": column.with_bytes(data)})
    found = STEP.observe_twice(STEP, before, after, ({}, {}, {}))
    assert [counted(state) for state in found] == [4999, 1, 1]


def test_nulls_that_a_filter_dropped_are_no_matter():
    batch = big([40] * 3000)
    batch = batch.set_column(2, "quality", pa.array([None, *["I" * 40] * 2999], pa.string()))
    before = BatchView(batch)
    rows = np.arange(3000)
    after = before.keep(rows > 0)
    after = after.cut(0 * rows[1:], np.where(rows[1:] < 5, 8, 40))
    assert string_column(batch.column("quality"), "quality", after.rows).num_rows == 2999
    _, one, two = together(before, after)
    assert text(one) == text(added({}, STEP.observe(BatchView(batch))))
    assert (counted(one), counted(two)) == (3000, 2999)


def test_places_that_count_other_things_do_not_share():
    assert bs.QualityControl(place="x").counts_as(bs.QualityControl(inserts=True))
    assert not bs.QualityControl().counts_as(bs.QualityControl(kmers=True))
    assert not bs.QualityControl(truth="truth").counts_as(bs.QualityControl())
    assert not bs.QualityControl().counts_as(bs.Summarize())


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    draw = np.random.default_rng(4)
    folder = tmp_path_factory.mktemp("pairs")
    paths = []
    for mate in (1, 2):
        records = []
        for number in range(3000):
            bases = "".join(draw.choice(list("ACGTN"), 60, p=[0.24, 0.24, 0.24, 0.24, 0.04]))
            low = int(draw.integers(0, 40)) if number % 7 == 0 else 0
            quality = "I" * (60 - low) + "#" * low
            name = f"A1:10:HXX:1:{1101 + number % 3}:2:{number}"
            records.append(f"@{name} {mate}:N:0:AC\n{bases}\n+\n{quality}\n")
        paths.append(folder / f"R{mate}.fq")
        paths[-1].write_text("".join(records))
    return paths


@pytest.mark.parametrize("pairs_option", ["both", "either", "split"])
def test_runs_share_and_find_the_same(pairs, pairs_option, monkeypatch):
    monkeypatch.setattr(twice, "LEAST", 10)
    monkeypatch.setattr(twice, "MOST_OTHERS", 1)
    steps = bs.TrimQuality(20) | bs.MaskQuality(5) | bs.MinLength(45)
    expected = None
    for threads, memory, chunk in [(1, None, 10**7), (2, "64M", 40_000), (8, None, 9_000)]:
        monkeypatch.setattr("biometal_stream.budget.Budget.chunk", chunk)
        first, second = bs.QualityControl(inserts=True), bs.QualityControl(place="after")
        pipeline = bs.read_fastq(pairs[0], mate=pairs[1]) | first | steps | second
        options = {"threads": threads, "pairs": pairs_option}
        options |= {"memory": memory} if memory else {}
        results = pipeline.with_options(**options).run(DiscardSink()).results
        found = [text(each.state) for each in results.values()]
        expected = expected or found
        assert found == expected
    assert expected is not None
    for place, wanted in zip((0, 1), expected, strict=True):
        alone = bs.read_fastq(pairs[0], mate=pairs[1])
        alone = alone | first if place == 0 else alone | steps | second
        (quality,) = alone.with_options(pairs=pairs_option).run(DiscardSink()).results.values()
        assert text(quality.state) == wanted
