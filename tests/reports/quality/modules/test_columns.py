"""Labels, numbers, scores and calibration are what plain counting gives, in any partition."""

import math
from collections import Counter
from functools import reduce

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import SchemaError
from biometal_stream.reports.quality.modules.columns import OTHERS
from biometal_stream.reports.records import labels as label_records
from biometal_stream.view import BatchView
from tests.sinks.driver import cut

STEP = bs.QualityControl(truth="truth")
LABELS = ["human", "phage", None]
row = st.tuples(
    st.sampled_from(LABELS),
    st.floats(0, 1, width=32) | st.sampled_from([None, math.nan]),
    st.sampled_from(["human", "phage", "yeast", None]),
)


def batch_of(rows):
    return pa.record_batch(
        {
            "host_label": pa.array(
                [label for label, _, _ in rows], pa.string()
            ).dictionary_encode(),
            "host_probability": pa.array([score for _, score, _ in rows], pa.float32()),
            "host_probability_human": pa.array([score for _, score, _ in rows], pa.float32()),
            "truth": pa.array([truth for _, _, truth in rows], pa.string()),
            "length": pa.array([len(rows)] * len(rows), pa.int64()),
        }
    )


def counted(batches, step=STEP):
    states = [step.observe(BatchView(batch)) for batch in batches]
    return step.finish(reduce(step.merge, states, step.empty()))


def known(score):
    return score is not None and not math.isnan(score)


@given(st.lists(row, min_size=1, max_size=30))
def test_tables_are_what_plain_counting_gives(rows):
    quality = counted(cut(batch_of(rows), [1, 3]))
    labels = {each["label"]: each["reads"] for each in quality.labels.to_pylist()}
    assert labels == Counter(label for label, _, _ in rows)
    scores = Counter()
    for each in quality.scores.to_pylist():
        if each["column"] == "host_probability":
            scores[each["label"]] += each["reads"]
    assert scores == Counter(label or "" for label, score, _ in rows if known(score))
    compared = [r for r in rows if None not in r and known(r[1])]
    for column in ("host_probability", "host_probability_human"):
        reads, right, total = Counter(), Counter(), Counter()
        for label, score, truth in compared:
            about = label if column == "host_probability" else "human"
            place = about, min(int(score * 10), 9) / 10
            reads[place] += 1
            right[place] += truth == about
            total[place] += score
        found = [each for each in quality.calibration.to_pylist() if each["column"] == column]
        assert {(each["label"], each["first_score"]) for each in found} == set(reads)
        for each in found:
            place = each["label"], each["first_score"]
            assert each["reads"] == reads[place]
            assert each["correct"] == right[place] / reads[place]
            assert each["mean_score"] == pytest.approx(total[place] / reads[place], abs=1e-9)


@given(st.lists(row, max_size=30), st.lists(st.integers(0, 9), max_size=4))
def test_any_partition(rows, sizes):
    batch = batch_of(rows)
    assert counted(cut(batch, sizes)).to_plain() == counted([batch]).to_plain()


def test_numbers_of_floats_without_labels():
    batch = pa.record_batch({"gc": [0.25, 0.25, None], "flag": [True, False, True]})
    quality = counted([batch], bs.QualityControl())
    numbers = [tuple(each.values())[1:] for each in quality.numbers.to_pylist()]
    assert numbers == [("flag", 0, 2 / 3, 1, 0), ("gc", 0.25, 0.25, 0.25, 1)]
    scores = [tuple(each.values()) for each in quality.scores.to_pylist()]
    assert scores == [("reads", "gc", "", 0.25, 0.26, 2)]


def test_labels_that_are_too_many(monkeypatch):
    monkeypatch.setattr(label_records, "MOST_LABELS", 2)
    batch = pa.record_batch({"lane": pa.array(["c", "a", "b", "c", None]).dictionary_encode()})
    labels = counted(cut(batch, [2]), bs.QualityControl()).labels.to_pylist()
    assert [(each["label"], each["reads"]) for each in labels] == [
        ("a", 1), ("b", 1), (OTHERS, 2), (None, 1),
    ]  # fmt: skip


def test_truth_must_hold_labels():
    batch = batch_of([])
    with pytest.raises(SchemaError, match="needs a column 'nothing'"):
        bs.QualityControl(truth="nothing").output_schema(batch.schema)
    with pytest.raises(SchemaError, match="needs labels in column 'length', which is int64"):
        bs.QualityControl(truth="length").output_schema(batch.schema)
    assert bs.QualityControl(truth="truth").output_schema(batch.schema) is batch.schema
