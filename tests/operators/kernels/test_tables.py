"""Hash tables against dictionaries, with hashes that collide."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.operators.kernels.tables import (
    ENTRY,
    find_keys,
    move_hashes,
    move_keys,
    remember_hashes,
    remember_keys,
)
from tests.operators.kernels.test_keys import fixed

# Few homes, so that clusters form and run past the end of the table.
HASHES = st.builds(
    lambda upper, lower: upper << 32 | lower,
    st.sampled_from([0, 1, 2**31, 2**32 - 1]),
    st.integers(1, 6),
)
ALWAYS = np.uint64(10**6)


@given(st.lists(HASHES, max_size=20), st.integers(0, 21), st.integers(25, 60))
def test_hashes_are_new_once_and_room_is_kept(hashes, room, size):
    slots, new = np.zeros(size, np.uint64), np.zeros(len(hashes), np.bool_)
    given_hashes = fixed(hashes, np.uint64)
    stop = int(remember_hashes(given_hashes, np.uint64(0), np.uint64(room), slots, new))
    first = [hashes.index(each) == place for place, each in enumerate(hashes)]
    wanted = next(
        (place for place in range(len(hashes)) if sum(first[: place + 1]) > room), len(hashes)
    )
    assert stop == wanted
    assert new[:stop].tolist() == first[:stop]
    larger = np.zeros(2 * size, np.uint64)
    move_hashes(fixed(slots, np.uint64), larger)
    remember_hashes(given_hashes, np.uint64(stop), ALWAYS, larger, new)
    assert new.tolist() == first


@pytest.mark.parametrize("room", [1, 10**6])
@given(st.lists(st.tuples(HASHES, st.lists(st.integers(0, 3), max_size=3)), max_size=15))
def test_keys_with_equal_hashes_are_told_apart(room, units):
    hashes = fixed([code for code, _ in units], np.uint64)
    words = fixed([word for _, key in units for word in key], np.uint64)
    ends = fixed(np.cumsum([len(key) for _, key in units]), np.int64)
    slots, places = np.zeros(30, np.uint64), np.zeros(30, np.uint64)
    entries, numbers = np.zeros(200, np.uint64), np.zeros(len(units), np.int64)
    done = used = 0
    while done < len(units):
        done, used = map(
            int,
            remember_keys(
                hashes,
                words,
                ends,
                np.uint64(done),
                np.uint64(7),
                np.uint64(room),
                slots,
                places,
                entries,
                np.uint64(used),
                numbers,
            ),
        )
    assert numbers.tolist() == [7 + units.index(unit) for unit in units]
    assert used == sum(ENTRY + len(key) for _, key in {(c, tuple(key)) for c, key in units})
    more = np.zeros(50, np.uint64), np.zeros(50, np.uint64)
    move_keys(fixed(slots, np.uint64), fixed(places, np.uint64), *more)
    found = np.zeros(len(units), np.int64)
    table = [fixed(each, np.uint64) for each in (*more, entries)]
    find_keys(hashes, words, ends, *table, found)
    assert found.tolist() == numbers.tolist()
    find_keys(fixed(hashes ^ np.uint64(8), np.uint64), words, ends, *table, found)
    assert (found == -1).all()


def test_a_key_waits_for_room_for_its_words():
    hashes, words = fixed([5, 6], np.uint64), fixed([1, 2, 3, 4], np.uint64)
    ends = fixed([2, 4], np.int64)
    slots, places = np.zeros(8, np.uint64), np.zeros(8, np.uint64)
    entries, numbers = np.zeros(7, np.uint64), np.zeros(2, np.int64)
    rest = slots, places, entries, np.uint64(0), numbers
    found = remember_keys(hashes, words, ends, np.uint64(0), np.uint64(0), ALWAYS, *rest)
    assert tuple(map(int, found)) == (1, 4)
    assert np.count_nonzero(slots) == 1
