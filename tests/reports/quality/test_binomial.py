"""The upper tail against exact sums."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.quality.binomial import upper_tail


@given(st.integers(1, 200), st.integers(1, 400), st.data())
def test_the_tail_is_the_sum_of_what_is_beyond(trials, one_in, data):
    least = trials // one_in + 1
    hits = data.draw(st.integers(min(least, trials), trials))
    share = Fraction(1 / (one_in + 0.5))
    wanted = sum(
        comb(trials, more) * share**more * (1 - share) ** (trials - more)
        for more in range(hits + 1, trials + 1)
    )
    [found] = upper_tail(np.array([hits]), np.array([trials]), np.array([float(share)]))
    assert found == pytest.approx(float(wanted), rel=1e-10)


def test_large_numbers_and_none():
    assert upper_tail(*(np.array([], kind) for kind in (np.int64, np.int64, float))).size == 0
    [small, none] = upper_tail(np.array([70_000, 5]), np.array([10**9, 5]), np.array([6.1e-5, 0.5]))
    assert 0 < small < 1e-200
    assert none == 0
