"""Calls of C functions from kernels."""

import ctypes

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from biometal_stream.simd import foreign

WORDS = [np.uint64(1) << np.uint64(63), *(np.uint64(number) for number in range(2, 8))]


@njit
def _none(function):
    return foreign.call(function)


@njit
def _six(function, a, b, c, d, e, f):
    return foreign.call(function, a, b, c, d, e, f)


@njit
def _seven(function, a, b, c, d, e, f, g):
    return foreign.call(function, a, b, c, d, e, f, g)


@njit
def _addressed(array, index):
    return foreign.address_of(array, index)


def address(function):
    return np.uint64(ctypes.cast(function, ctypes.c_void_p).value)


def test_arguments_arrive_whole_and_in_order():
    seen = []
    kind = ctypes.CFUNCTYPE(ctypes.c_uint64, *[ctypes.c_uint64] * 6)

    @kind
    def function(*arguments):
        seen.append(arguments)
        return 2**64 - 1

    assert _six(address(function), *WORDS[:6]) == 2**64 - 1
    assert seen == [tuple(map(int, WORDS[:6]))]


def test_a_function_may_take_nothing():
    function = ctypes.CFUNCTYPE(ctypes.c_uint64)(lambda: 7)
    assert _none(address(function)) == 7


def test_arguments_on_the_stack_are_refused():
    with pytest.raises(TypingError):
        _seven(np.uint64(0), *WORDS)


@pytest.mark.parametrize("kind", [np.uint8, np.uint64])
def test_addresses_count_elements(kind):
    array = np.zeros(9, kind)
    assert _addressed(array, np.uint64(5)) == array[5:].ctypes.data
