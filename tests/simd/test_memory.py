"""Loads and stores against plain twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from biometal_stream.simd import memory
from biometal_stream.simd.words import WIDTH
from tests.simd.plain import AT, ROOM, buffers, for_neon, window


@njit
def _copy(target, to, array, index):
    memory.copy_lanes(target, to, array, index)


@njit
def _load_word(array, index):
    return memory.load_word(array, index)


@njit
def _store_fours(target, array, index):
    memory.store(target, np.uint64(0), memory.load_fours(array, index))


@njit
def _prefetch(array, index):
    memory.prefetch(array, index)


@pytest.mark.parametrize("kind", [np.uint8, np.uint64])
def test_any_element_can_be_fetched_ahead_even_one_that_does_not_exist(kind):
    array = np.zeros(3, kind)
    for index in (0, 2, 3, 2**40):
        _prefetch(array, np.uint64(index))
    assert not array.any()


@given(buffers)
def test_copies_write_one_vector_and_no_more(array):
    target = np.full(WIDTH + 2, 7, np.uint8)
    _copy(target, np.uint64(1), array, AT)
    assert list(target) == [7, *window(array), 7]


@given(buffers, st.integers(0, ROOM + WIDTH - 8))
def test_words_have_their_first_byte_lowest(array, index):
    word = int.from_bytes(array[index : index + 8].tobytes(), "little")
    assert _load_word(array, np.uint64(index)) == word


_store_fours_neon = for_neon(_store_fours)


@given(st.binary(min_size=ROOM + WIDTH + 3, max_size=ROOM + WIDTH + 3))
def test_fours_are_the_codes_of_four_bytes(text):
    array = np.frombuffer(text, np.uint8)
    codes = [byte >> 1 & 3 for byte in text[ROOM:]]
    wanted = [sum(codes[k + n] << 2 * n for n in range(4)) for k in range(WIDTH)]
    for function in (_store_fours, _store_fours_neon):
        target = np.zeros(WIDTH, np.uint8)
        function(target, array, AT)
        assert target.tolist() == wanted
