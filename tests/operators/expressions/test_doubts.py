"""Comparisons that no read can meet are told, and those that some read may meet are not."""

import warnings

import pytest

from biometal_stream.errors import SettingWarning
from biometal_stream.measured import MEASURES
from biometal_stream.operators import Predict, Where


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("gc > 50", "'gc > 50' is never true: gc is a share from 0 to 1; write gc > 0.5"),
        ("50 < gc", "'gc > 50' is never true"),
        ("20 <= gc <= 60", "'gc >= 20' is never true"),
        ("not gc > 1", "'gc > 1' is never true"),
        ("length > 3 and (gc < 60 or gc == 2)", "'gc < 60' is always true"),
        ("gc in (40, 50)", "is never true"),
        ("gc != 30", "is always true"),
        ("complexity >= 30", "write complexity >= 0.3"),
        ("mean_quality > 93.5", "a Phred score from 0 to 93"),
        ("arithmetic_mean_quality == -1", "is never true"),
        ("length < 0", "length is a number of at least 0"),
        ("expected_errors <= -0.1", "is never true"),
        ("quality_probability > 90", "write quality_probability > 0.9"),
        ("quality_probability_PASS >= 95", "is never true"),
    ],
)
def test_what_cannot_be(condition, said):
    with pytest.warns(SettingWarning) as caught:
        Where(condition)
    assert any(said in str(one.message) for one in caught)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "condition",
    [
        "gc >= 0 and gc <= 1",
        "0.2 < gc < 0.6",
        "length >= 0",
        "gc * 100 > 50",
        "column('gc') > 50",
        "count > 50",
        "name == 'gc > 50'",
        "gc == expected_errors",
        "mean_quality == 93",
    ],
)
def test_what_can_be(condition):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Where(condition)


def test_the_condition_of_a_model_too():
    with pytest.warns(SettingWarning, match="never true"):
        Predict("quality", where="gc > 50")


def test_a_step_is_told_at_every_making_and_runs():
    for _ in range(2):
        with pytest.warns(SettingWarning, match="never true"):
            assert Where("gc > 50").expression == "gc > 50"


def test_every_measure_has_a_range():
    assert all(measure.minimum == 0 for measure in MEASURES.values())
    shares = {name for name, measure in MEASURES.items() if measure.unit == "share"}
    assert {name for name, measure in MEASURES.items() if measure.maximum == 1} == shares
