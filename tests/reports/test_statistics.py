"""Figures of counts, beside the standard library's."""

from __future__ import annotations

import statistics as standard
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports import statistics

numbers = st.lists(st.integers(0, 30), min_size=1, max_size=20)


def counted(values: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return np.unique(np.array(values, np.int64), return_counts=True)


@given(numbers)
def test_median_and_n50(values: list[int]) -> None:
    assert statistics.median(*counted(values)) == standard.median(values)
    held, wanted = 0, None
    for value in sorted(values, reverse=True):
        held += value
        if 2 * held >= sum(values):
            wanted = value
            break
    assert statistics.n50(*counted(values)) == wanted


@given(numbers)
def test_means_of_scores(values: list[int]) -> None:
    counts = Counter(values)
    scores = [counts[score] for score in range(31)]
    assert statistics.mean_score(scores) == pytest.approx(standard.mean(values))
    error = standard.mean(10 ** (-value / 10) for value in values)
    found = statistics.mean_quality(scores)
    assert found is not None
    assert 10 ** (-found / 10) == pytest.approx(error)


def test_nothing_has_no_figures() -> None:
    nothing = np.zeros(0, np.int64)
    assert statistics.median(nothing, nothing) is None
    assert statistics.n50(nothing, nothing) is None
    assert statistics.mean_quality([]) is None
    assert statistics.mean_score([0, 0]) is None
    assert statistics.share(0, 0) is None
