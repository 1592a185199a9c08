"""The hashes of values, and back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.indexes.mixing import mixed, unmixed

_ALL = 2**64 - 1

words = st.lists(st.integers(0, _ALL), max_size=50)


def _split_mix(word: int) -> int:
    word = (word + 0x9E3779B97F4A7C15) & _ALL
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _ALL
    return word ^ (word >> 31)


@given(words)
def test_hashes_are_those_of_splitmix64(numbers):
    hashes = mixed(np.array(numbers, np.uint64))
    assert hashes.dtype == np.uint64
    assert hashes.tolist() == [_split_mix(each) for each in numbers]


def test_the_first_numbers_of_splitmix64_are_known():
    # The generator begun with 0 mixes 0, and then each time the golden ratio more.
    states = np.arange(3, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    known = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert mixed(states).tolist() == known


@given(words)
def test_each_hash_has_one_value(numbers):
    values = np.array(numbers, np.uint64)
    assert unmixed(mixed(values)).tolist() == numbers
    assert mixed(unmixed(values)).tolist() == numbers


def test_values_of_any_layout_are_hashed_and_stay_as_they_are():
    values = np.arange(20, dtype=np.uint64)
    values.flags.writeable = False
    assert mixed(values[::3]).tolist() == mixed(values)[::3].tolist()
    assert unmixed(mixed(values[::-1])).tolist() == values[::-1].tolist()
    assert values.tolist() == list(range(20))


def test_consecutive_values_are_spread_evenly():
    hashes = mixed(np.arange(2**16, dtype=np.uint64))
    for shift in (0, 23, 40, 56):  # groups of 8 bits, each of 256 expected 256 times
        counts = np.bincount((hashes >> np.uint64(shift)).astype(np.uint8), minlength=256)
        assert 150 < ((counts - 256) ** 2 / 256).sum() < 370  # chi square, 255 degrees
