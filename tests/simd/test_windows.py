"""Hashes and least values of windows against plain twins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from biometal_stream.simd import memory, vectors, windows
from biometal_stream.simd.words import WIDTH
from tests.simd.plain import AT, BESIDE, buffers, byte, window, words

HASHES = [0x95C60474, 0x62A02B4C, 0x82572324, 0x4BE24456]
sixteen = st.lists(st.integers(0, 2**32 - 1), min_size=17, max_size=17).map(
    lambda numbers: np.array(numbers, np.uint32)
)
ONE = np.uint64(1)


@njit
def _of_bases(array, index, a, c, t, g, target):
    windows.store_16(target, ONE, windows.of_bases(array, index, a, c, t, g))


@njit
def _turned(numbers, bits, left, right):
    windows.store_16(left, ONE, windows.turned_left(windows.load_16(numbers, ONE), bits))
    windows.store_16(right, ONE, windows.turned_right(windows.load_16(numbers, ONE), bits))


@njit
def _joined(numbers, others, place, so_far, differing, lesser, sums, turned):
    one, two = windows.load_16(numbers, ONE), windows.load_16(others, ONE)
    windows.store_16(so_far, ONE, windows.differing_so_far(one, two))
    windows.store_16(differing, ONE, windows.differing_16(one, two))
    windows.store_16(lesser, ONE, windows.lesser_16(one, two))
    windows.store_16(sums, ONE, windows.sums_with_places(one, two, place))
    windows.store_16(turned, ONE, windows.places_turned(one))


@njit
def _store_chosen(numbers, others, sums, first, end, least, target):
    one, two = windows.load_16(numbers, ONE), windows.load_16(others, ONE)
    windows.store_chosen(target, ONE, sums, first, end, least, one, two)


@njit
def _sums_so_far(array, index, before, target):
    found = windows.sums_so_far(memory.load(array, index), vectors.repeated(before))
    memory.store(target, ONE, found)


@njit
def _fours(array, index, target):
    memory.store(target, ONE, windows.load_fours_turned(array, index))


@njit
def _every_fourth(array, index):
    return windows.every_fourth(array, index), windows.every_fourth_turned(array, index)


def room(count=18):
    return np.full(count, 7, np.uint32)


def inner(target):
    """What was written, and that it was not more."""
    numbers = target.tolist()
    assert numbers[0] == numbers[-1] == 7
    return numbers[1:-1]


def rotated(number, bits):
    bits %= 32
    return (number << bits | number >> (32 - bits)) & 0xFFFFFFFF


@given(array=buffers)
def test_each_base_has_its_number(array):
    target = room()
    _of_bases(array, AT, *map(np.uint32, HASHES), target)
    assert inner(target) == [HASHES[letter >> 1 & 3] for letter in window(array)[:16]]
    for pair in ("Aa", "Cc", "Tt", "Gg"):
        text = np.frombuffer(pair.encode() * 16, np.uint8)
        _of_bases(text, BESIDE, *map(np.uint32, HASHES), target)
        assert set(inner(target)) == {HASHES["ACTG".index(pair[0])]}


@given(numbers=sixteen, bits=words)
def test_numbers_are_rotated_one_by_one(numbers, bits):
    left, right = room(), room()
    _turned(numbers, np.uint64(bits), left, right)
    given = numbers.tolist()[1:]
    assert inner(left) == [rotated(each, bits + place) for place, each in enumerate(given)]
    assert inner(right) == [rotated(each, -bits - place) for place, each in enumerate(given)]


@given(numbers=sixteen, others=sixteen, place=st.integers(0, 2000))
def test_numbers_are_joined(numbers, others, place):
    targets = [room() for _ in range(5)]
    _joined(numbers, others, np.uint64(place), *targets)
    so_far, differing, lesser, sums, turned = map(inner, targets)
    one, two = numbers.tolist()[1:], others.tolist()[1:]
    assert so_far == [np.bitwise_xor.reduce([two[-1], *one[: n + 1]]) for n in range(16)]
    assert differing == [a ^ b for a, b in zip(one, two, strict=True)]
    assert lesser == list(map(min, one, two))
    wanted = [
        (a + b) & 0xFFFF0000 | place + n for n, (a, b) in enumerate(zip(one, two, strict=True))
    ]
    assert sums == wanted
    assert turned == [a ^ 0xFFFF for a in one]


@given(numbers=sixteen, others=sixteen, sums=buffers, least=byte)
def test_the_lowest_bytes_of_some_are_written(numbers, others, sums, least):
    target = np.full(18, 7, np.uint8)
    _store_chosen(numbers, others, sums, AT, AT + np.uint64(5), np.uint8(least), target)
    wanted = [
        one & 255 if (end - first) % 256 >= least else ~other & 255
        for one, other, first, end in zip(
            numbers.tolist()[1:],
            others.tolist()[1:],
            window(sums)[:16],
            window(sums)[5:21],
            strict=True,
        )
    ]
    assert inner(target) == wanted


@given(array=buffers, before=byte)
def test_bytes_are_added_up(array, before):
    target = np.full(WIDTH + 2, 7, np.uint8)
    _sums_so_far(array, AT, np.uint8(before), target)
    assert inner(target) == [(before + sum(window(array)[: n + 1])) % 256 for n in range(WIDTH)]


def test_fours_are_those_of_the_other_strand():
    rng = np.random.default_rng(1)
    text = rng.choice(np.frombuffer(b"ACGTacgt", np.uint8), WIDTH + 8)
    target = np.full(WIDTH + 2, 7, np.uint8)
    _fours(text, np.uint64(2), target)
    codes = [letter >> 1 & 3 ^ 2 for letter in text.tolist()]
    wanted = [
        sum(code << 2 * place for place, code in enumerate(reversed(codes[2 + n : 6 + n])))
        for n in range(WIDTH)
    ]
    assert inner(target) == wanted


@given(array=buffers)
def test_every_fourth_byte_makes_a_word(array):
    forward, backward = _every_fourth(array, AT)
    chosen = bytes(window(array)[:32:4])
    assert int(forward) == int.from_bytes(chosen, "little")
    assert int(backward) == int.from_bytes(chosen, "big")
