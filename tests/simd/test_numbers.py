"""Bytes written as other numbers against plain twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from biometal_stream.simd import memory, numbers
from biometal_stream.simd.words import WIDTH
from tests.simd.plain import AT, BESIDE, buffers, byte, window


@njit
def _store_fractions(array, index, unit, target, to, lanes):
    numbers.store_fractions(target, to, lanes, memory.load(array, index), unit)


@njit
def _store_flags(array, index, target, to, lanes):
    numbers.store_flags(target, to, lanes, memory.load(array, index))


@njit
def _store_numbers(array, index, target, to, lanes):
    numbers.store_numbers(target, to, lanes, memory.load(array, index))


@njit
def _store_sums(array, index, other, bits, byte, target, to, lanes):
    one, two = memory.load(array, index), memory.load(array, other)
    sums = numbers.joined(numbers.joined(numbers.no_numbers(), one, bits), two, bits)
    numbers.store_sums(target, to, lanes, one, byte, sums)


def check_stored(store, dtype, lanes, wanted):
    """That whole groups of 64 bytes are written, as many as there are lanes left for."""
    group = WIDTH // np.dtype(dtype).itemsize
    count = min(-(-lanes // group) * group, WIDTH)
    stored = np.uint16 if dtype == np.float16 else dtype  # kernels know its bits alone
    target = np.full(WIDTH + 4, 7, stored)
    store(target, np.uint64(2), np.uint64(lanes))
    assert (target[:2] == 7).all()
    assert (target[2 + count :] == 7).all()
    assert target[2 : 2 + count].tobytes() == np.array(wanted[:count], dtype).tobytes()


def to_half(single):
    """The nearest number of half precision; of two that are as near the one further from 0."""
    nearest = np.float16(single)
    further = np.nextafter(nearest, np.float16(np.inf))
    return further if float(single) - float(nearest) == float(further) - float(single) else nearest


more_lanes = st.integers(0, WIDTH + 9)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.uint8])
@given(array=buffers, lanes=more_lanes, unit=st.sampled_from([1 / 93, 0.25, 1, 200]))
def test_fractions_and_flags_are_stored(dtype, array, lanes, unit):
    here, single = window(array), np.float32(unit)
    products = [np.float32(v) * single for v in here]
    products = {np.uint8: here, np.float16: list(map(to_half, products))}.get(dtype, products)
    check_stored(lambda *to: _store_fractions(array, AT, single, *to), dtype, lanes, products)
    array = array & np.uint8(3)
    flags = [int(v != 0) for v in window(array)]
    check_stored(lambda *to: _store_flags(array, AT, *to), dtype, lanes, flags)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
@given(array=buffers, lanes=more_lanes)
def test_numbers_are_stored(dtype, array, lanes):
    check_stored(lambda *to: _store_numbers(array, AT, *to), dtype, lanes, window(array))


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@given(array=buffers, lanes=more_lanes, bits=st.integers(1, 8), byte=byte)
def test_sums_are_stored(dtype, array, lanes, bits, byte):
    array = array & np.uint8(2**bits - 1)
    wanted = [
        v + ((v << bits) | w if v == byte else 0)
        for v, w in zip(window(array), window(array, 0), strict=True)
    ]
    check_stored(
        lambda *to: _store_sums(array, AT, BESIDE, np.uint8(bits), np.uint8(byte), *to),
        dtype,
        lanes,
        wanted,
    )
