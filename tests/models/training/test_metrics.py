"""The metrics against their definitions, counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.models.training.metrics import (
    calibration_error,
    evaluate,
    probabilities,
    reliability,
)

pytest.importorskip("sklearn")

READS = st.lists(
    st.tuples(st.floats(-30, 30), st.booleans(), st.floats(10, 30)), min_size=1, max_size=50
)


def plain(reads):
    """As the definitions say, read by read."""
    near = [(logit, passes) for logit, passes, mean in reads if abs(mean - 20) <= 1]
    counts = {"true_positives": 0, "false_positives": 0, "true_negatives": 0, "false_negatives": 0}
    for logit, passes, _ in reads:
        said = logit >= 0
        counts[f"{str(said == passes).lower()}_{'positives' if said else 'negatives'}"] += 1
    pairs = [
        1.0 if a > b else 0.5 if a == b else 0.0
        for a, up, _ in reads
        for b, down, _ in reads
        if up and not down
    ]
    return counts, near, pairs


@given(READS)
def test_against_plain_counting(reads):
    logits, labels, means = (np.array(each) for each in zip(*reads, strict=True))
    found = evaluate(logits, labels, np.abs(means - 20) <= 1)
    counts, near, pairs = plain(reads)
    assert found["confusion"] == counts
    right = counts["true_positives"] + counts["true_negatives"]
    assert found["accuracy"] == pytest.approx(right / len(reads), abs=1e-6)
    assert found["near_reads"] == len(near)
    if near:
        share = np.mean([(logit >= 0) == passes for logit, passes in near])
        assert found["near_accuracy"] == pytest.approx(share, abs=1e-6)
    else:
        assert found["near_accuracy"] is None
    said = counts["true_positives"] + counts["false_positives"]
    if said:
        assert found["precision"] == pytest.approx(counts["true_positives"] / said, abs=1e-6)
    else:
        assert found["precision"] is None
    if labels.any():
        share = counts["true_positives"] / labels.sum()
        assert found["recall"] == pytest.approx(share, abs=1e-6)
    if pairs:
        assert found["roc_auc"] == pytest.approx(np.mean(pairs), abs=1e-6)
    else:
        assert found["roc_auc"] is None


@given(READS)
def test_calibration_against_plain_counting(reads):
    logits, labels = (np.array(each) for each in list(zip(*reads, strict=True))[:2])
    chance = probabilities(logits)
    assert chance == pytest.approx(np.array([1 / (1 + np.exp(-logit)) for logit in logits]))
    expected = 0.0
    said, passing, counts = reliability(logits, labels)
    for number in range(10):
        bin_ = [i for i, p in enumerate(chance) if min(int(p * 10), 9) == number]
        assert counts[number] == len(bin_)
        if bin_:
            mean, share = np.mean([chance[i] for i in bin_]), np.mean([labels[i] for i in bin_])
            assert said[number] == pytest.approx(mean)
            assert passing[number] == pytest.approx(share)
            expected += abs(mean - share) * len(bin_) / len(reads)
    assert calibration_error(logits, labels) == pytest.approx(expected)


def test_extremes():
    assert probabilities(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
    none = np.array([False])
    found = evaluate(np.array([-3.0]), none, none)
    assert (found["near_reads"], found["near_accuracy"]) == (0, None)
