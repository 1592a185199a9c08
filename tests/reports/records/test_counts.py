"""Counts of any shapes, and what lies beyond the end of an axis."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.records.counts import Counts

shapes = st.tuples(st.integers(0, 4), st.integers(0, 4), st.just(2))


@given(shapes, shapes)
def test_each_axis_is_as_long_as_the_longer_one(one: tuple[int, ...], two: tuple[int, ...]) -> None:
    random = np.random.default_rng(0)
    first, second = (random.integers(0, 9, shape) for shape in (one, two))
    kept = first.copy(), second.copy()
    total = np.zeros((4, 4, 2), np.int64)
    for each in (first, second):
        total[tuple(map(slice, each.shape))] += each
    shape = tuple(np.maximum(one, two))
    for found in (Counts(first) + Counts(second), Counts(second) + Counts(first)):
        assert found.values.shape == shape
        assert np.array_equal(found.values, total[tuple(map(slice, shape))])
    assert np.array_equal(first, kept[0])
    assert np.array_equal(second, kept[1])
