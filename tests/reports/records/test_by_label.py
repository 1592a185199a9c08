"""Counts by label and key are the same in any order and grouping, with a bound."""

from collections import Counter
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.records import by_label
from biometal_stream.reports.records.by_label import ByLabel
from biometal_stream.reports.records.kinds import from_plain

rows = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 3)), max_size=9)


def record(found):
    labels = ["unused", *(label for label, _ in found)]  # repeated, as a dictionary may be
    keys = np.array([key for _, key in found], np.int64)
    codes = np.arange(len(found)) + 1
    return ByLabel.of(labels, codes, keys, np.ones((len(found), 1), np.int64))


@pytest.fixture(params=[3, 1000], autouse=True)
def most(request, monkeypatch):
    monkeypatch.setattr(by_label, "MOST_LABELS", request.param)
    monkeypatch.setattr(by_label, "_ALL", request.param * by_label.SPAN)
    return request.param


def check(parts, random):
    found = [row for part in parts for row in part]
    whole = record(found)
    records = [record(part) for part in parts]
    random.shuffle(records)
    split = random.randrange(len(records) + 1)
    halves = [reduce(add, half) for half in (records[:split], records[split:]) if half]
    assert reduce(add, halves).to_plain() == whole.to_plain()
    assert from_plain(whole.to_plain()).to_plain() == whole.to_plain()
    labels = sorted({label for label, _ in found})[: by_label.MOST_LABELS]
    expected = Counter(row for row in found if row[0] in labels)
    counts = {
        (label, key): count
        for label, (keys, values) in whole.by_label.items()
        for key, count in zip(keys.tolist(), values[:, 0].tolist(), strict=True)
    }
    assert counts == expected
    assert whole.others.tolist() == [len(found) - expected.total()]


@given(st.lists(rows, min_size=1, max_size=6), st.randoms())
def test_any_order_and_grouping(parts, random):
    check(parts, random)
