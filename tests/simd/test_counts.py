"""Counting over many vectors against plain twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from biometal_stream.simd import counts, memory
from biometal_stream.simd.counts import COUNTABLE
from tests.simd.plain import AT, buffers, byte, for_neon, window


@njit
def _count_above(array, index, byte, times):
    found = counts.no_counts()
    for _ in range(times):
        found = counts.count_above(found, memory.load(array, index), byte)
    return counts.counted(found)


@njit
def _count_alike(array, index, bits, byte, times):
    found = counts.no_counts()
    for _ in range(times):
        found = counts.count_alike(found, memory.load(array, index), bits, byte)
    return counts.counted(found)


@njit
def _count_either(array, index, bits, byte, other_bits, other):
    vector = memory.load(array, index)
    found = counts.count_either(counts.no_counts(), vector, bits, byte, other_bits, other)
    return counts.counted(found)


COUNTERS = [(_count_above, _count_alike, _count_either)]
COUNTERS.append(tuple(map(for_neon, COUNTERS[0])))


@pytest.mark.parametrize("neon", [False, True])
@given(array=buffers, one=byte, two=byte, times=st.sampled_from([1, 2, COUNTABLE]))
def test_bytes_are_counted(neon, array, one, two, times):
    above, alike, either = COUNTERS[neon]
    here = window(array)
    one_byte, two_byte = np.uint8(one), np.uint8(two)
    assert above(array, AT, one_byte, times) == times * sum(v > one for v in here)
    assert alike(array, AT, one_byte, two_byte, times) == times * sum(v & one == two for v in here)
    assert either(array, AT, one_byte, two_byte, np.uint8(255), one_byte) == sum(
        v & one == two or v == one for v in here
    )
