"""The loops of summaries, beside their twins in plain Python."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.kernels import summaries

LETTERS = np.frombuffer(b"ACGTUN", np.uint8)


def frozen(data: bytes) -> np.ndarray:
    array = np.frombuffer(data, np.uint8)
    array.flags.writeable = False
    return array


rows = st.tuples(
    st.lists(st.sampled_from(b"ACGTUNacgtun!~"), max_size=300).map(bytes),
    st.lists(st.integers(0, 300), max_size=6),
    st.integers(0, 2),
)


def columns(data: bytes, ends: list[int], gap: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows that follow each other, or with a gap between them."""
    bounds = sorted(min(end, len(data)) for end in [0, *ends])
    pairs = [(first, max(first, last - gap)) for first, last in pairwise(bounds)]
    return tuple(np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))  # type: ignore[return-value]


@given(rows)
def test_count_bytes(made: tuple[bytes, list[int], int]) -> None:
    data, ends, gap = made
    starts, stops = columns(data, ends, gap)
    counts = np.ones((4, 256), np.int64)
    summaries.count_bytes(starts, stops, frozen(data), counts)
    text = b"".join(data[first:last] for first, last in zip(starts, stops, strict=True))
    assert counts.sum(axis=0).tolist() == [4 + text.count(byte) for byte in range(256)]


@given(rows)
def test_count_letters(made: tuple[bytes, list[int], int]) -> None:
    data, ends, gap = made
    starts, stops = columns(data, ends, gap)
    counts = np.zeros(len(LETTERS), np.int64)
    summaries.count_letters(starts, stops, frozen(data), LETTERS, counts)
    text = b"".join(data[first:last] for first, last in zip(starts, stops, strict=True)).upper()
    assert counts.tolist() == [text.count(letter) for letter in b"ACGTUN"]


@given(st.lists(st.sampled_from(b"GgNAc"), max_size=300).map(bytes), st.integers(0, 70))
def test_count_either(data: bytes, start: int) -> None:
    found = summaries.count_either(
        frozen(data), np.uint64(start), np.uint64(len(data)), np.uint8(71), np.uint8(103)
    )
    assert found == data[start:].count(b"G") + data[start:].count(b"g")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20))
def test_add_exactly(numbers: list[float]) -> None:
    low, high = np.zeros(2048, np.int64), np.zeros(2048, np.int64)
    summaries.add_exactly(np.array(numbers, np.float64).view(np.uint64), low, high)
    total = Fraction(0)
    for exponent in range(2048):
        significands = (int(high[exponent]) << 26) + int(low[exponent])
        total += significands * Fraction(2) ** (max(exponent, 1) - 1075)
    assert total == sum(map(Fraction, numbers))
