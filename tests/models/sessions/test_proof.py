"""The proof lets rounding pass, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from biometal_stream.errors import PredictionError
from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.sessions.proof import compare, proof_features, prove

CARD = Card("m", "1", "", Encoding("sequence-quality-300/1"), "logit", ("a", "b"))


class StandIn:
    """A predictor that gives a function of the features."""

    outputs = 1

    def __init__(self, function):
        self.function = function

    def predict(self, features, out, calls=None):
        out[:] = self.function(features)


def mean(features):
    return features[:, 150:].sum(axis=1, keepdims=True) * 0.62 - 20


def fails(_):
    raise PredictionError("m.onnx: failed on 64 rows")


@pytest.mark.parametrize(
    "encoding",
    [
        Encoding("sequence-quality-300/1"),
        Encoding("quality-mask/1", 40, "float16"),
        Encoding("one-hot/1", 10, "uint8"),
        Encoding("one-hot-quality/1", 300),
        Encoding("tokens/1", 1, "int64"),
        Encoding("kmers/1", 50, "int32", 6),
    ],
)
@pytest.mark.parametrize("minimum", [0, 1, 30, 10_000])
def test_the_features_of_the_proof(encoding, minimum):
    card = replace(CARD, encoding=encoding, minimum_length=minimum)
    features = proof_features(card, 64)
    assert features.shape == (64, *encoding.shape)
    assert features.dtype == encoding.dtype
    assert features.flags.c_contiguous
    assert len(np.unique(features.reshape(64, -1), axis=0)) > (2 if encoding.length > 1 else 1)
    np.testing.assert_array_equal(features, proof_features(card, 64))


def test_the_reads_of_the_proof_are_good_and_bad():
    features = proof_features(CARD, 64)
    phred, known = features[:, 150:] * 93, features[:, 150:].sum(axis=1) > 0
    means = phred[known].sum(axis=1) / (phred[known] > 0).sum(axis=1)
    assert means.min() < 15
    assert means.max() > 30


@pytest.mark.parametrize(
    "function",
    [
        mean,
        lambda x: mean(x).astype(np.float16),
        lambda x: mean(x.astype(np.float16).astype(np.float32)),
        lambda x: mean(x) * 1.01,
    ],
)
def test_rounding_passes(function):
    assert prove(StandIn(function), StandIn(mean), proof_features(CARD, 64)) is None


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda x: mean(x) * 0, "gave -0 where the CPU gave -"),
        (lambda x: -mean(x), "where the CPU gave"),
        (lambda x: mean(x)[::-1], "where the CPU gave"),
        (lambda x: mean(x) + 1, "at most 0.4 apart is rounding"),
        (lambda x: np.where(np.arange(len(x))[:, None] == 5, np.nan, 0), "gave nan in 1 of 64"),
        (lambda x: mean(x) + np.inf, "gave inf in 64 of 64 rows"),
        (fails, "failed on its first batch: m.onnx: failed on 64 rows"),
    ],
)
def test_what_is_wrong_does_not_pass(function, told):
    assert told in prove(StandIn(function), StandIn(mean), proof_features(CARD, 64))


def test_a_model_that_gives_nan_everywhere_proves_nothing():
    broken = StandIn(lambda x: mean(x) * np.nan)
    seen = prove(broken, broken, proof_features(CARD, 8))
    assert seen == "cannot be proven, since the CPU itself gave NaN or infinity"


def test_small_numbers_are_compared_with_each_other():
    small = np.full((4, 2), 1e-5, np.float32)
    assert compare(small * 2, small) is None
    assert compare(small + 0.01, small) is not None
    assert compare(small[:, :1], small) == "gave numbers of shape (4, 1) in place of (4, 2)"
    assert compare(small[:0], small[:0]) is None
