"""Additions of fractions, with the rounding of each."""

from itertools import accumulate, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.fastqc.gc import added_up


@given(st.integers(1, 101), st.integers(0, 20_000))
def test_equals_additions_one_by_one(claims, times):
    *_, total = accumulate(repeat(1 / claims, times), initial=0.0)
    assert added_up(1 / claims, times) == total


@pytest.mark.parametrize("step", [1 / 3, 1 / 7, 1 / 11, 1.0])
def test_equals_many_additions(step):
    total = 0.0
    for _ in range(300_000):
        total += step
    assert added_up(step, 300_000) == total


def test_billions_take_no_time():
    assert added_up(0.5, 10**12) == 5e11
    assert added_up(1 / 3, 10**12) == pytest.approx(1e12 / 3, rel=1e-5)
