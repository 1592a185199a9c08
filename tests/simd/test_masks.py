"""Masks against plain twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from biometal_stream.simd import masks, memory, vectors
from tests.simd.plain import AT, ROOM, buffers, byte, for_neon, window, words


@njit
def _equal(array, index, byte):
    return masks.equal_mask(array, index, byte)


@njit
def _outside(array, index, low, high):
    return masks.outside_mask(array, index, low, high)


@njit
def _other_base(array, index):
    return masks.other_base_mask(array, index)


@njit
def _above(array, index, byte):
    return masks.above_mask(memory.load(array, index), byte)


@njit
def _both(array, index, other, byte, other_byte):
    return masks.both_mask(
        memory.load(array, index),
        vectors.repeated(byte),
        memory.load(array, other),
        vectors.repeated(other_byte),
    )


@njit
def _equal_words(array, index, word):
    return masks.equal_words(array, index, word)


@njit
def _count_ones(word):
    return masks.count_ones(word)


@njit
def _trailing_zeros(word):
    return masks.trailing_zeros(word)


@njit
def _low_bits(count):
    return masks.low_bits(count)


@njit
def _high_bits(count):
    return masks.high_bits(count)


def mask(flags):
    return sum(1 << k for k, flag in enumerate(flags) if flag)


_equal_neon, _outside_neon = for_neon(_equal), for_neon(_outside)
_both_neon = for_neon(_both)
_equal_words_neon = for_neon(_equal_words)


@given(st.lists(st.integers(0, 3) | words, min_size=9, max_size=9), st.integers(0, 3) | words)
def test_words_that_are_equal_are_marked(numbers, word):
    array = np.array(numbers, np.uint64)
    expected = mask(each == word for each in numbers[1:])
    for function in (_equal_words, _equal_words_neon):
        assert function(array, np.uint64(1), np.uint64(word)) == expected


@given(buffers, byte, byte)
def test_comparisons_mark_the_bytes_that_fit(array, one, two):
    low, high = sorted((one, two))
    here = window(array)
    assert _equal(array, AT, np.uint8(one)) == mask(v == one for v in here)
    assert _outside(array, AT, np.uint8(low), np.uint8(high)) == mask(
        not low <= v <= high for v in here
    )
    assert _above(array, AT, np.uint8(one)) == mask(v > one for v in here)


@given(buffers, st.sampled_from([0, 1, ROOM + 1]), st.data())
def test_places_are_marked_where_two_vectors_fit(array, other, data):
    one, two = window(array), window(array, other)
    lane = data.draw(st.integers(0, 63))
    wanted = mask((v, w) == (one[lane], two[lane]) for v, w in zip(one, two, strict=True))
    for function in (_both, _both_neon):
        found = function(array, AT, np.uint64(other), np.uint8(one[lane]), np.uint8(two[lane]))
        assert found == wanted


@given(buffers, byte, byte)
def test_masks_are_the_same_made_for_neon(array, one, two):
    low, high = sorted((one, two))
    here = window(array)
    assert _equal_neon(array, AT, np.uint8(one)) == mask(v == one for v in here)
    assert _outside_neon(array, AT, np.uint8(low), np.uint8(high)) == mask(
        not low <= v <= high for v in here
    )


@given(st.lists(st.sampled_from(b"ACGTNacgtnRU-"), min_size=ROOM + 65, max_size=ROOM + 65))
def test_bases_are_told_apart(letters):
    array = np.array(letters, np.uint8)
    here = window(array)
    assert _other_base(array, AT) == mask(v not in b"ACGTNacgtn" for v in here)


@given(words)
def test_bits_are_counted(word):
    assert _count_ones(np.uint64(word)) == word.bit_count()
    lowest = (word & -word).bit_length() - 1 if word else 64
    assert _trailing_zeros(np.uint64(word)) == lowest


@pytest.mark.parametrize("count", [0, 1, 31, 63, 64, 65, 1000])
def test_masks_of_the_ends(count):
    bits = min(count, 64)
    assert _low_bits(np.uint64(count)) == 2**bits - 1
    assert _high_bits(np.uint64(count)) == (2**bits - 1) << (64 - bits)
