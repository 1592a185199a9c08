"""Bins of scores hold what they say, and names tell what scores are about."""

import math
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.reports.quality.scores import bins_of_scores, bounds_of_bins, subject_of
from biometal_stream.reports.records.by_label import SPAN


@given(
    st.floats(allow_nan=False) | st.floats(-1.5, 1.5) | st.floats(0, 100),
    st.sampled_from([np.float32, np.float64]),
)
@example(0.29, np.float32)
@example(-0.29, np.float32)
@example(math.inf, np.float32)
@example(-math.inf, np.float64)
@example(3.4e38, np.float32)
@example(sys.float_info.max, np.float64)
def test_a_bin_holds_its_scores(score, kind):
    with np.errstate(over="ignore"):
        value = kind(score)
    bins = bins_of_scores(np.array([value]))
    assert 0 <= bins[0] < SPAN
    with np.errstate(over="ignore"):
        first, last = (each.astype(kind)[0] for each in bounds_of_bins(bins))
    if np.isfinite(value) and np.isfinite(last):
        assert first <= value < last or value == last in {1, sys.float_info.max}


def test_bins_are_as_wide_as_documented():
    scores = np.array([-1.0, -0.015, 0.0, 0.5, 0.999, 1.0, 1.04, 37.5, 9_950, 12_345, 1e300])
    bounds = zip(*bounds_of_bins(bins_of_scores(scores)), strict=True)
    assert [(float(first), float(last)) for first, last in bounds] == [
        *((-1.0, -0.99), (-0.02, -0.01), (0.0, 0.01), (0.5, 0.51), (0.99, 1.0), (0.99, 1.0)),
        *((1.0, 1.1), (37.0, 38.0), (9_900.0, 10_000.0), (10_000.0, 20_000.0), (1e300, 2e300)),
    ]


@pytest.mark.parametrize(
    ("score", "subject"),
    [
        ("host_probability", ("host_label", None)),
        ("host_score", ("host_label", None)),
        ("host_probability_human", ("host_label", "human")),
        ("host_probability_not_human", ("host_label", "not_human")),
        ("host_genus_probability", ("host_genus_label", None)),
        ("lane_x", ("lane", None)),
        ("mean_quality", (None, None)),
        ("host", (None, None)),
    ],
)
def test_subjects(score, subject):
    assert subject_of(score, ["host_label", "host_genus_label", "lane"]) == subject
