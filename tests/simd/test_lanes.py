"""Counting and adding up lane by lane against plain twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from biometal_stream.simd import lanes, memory, vectors
from biometal_stream.simd.words import WIDTH
from tests.simd.plain import AT, BESIDE, buffers, byte, for_neon, window


@njit
def _tally(array, index, bits, byte, times, target, to):
    vector = memory.load(array, index)
    found = vectors.zeros()
    for _ in range(times):
        found = lanes.tally(found, vector, bits, byte)
    memory.store(target, to, found)


@njit
def _plus_where(array, index, other, bits, byte, times, target, to):
    values, vector = memory.load(array, index), memory.load(array, other)
    sums = vectors.zeros()
    for _ in range(times):
        sums = lanes.plus_where(sums, values, vector, bits, byte)
    memory.store(target, to, sums)


@njit
def _add_lanes(array, index, times, target, to):
    values = memory.load(array, index)
    sums = lanes.no_sums()
    for _ in range(times):
        sums = lanes.add_lanes(sums, values)
    lanes.store_lanes(target, to, sums)


BOTH = [(_tally, _plus_where, _add_lanes)]
BOTH.append(tuple(map(for_neon, BOTH[0])))


@pytest.mark.parametrize("neon", [False, True])
@given(array=buffers, bits=byte, one=byte, times=st.sampled_from([1, 255, 300]))
def test_matches_are_tallied(neon, array, bits, one, times):
    target = np.full(WIDTH + 2, 7, np.uint8)
    BOTH[neon][0](array, AT, np.uint8(bits), np.uint8(one), times, target, np.uint64(1))
    wanted = [times % 256 if value & bits == one else 0 for value in window(array)]
    assert target.tolist() == [7, *wanted, 7]


@pytest.mark.parametrize("neon", [False, True])
@given(array=buffers, bits=byte, one=byte, times=st.sampled_from([1, 255, 300]))
def test_values_are_added_where_others_match(neon, array, bits, one, times):
    target = np.full(WIDTH + 2, 7, np.uint8)
    arguments = (np.uint8(bits), np.uint8(one), times, target, np.uint64(1))
    BOTH[neon][1](array, AT, BESIDE, *arguments)
    wanted = [
        times * value % 256 if other & bits == one else 0
        for value, other in zip(window(array), window(array, 0), strict=True)
    ]
    assert target.tolist() == [7, *wanted, 7]


@pytest.mark.parametrize("neon", [False, True])
@given(array=buffers, times=st.sampled_from([1, 255, 300]))
def test_bytes_are_added_to_wider_numbers(neon, array, times):
    target = np.full(WIDTH + 2, 7, np.uint16)
    BOTH[neon][2](array, AT, times, target, np.uint64(1))
    assert target.tolist() == [7, *(times * value % 65536 for value in window(array)), 7]
