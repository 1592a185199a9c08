"""Each vector instruction against a plain twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from biometal_stream.simd import counts, numbers, vectors
from biometal_stream.simd.counts import COUNTABLE
from biometal_stream.simd.vectors import NEON, WIDTH

ROOM = 3  # bytes before the window, so that indices matter
buffers = st.binary(min_size=ROOM + WIDTH + 1, max_size=ROOM + WIDTH + 1).map(
    lambda text: np.frombuffer(text, np.uint8)
)
byte = st.integers(0, 255)
lanes = st.integers(0, WIDTH)
words = st.integers(0, 2**64 - 1)


@njit
def _equal(array, index, byte):
    return vectors.equal_mask(array, index, byte)


@njit
def _outside(array, index, low, high):
    return vectors.outside_mask(array, index, low, high)


@njit
def _other_base(array, index):
    return vectors.other_base_mask(array, index)


@njit
def _copy(target, to, array, index):
    vectors.copy_lanes(target, to, array, index)


@njit
def _keep_last(array, index, count, target):
    vectors.store(target, np.uint64(0), vectors.keep_last(vectors.load(array, index), count))


@njit
def _plus(array, index, other, target):
    total = vectors.plus(vectors.load(array, index), vectors.load(array, other))
    vectors.store(target, np.uint64(0), total)


@njit
def _minus(array, index, byte, target):
    vectors.store(target, np.uint64(0), vectors.minus(vectors.load(array, index), byte))


@njit
def _backwards(array, index, target):
    vectors.store(target, np.uint64(0), vectors.backwards(vectors.load(array, index)))


@njit
def _larger(array, index, other, target):
    larger = vectors.larger(vectors.load(array, index), vectors.load(array, other))
    vectors.store(target, np.uint64(0), larger)


@njit
def _above(array, index, byte):
    return vectors.above_mask(vectors.load(array, index), byte)


@njit
def _count_above(array, index, byte, times):
    found = counts.no_counts()
    for _ in range(times):
        found = counts.count_above(found, vectors.load(array, index), byte)
    return counts.counted(found)


@njit
def _count_alike(array, index, bits, byte, times):
    found = counts.no_counts()
    for _ in range(times):
        found = counts.count_alike(found, vectors.load(array, index), bits, byte)
    return counts.counted(found)


@njit
def _count_either(array, index, bits, byte, other_bits, other):
    vector = vectors.load(array, index)
    found = counts.count_either(counts.no_counts(), vector, bits, byte, other_bits, other)
    return counts.counted(found)


@njit
def _differing(array, index, other, target):
    change = vectors.differing(vectors.load(array, index), vectors.load(array, other))
    vectors.store(target, np.uint64(0), change)


@njit
def _load_ending(array, end, target):
    start = vectors.padded_start(array)
    vectors.store(target, np.uint64(0), vectors.load_ending(array, start, end))


@njit
def _load_word_ending(array, end):
    return vectors.load_word_ending(array, vectors.padded_start(array), end)


@njit
def _load_starting(array, index, target):
    end = vectors.padded_end(array)
    vectors.store(target, np.uint64(0), vectors.load_starting(array, end, index))


@njit
def _keep_first(array, index, count, target):
    vectors.store(target, np.uint64(0), vectors.keep_first(vectors.load(array, index), count))


@njit
def _repeated(byte, target):
    vectors.store(target, np.uint64(0), vectors.repeated(byte))


@njit
def _replace(array, index, other, bits, byte, value, target):
    vector, other_vector = vectors.load(array, index), vectors.load(array, other)
    replaced = vectors.replace(vector, other_vector, bits, byte, value)
    vectors.store(target, np.uint64(0), replaced)


@njit
def _store_fractions(array, index, unit, target, to, lanes):
    numbers.store_fractions(target, to, lanes, vectors.load(array, index), unit)


@njit
def _store_flags(array, index, target, to, lanes):
    numbers.store_flags(target, to, lanes, vectors.load(array, index))


@njit
def _store_numbers(array, index, target, to, lanes):
    numbers.store_numbers(target, to, lanes, vectors.load(array, index))


@njit
def _store_sums(array, index, other, bits, byte, target, to, lanes):
    one, two = vectors.load(array, index), vectors.load(array, other)
    sums = numbers.joined(numbers.joined(numbers.no_numbers(), one, bits), two, bits)
    numbers.store_sums(target, to, lanes, one, byte, sums)


@njit
def _zeros(target):
    vectors.store(target, np.uint64(0), vectors.zeros())


@njit
def _sum(array, index):
    return vectors.sum_lanes(vectors.load(array, index))


@njit
def _sum_both(array, index, other):
    return vectors.sum_both(vectors.load(array, index), vectors.load(array, other))


@njit
def _load_word(array, index):
    return vectors.load_word(array, index)


@njit
def _count_ones(word):
    return vectors.count_ones(word)


@njit
def _trailing_zeros(word):
    return vectors.trailing_zeros(word)


@njit
def _low_bits(count):
    return vectors.low_bits(count)


@njit
def _high_bits(count):
    return vectors.high_bits(count)


def mask(flags):
    return sum(1 << k for k, flag in enumerate(flags) if flag)


def window(array, index=ROOM):
    return [int(value) for value in array[index : index + WIDTH]]


AT = np.uint64(ROOM)
BESIDE = np.uint64(0)


def for_neon(function):
    """The same function as it is compiled for NEON, which is right on every machine."""
    compiled = njit(function.py_func)

    def call(*arguments):
        token = NEON.set(True)
        try:
            return compiled(*arguments)
        finally:
            NEON.reset(token)

    return call


_equal_neon, _outside_neon = for_neon(_equal), for_neon(_outside)
COUNTERS = [(_count_above, _count_alike, _count_either)]
COUNTERS.append(tuple(map(for_neon, COUNTERS[0])))


@given(buffers, byte, byte)
def test_comparisons_mark_the_bytes_that_fit(array, one, two):
    low, high = sorted((one, two))
    here = window(array)
    assert _equal(array, AT, np.uint8(one)) == mask(v == one for v in here)
    assert _outside(array, AT, np.uint8(low), np.uint8(high)) == mask(
        not low <= v <= high for v in here
    )
    assert _above(array, AT, np.uint8(one)) == mask(v > one for v in here)


@given(buffers, byte, byte)
def test_masks_are_the_same_made_for_neon(array, one, two):
    low, high = sorted((one, two))
    here = window(array)
    assert _equal_neon(array, AT, np.uint8(one)) == mask(v == one for v in here)
    assert _outside_neon(array, AT, np.uint8(low), np.uint8(high)) == mask(
        not low <= v <= high for v in here
    )


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


@given(st.lists(st.sampled_from(b"ACGTNacgtnRU-"), min_size=ROOM + 65, max_size=ROOM + 65))
def test_bases_are_told_apart(letters):
    array = np.array(letters, np.uint8)
    here = window(array)
    assert _other_base(array, AT) == mask(v not in b"ACGTNacgtn" for v in here)


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
    _zeros(target)
    assert list(target) == [0] * WIDTH + [7]
    _backwards(array, AT, target)
    assert list(target) == [*here[::-1], 7]
    _larger(array, AT, BESIDE, target)
    assert list(target[:-1]) == [max(v, w) for v, w in zip(here, beside, strict=True)]


@given(buffers)
def test_copies_write_one_vector_and_no_more(array):
    target = np.full(WIDTH + 2, 7, np.uint8)
    _copy(target, np.uint64(1), array, AT)
    assert list(target) == [7, *window(array), 7]


@given(buffers, st.integers(0, ROOM + WIDTH - 8))
def test_words_have_their_first_byte_lowest(array, index):
    word = int.from_bytes(array[index : index + 8].tobytes(), "little")
    assert _load_word(array, np.uint64(index)) == word


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
