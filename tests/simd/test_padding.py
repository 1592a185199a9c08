"""Loads near the ends of an array against plain twins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from biometal_stream.simd import memory, padding
from biometal_stream.simd.words import WIDTH


@njit
def _load_ending(array, end, target):
    start = padding.padded_start(array)
    memory.store(target, np.uint64(0), padding.load_ending(array, start, end))


@njit
def _load_word_ending(array, end):
    return padding.load_word_ending(array, padding.padded_start(array), end)


@njit
def _load_starting(array, index, target):
    end = padding.padded_end(array)
    memory.store(target, np.uint64(0), padding.load_starting(array, end, index))


@given(st.binary(max_size=2 * WIDTH + 2), st.data())
def test_what_ends_somewhere_has_zeros_before_the_array(text, data):
    array = np.frombuffer(text, np.uint8)
    end = data.draw(st.integers(0, len(text)))
    target = np.empty(WIDTH, np.uint8)
    _load_ending(array, np.uint64(end), target)
    padded = bytes(WIDTH) + text[:end]
    assert target.tobytes() == padded[-WIDTH:]
    assert _load_word_ending(array, np.uint64(end)) == int.from_bytes(padded[-8:], "little")


@given(st.binary(max_size=2 * WIDTH + 2), st.data())
def test_what_starts_somewhere_has_zeros_behind_the_array(text, data):
    array = np.frombuffer(text, np.uint8)
    index = data.draw(st.integers(0, len(text)))
    target = np.empty(WIDTH, np.uint8)
    _load_starting(array, np.uint64(index), target)
    assert target.tobytes() == (text + bytes(WIDTH))[index : index + WIDTH]
