"""Labels and probabilities, compared with the definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import PredictionError
from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.predictions import classify


def card(output, labels=("no", "yes"), threshold=None):
    return Card(
        name="m",
        version="1",
        description="A model.",
        encoding=Encoding("tokens/1", 10, "uint8"),
        output=output,
        labels=labels,
        threshold=threshold,
    )


finite = st.floats(-(2.0**96), 2.0**96, width=32)


@given(st.lists(finite, max_size=20))
def test_a_logit_is_the_log_of_the_odds(logits):
    found = classify(card("logit"), np.array(logits, np.float32).reshape(-1, 1))
    assert found.probabilities.dtype == np.float32
    for logit, label, both in zip(logits, found.labels, found.probabilities, strict=True):
        wanted = 1 / (1 + math.exp(-logit)) if logit > -700 else 0.0
        assert both[1] == pytest.approx(wanted, rel=1e-6, abs=1e-30)
        assert label == (both[1] >= 0.5)
    chosen = [both[label] for label, both in zip(found.labels, found.probabilities, strict=True)]
    assert found.probability.tolist() == chosen


@given(st.lists(st.tuples(finite, finite, finite), max_size=20))
def test_logits_of_several_labels_are_a_softmax(rows):
    found = classify(card("logits", ("a", "b", "c")), np.array(rows, np.float32).reshape(-1, 3))
    for row, label, shares in zip(rows, found.labels, found.probabilities, strict=True):
        raised = [math.exp(x - max(row)) for x in row]
        np.testing.assert_allclose(shares, np.array(raised) / sum(raised), rtol=1e-5, atol=1e-30)
        assert shares[label] == max(shares)


@pytest.mark.parametrize(
    ("own", "given_", "wanted"),
    [(None, None, [0, 1, 1]), (0.6, None, [0, 0, 1]), (0.6, 0.1, [0, 1, 1]), (None, 0, [1, 1, 1])],
)
def test_the_users_threshold_comes_before_the_cards(own, given_, wanted):
    outputs = np.array([[0.05], [0.5], [0.75]], np.float32)
    found = classify(card("probability", threshold=own), outputs, given_)
    assert found.labels.tolist() == wanted


def test_a_read_at_the_threshold_has_the_label_in_single_precision_too():
    found = classify(card("probability", threshold=0.9), np.array([[0.9]], np.float32))
    assert found.labels.tolist() == [1]


@pytest.mark.parametrize("output", ["probability", "probabilities"])
def test_what_is_no_probability_is_refused(output):
    columns = 1 if output == "probability" else 2
    with pytest.raises(PredictionError, match=r"gave 3\.5, which is not a probability"):
        classify(card(output), np.full((2, columns), 3.5, np.float32))


def test_half_precision_may_round_a_probability_beyond_one():
    found = classify(card("probability"), np.array([[1.0005], [-0.0005]], np.float32))
    assert found.probabilities.tolist() == [[0, 1], [1, 0]]


def test_of_equal_probabilities_the_first_label_counts():
    found = classify(card("probabilities"), np.array([[0.5, 0.5]], np.float32))
    assert found.labels.tolist() == [0]
