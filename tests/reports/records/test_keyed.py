"""Counts by key are the same in any order and grouping, with a bound."""

from collections import Counter
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.records.keyed import Keyed
from biometal_stream.reports.records.kinds import from_plain

rows = st.lists(st.tuples(st.integers(-9, 9), st.lists(st.integers(0, 5), min_size=1, max_size=3)))
parts = st.lists(rows, min_size=1, max_size=6)


def record(found, most):
    width = max((len(values) for _, values in found), default=1)
    keys = np.array([key for key, _ in found], np.int64)
    kind = np.int32 if len(found) % 2 else np.int64  # counts of one batch may have 32 bits
    values = np.zeros((len(found), 2, width), kind)
    for row, (_, counts) in enumerate(found):
        values[row, 1, : len(counts)] = counts
    return Keyed.of(keys, values, most)


@given(parts, st.integers(1, 20), st.randoms())
def test_any_order_and_grouping(parts, most, random):
    whole = record([row for part in parts for row in part], most)
    records = [record(part, most) for part in parts]
    random.shuffle(records)
    split = random.randrange(len(records) + 1)
    halves = [reduce(add, half) for half in (records[:split], records[split:]) if half]
    assert reduce(add, halves).to_plain() == whole.to_plain()
    assert from_plain(whole.to_plain()).to_plain() == whole.to_plain()


@given(rows, st.integers(1, 20))
def test_counts_and_what_is_left_out(found, most):
    keyed = record(found, most)
    total = Counter()
    for key, values in found:
        total[key] += sum(values)
    kept = dict(sorted((key, total[key]) for key in {key for key, _ in found})[:most])
    assert dict(zip(keyed.keys.tolist(), keyed.values.sum((1, 2)).tolist(), strict=True)) == kept
    assert keyed.left_out.sum() == total.total() - sum(kept.values())


def test_adding_a_small_record_does_not_copy_a_large_one():
    large = Keyed.of(np.arange(5000), np.ones((5000, 4), np.int64))
    both = large + Keyed.of(np.arange(3), np.ones((3, 4), np.int64))
    assert both.runs[0][1] is large.runs[0][1]
    assert both.values[:4, 0].tolist() == [2, 2, 2, 1]


def test_keys_and_counts_must_belong_together():
    plain = Keyed.of(np.arange(2), np.ones((2, 1), np.int64)).to_plain()
    other = Keyed.of(np.arange(3), np.ones((3, 1), np.int64)).to_plain()
    with pytest.raises(ValueError, match="do not belong together"):
        from_plain(plain | {"values": other["values"]})
