"""Vectors made of vectors against plain twins."""

import numpy as np
from hypothesis import given
from numba import njit

from biometal_stream.simd import memory, vectors
from biometal_stream.simd.words import WIDTH
from tests.simd.plain import AT, BESIDE, buffers, byte, lanes, window


@njit
def _keep_last(array, index, count, target):
    memory.store(target, np.uint64(0), vectors.keep_last(memory.load(array, index), count))


@njit
def _plus(array, index, other, target):
    total = vectors.plus(memory.load(array, index), memory.load(array, other))
    memory.store(target, np.uint64(0), total)


@njit
def _minus(array, index, byte, target):
    memory.store(target, np.uint64(0), vectors.minus(memory.load(array, index), byte))


@njit
def _backwards(array, index, target):
    memory.store(target, np.uint64(0), vectors.backwards(memory.load(array, index)))


@njit
def _larger(array, index, other, target):
    larger = vectors.larger(memory.load(array, index), memory.load(array, other))
    memory.store(target, np.uint64(0), larger)


@njit
def _differing(array, index, other, target):
    change = vectors.differing(memory.load(array, index), memory.load(array, other))
    memory.store(target, np.uint64(0), change)


@njit
def _keep_first(array, index, count, target):
    memory.store(target, np.uint64(0), vectors.keep_first(memory.load(array, index), count))


@njit
def _repeated(byte, target):
    memory.store(target, np.uint64(0), vectors.repeated(byte))


@njit
def _replace(array, index, other, bits, byte, value, target):
    vector, other_vector = memory.load(array, index), memory.load(array, other)
    replaced = vectors.replace(vector, other_vector, bits, byte, value)
    memory.store(target, np.uint64(0), replaced)


@njit
def _common(array, index, other, target):
    found = vectors.common(memory.load(array, index), memory.load(array, other))
    memory.store(target, np.uint64(0), found)


@njit
def _look_up(array, index, other, target):
    found = vectors.look_up(memory.load(array, index), memory.load(array, other))
    memory.store(target, np.uint64(0), found)


@njit
def _zeros(target):
    memory.store(target, np.uint64(0), vectors.zeros())


@njit
def _sum(array, index):
    return vectors.sum_lanes(memory.load(array, index))


@njit
def _sum_both(array, index, other):
    return vectors.sum_both(memory.load(array, index), memory.load(array, other))


@given(buffers)
def test_lanes_are_added_up(array):
    assert _sum(array, AT) == sum(window(array))
    assert _sum_both(array, AT, BESIDE) == sum(window(array)) + sum(window(array, 0))


@given(buffers, lanes, byte)
def test_vectors_are_made_of_vectors(array, count, value):
    target = np.full(WIDTH + 1, 7, np.uint8)
    here, beside = window(array), window(array, 0)
    _keep_last(array, AT, np.uint64(count), target)
    assert list(target) == [0] * (WIDTH - count) + here[WIDTH - count :] + [7]
    _plus(array, AT, BESIDE, target)
    assert list(target[:-1]) == [(v + w) % 256 for v, w in zip(here, beside, strict=True)]
    _minus(array, AT, np.uint8(value), target)
    assert list(target[:-1]) == [(v - value) % 256 for v in here]
    _differing(array, AT, BESIDE, target)
    assert list(target[:-1]) == [v ^ w for v, w in zip(here, beside, strict=True)]
    _common(array, AT, BESIDE, target)
    assert list(target[:-1]) == [v & w for v, w in zip(here, beside, strict=True)]
    _look_up(array, AT, BESIDE, target)
    assert list(target[:-1]) == [here[w % 16] if w < 128 else 0 for w in beside]
    _zeros(target)
    assert list(target) == [0] * WIDTH + [7]
    _backwards(array, AT, target)
    assert list(target) == [*here[::-1], 7]
    _larger(array, AT, BESIDE, target)
    assert list(target[:-1]) == [max(v, w) for v, w in zip(here, beside, strict=True)]


@given(buffers, lanes, byte, byte, byte)
def test_lanes_are_kept_and_replaced(array, count, bits, value, new):
    target = np.full(WIDTH + 1, 7, np.uint8)
    here, beside = window(array), window(array, 0)
    _keep_first(array, AT, np.uint64(count), target)
    assert list(target) == here[:count] + [0] * (WIDTH - count) + [7]
    _repeated(np.uint8(value), target)
    assert list(target) == [value] * WIDTH + [7]
    _replace(array, AT, BESIDE, np.uint8(bits), np.uint8(value), np.uint8(new), target)
    assert list(target[:-1]) == [
        new if w & bits == value else v for v, w in zip(here, beside, strict=True)
    ]
