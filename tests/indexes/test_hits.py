"""Counting hits, against sets."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.indexes.hits import Hits, count_hits

UNITS = st.lists(st.lists(st.integers(0, 40), max_size=80), max_size=6)


def counted(units: list[list[int]], known: set[int], spread: int = 1) -> Hits:
    """Counts units of k-mers."""
    values = np.array([value * spread for unit in units for value in unit], np.uint64)
    has = np.array([value in known for unit in units for value in unit], np.bool_)
    edges = np.cumsum([0, *map(len, units)])
    return count_hits(values, has, edges)


@settings(max_examples=60)
@given(UNITS, st.sets(st.integers(0, 40)), st.sampled_from([1, 2**24, (2**62 - 1) // 40]))
def test_each_value_of_a_unit_counts_once(units, known, spread):
    found = counted(units, known, spread)
    assert found.hits.tolist() == [len(known & set(unit)) for unit in units]
    assert found.totals.tolist() == [len(set(unit)) for unit in units]
    assert found.hits.dtype == found.totals.dtype == np.int32


def test_long_units_are_counted_in_little_time():
    number = 200_000  # the square of it would take minutes
    values = np.arange(2 * number, dtype=np.uint64) % np.uint64(number)
    found = count_hits(values, np.ones(2 * number, np.bool_), np.array([0, 2 * number]))
    assert found.hits.tolist() == [number]
    assert found.totals.tolist() == [number]


def test_a_unit_matches_if_both_thresholds_are_met():
    hits = Hits(np.array([0, 1, 2, 2, 3], np.int32), np.array([0, 9, 200, 201, 100], np.int32))
    assert hits.matches(2, 0.01).tolist() == [False, False, True, False, True]
    assert hits.matches(1, 0).tolist() == [False, True, True, True, True]
    assert hits.matches(0, 0).tolist() == [False, True, True, True, True]
    assert hits.matches(0, 0.03).tolist() == [False, True, False, False, True]


def test_a_share_is_met_exactly():
    totals = np.arange(1, 400, dtype=np.int32)
    for hits in (1, 7, 13, 29, 57, 111, 399):
        for total in totals[totals >= hits].tolist():
            found = Hits(np.array([hits], np.int32), np.array([total], np.int32))
            share = hits / total
            assert found.matches(1, share)
            assert not found.matches(1, np.nextafter(share, 2))
    found = Hits(np.array([7, 7], np.int32), np.array([50, 100], np.int32))
    assert found.matches(1, 0.07).all()  # 0.07 * 100 is 7.000000000000001
    assert found.matches(1, 0.14).tolist() == [True, False]


def test_the_threshold_is_not_rounded():
    hits = Hits(np.array([1, 2], np.int32), np.array([14, 14], np.int32))
    assert hits.matches(1, 0.1).tolist() == [False, True]  # 1.4 hits are needed
