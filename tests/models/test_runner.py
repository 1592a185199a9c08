"""Reads reach the model in its own batches, whatever batches they came in."""

from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import PredictionError
from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding, Windows
from biometal_stream.models.runner import Runner, pool_max, pool_mean
from biometal_stream.view import BatchView

LENGTH = 10


class SumAndCount:
    """A model whose outputs are the sum of Phred scores and the number of bases."""

    provider = "cpu"
    outputs = 2
    placement: ClassVar = {}

    def __init__(self, rows, *, fixed=False, gives=None):
        self.rows = rows
        self.fixed = fixed
        self.gives = gives
        self.calls = []

    def predict(self, features, out, calls=None):
        self.calls.append(len(features))
        assert 1 <= len(features) <= self.rows
        assert len(features) == self.rows or not self.fixed
        assert features.flags.c_contiguous
        out[:, 0] = features[:, :LENGTH].sum(axis=1)
        out[:, 1] = features[:, LENGTH:].sum(axis=1)
        if self.gives is not None:
            out[-1, 1] = self.gives

    def close(self):
        pass


def card(windows="first", stride=None, pooling="mean"):
    return Card(
        name="sums",
        version="1",
        description="Sums.",
        encoding=Encoding("quality-mask/1", LENGTH, "uint8"),
        output="logits",
        labels=("a", "b"),
        windows=windows,
        stride=stride,
        pooling=pooling,
    )


def run(runner, qualities, rows=None):
    batch = pa.record_batch({"quality": pa.array(qualities, pa.string())})
    lengths = np.array([len(quality) for quality in qualities], np.int64)
    return runner.outputs(None, BatchView(batch).text("quality"), lengths, rows)


def naive_windows(length, rule, stride):
    if rule == "first":
        return [(0, min(length, LENGTH))]
    if rule == "even":
        number = max(1, -(-length // LENGTH))
        return [(i * length // number, (i + 1) * length // number) for i in range(number)]
    windows = [(0, min(length, LENGTH))]
    while windows[-1][0] + LENGTH < length:
        start = windows[-1][0] + stride
        windows.append((start, min(start + LENGTH, length)))
    return windows


def naive(qualities, rule, stride, pooling):
    results = []
    for quality in qualities:
        scores = [ord(letter) - 33 for letter in quality]
        parts = [scores[a:b] for a, b in naive_windows(len(scores), rule, stride)]
        outputs = [(sum(part), len(part)) for part in parts]
        if pooling == "max":
            results.append([max(column) for column in zip(*outputs, strict=True)])
        else:
            weights = [max(1, len(part)) for part in parts]
            results.append(
                [
                    sum(w * x for w, x in zip(weights, column, strict=True)) / sum(weights)
                    for column in zip(*outputs, strict=True)
                ]
            )
    return results


QUALITIES = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=45))
RULES = st.sampled_from([("first", None), ("even", None), ("stride", 4), ("stride", 10)])


@given(
    QUALITIES, RULES, st.sampled_from(["mean", "max"]), st.integers(1, 7), st.booleans(), st.data()
)
def test_any_reads_give_what_the_definition_says(qualities, rule, pooling, rows, fixed, data):
    predictor = SumAndCount(rows, fixed=fixed)
    runner = Runner(card(*rule, pooling), predictor)
    chosen = sorted(data.draw(st.sets(st.sampled_from(range(len(qualities)))))) if qualities else []
    found = run(runner, qualities, np.array(chosen, np.int64))
    wanted = naive([qualities[row] for row in chosen], *rule, pooling)
    assert found.dtype == np.float32
    assert found.shape == (len(chosen), 2)
    np.testing.assert_allclose(found, np.array(wanted).reshape(-1, 2), rtol=1e-6)
    assert runner.calls == len(predictor.calls)
    seen = sum(len(naive_windows(len(qualities[row]), *rule)) for row in chosen)
    assert runner.windows == seen


def test_without_rows_the_model_sees_all():
    found = run(Runner(card(), SumAndCount(2)), ["!!", "~", ""])
    assert found.tolist() == [[0, 2], [93, 1], [0, 0]]


def test_threads_may_share_it():
    qualities = ["I" * (k % 31) for k in range(200)]
    runner = Runner(card("even"), SumAndCount(7, fixed=True))
    alone = run(runner, qualities)
    with ThreadPoolExecutor(4) as workers:
        for found in workers.map(lambda _: run(runner, qualities), range(20)):
            assert np.array_equal(found, alone)


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused_with_its_row(number, fixed):
    runner = Runner(card(), SumAndCount(3, fixed=fixed, gives=number))
    with pytest.raises(PredictionError, match=rf"'sums' gave {number} for row 2 of the batch"):
        run(runner, ["I", "I", "I"])


def test_no_reads_are_no_call():
    predictor = SumAndCount(3)
    assert run(Runner(card("even"), predictor), []).shape == (0, 2)
    assert predictor.calls == []


def test_pooling_keeps_each_read_apart():
    windows = Windows(
        np.array([4, 4, 9], np.int64), np.array([0, 6, 0], np.int64), np.array([6, 8, 0], np.int64)
    )
    raw = np.array([[1, -1], [5, -5], [7, -7]], np.float32)
    assert pool_mean(raw, windows).tolist() == [[2, -2], [7, -7]]
    assert pool_max(raw, windows).tolist() == [[5, -1], [7, -7]]
