"""The set of k-mers in memory."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.indexes.exact import NO_VALUE, ExactIndex
from biometal_stream.indexes.mixing import unmixed
from biometal_stream.indexes.scheme import Scheme

SCHEME = Scheme()

numbers = st.integers(0, 20) | st.integers(0, NO_VALUE - 1)


def array(values):
    return np.array(list(values), np.uint64)


def index_of(*blocks, count=None):
    known = sum(map(len, blocks)) if count is None else count
    return ExactIndex.of(SCHEME, (array(block) for block in blocks), known)


@given(st.lists(st.lists(numbers, max_size=30), max_size=5), st.lists(numbers, max_size=60))
def test_it_has_what_a_set_has(blocks, others):
    index = index_of(*blocks)
    kept = {value for block in blocks for value in block}
    assert index.count == len(kept)
    asked = [*others, *sorted(kept)]
    found = index.contains(array(asked))
    assert found.dtype == np.bool_
    assert found.tolist() == [value in kept for value in asked]


def test_a_million_values_are_found_and_no_others():
    values = np.random.default_rng(1).integers(0, 2**62, 2_000_000, np.uint64)
    index = ExactIndex.of(SCHEME, np.array_split(values[:1_000_000], 7), 1_000_000)
    assert index.contains(values[:1_000_000]).all()
    assert not index.contains(values[1_000_000:]).any()
    assert index.false_positive_rate == 0
    assert index.nbytes <= 11 * 1_000_000  # 4.5 GB for 410 million


@pytest.mark.parametrize("first", [0, 2**64 - 2**20])
def test_values_of_one_bucket_go_to_the_next_ones_and_from_the_last_to_the_first(first):
    hashes = np.arange(first, first + 1000, dtype=np.uint64)
    values = unmixed(hashes)
    index = ExactIndex.of(SCHEME, [values[::2]], 500)
    assert index.contains(values).tolist() == [True, False] * 500


def test_an_empty_set_has_nothing():
    assert index_of().contains(array(range(10))).tolist() == [False] * 10
    assert index_of([5]).contains(array([])).tolist() == []
    assert index_of([], [5], count=9).count == 1


def test_what_is_no_value_is_not_kept():
    assert not index_of([0, 1]).contains(array([NO_VALUE])).any()
    with pytest.raises(ValueError, match="18446744073709551615 is the value of no k-mer"):
        index_of([NO_VALUE])


def test_no_more_are_kept_than_there_is_room_for():
    with pytest.raises(ValueError, match="expected 1,000 k-mers, and found more"):
        index_of(range(600), range(500, 1100), count=1000)
    with pytest.raises(ValueError, match="expected 0 k-mers, and found more"):
        index_of([1], count=0)
    assert index_of(range(600), range(500, 1000), count=1000).count == 1000


def test_values_of_any_layout_are_looked_up():
    index = index_of(range(100))
    values = array(range(200))
    values.flags.writeable = False
    assert index.contains(values[::3]).sum() == 34
    assert index.contains(values[::-1]).tolist() == [False] * 100 + [True] * 100


def test_threads_share_an_index():
    values = np.random.default_rng(2).integers(0, 2**62, 100_000, np.uint64)
    index = ExactIndex.of(SCHEME, [values[::2]], 50_000)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(index.contains, [values] * 8):
            assert found[::2].all()
            assert not found[1::2].any()


def test_an_answer_stays_when_others_are_asked_for():
    index = index_of([1, 2, 3])
    first = index.contains(array([1, 5, 3]))
    assert not index.contains(array(range(10, 3000))).any()
    assert first.tolist() == [True, False, True]
    assert index.contains(array([2])).tolist() == [True]
