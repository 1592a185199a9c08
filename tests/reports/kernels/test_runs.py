"""Choosing and counting hashes against plain twins."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.kernels.runs import choose_hashes, tally_hashes

HASHES = st.lists(st.integers(0, 9) | st.integers(0, 2**64 - 1) | st.integers(2**64 - 9, 2**64 - 1))


@given(HASHES, st.integers(0, 2**64 - 1))
def test_hashes_up_to_the_last_are_chosen(hashes, last):
    found, places = np.empty(len(hashes), np.uint64), np.empty(len(hashes), np.int64)
    count = choose_hashes(np.array(hashes, np.uint64), np.uint64(last), found, places)
    wanted = [place for place, each in enumerate(hashes) if each <= last]
    assert places[:count].tolist() == wanted
    assert found[:count].tolist() == [hashes[place] for place in wanted]


@given(HASHES, st.integers(1, 7), st.data())
def test_equal_hashes_are_counted_together(hashes, bits, data):
    size = len(hashes)
    counts = data.draw(st.lists(st.integers(1, 2**40), min_size=size, max_size=size))
    totals, origins = np.array(counts, np.int64), np.empty(size + 1, np.uint32)
    count = tally_hashes(
        np.array(hashes, np.uint64),
        np.uint64(64 - bits),
        np.uint64(size**2),
        np.full(2**bits + size, 77, np.uint32),
        totals,
        origins,
    )
    total = Counter()
    for each, number in zip(hashes, counts, strict=True):
        total[each] += number
    assert [hashes[origin] for origin in origins[:count]] == sorted(total)
    assert totals[origins[:count]].tolist() == [total[each] for each in sorted(total)]


def test_alike_hashes_are_given_up():
    hashes, origins = np.arange(100, dtype=np.uint64), np.empty(101, np.uint32)
    table, totals = np.empty(8 + 100, np.uint32), np.ones(100, np.int64)
    shift = np.uint64(61)
    assert tally_hashes(hashes, shift, np.uint64(4949), table, totals, origins) == 101
    assert tally_hashes(hashes, shift, np.uint64(4950), table, totals, origins) == 100
