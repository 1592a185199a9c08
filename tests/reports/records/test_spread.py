"""Counts of whole numbers of any size."""

from __future__ import annotations

import json
from collections import Counter
from functools import reduce

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.records.kinds import from_plain
from biometal_stream.reports.records.spread import DENSE, Spread

numbers = st.lists(
    st.one_of(st.integers(0, 9), st.integers(DENSE - 2, DENSE + 2), st.integers(0, 10**8)),
    max_size=20,
)


def spread(values: list[int]) -> Spread:
    return Spread.of(np.array(values, np.int64))


def plain(record: Spread) -> str:
    return json.dumps(record.to_plain())


@given(parts=st.lists(numbers, max_size=8), order=st.randoms(use_true_random=False))
def test_any_order_and_grouping_gives_the_same_bits(
    parts: list[list[int]], order: st.DataObject
) -> None:
    whole = [number for part in parts for number in part]
    shuffled = [*parts]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one_by_one = reduce(Spread.__add__, map(spread, parts), Spread())
    grouped = reduce(Spread.__add__, (spread(part) + Spread() for part in shuffled), Spread())
    assert plain(one_by_one) == plain(grouped) == plain(spread(whole))
    found, counts = one_by_one.sorted()
    assert dict(zip(found.tolist(), counts.tolist(), strict=True)) == Counter(whole)
    assert found.tolist() == sorted(set(whole))


@given(numbers)
def test_json_and_back(values: list[int]) -> None:
    back = from_plain(json.loads(plain(spread(values))))
    assert isinstance(back, Spread)
    assert plain(back) == plain(spread(values))
    assert plain(back + spread([7])) == plain(spread([*values, 7]))


def test_a_million_different_numbers_in_small_batches() -> None:
    """Merging many small spreads with a large one copies the large one rarely."""
    total = Spread()
    for first in range(0, 1_000_000, 5000):
        total += Spread.of(np.arange(first, first + 5000) * 7919 % 1_000_003)
    found, counts = total.sorted()
    assert len(found) == 1_000_000
    assert counts.tolist() == [1] * 1_000_000
