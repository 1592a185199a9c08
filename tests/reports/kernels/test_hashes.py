"""Hashes of beginnings and names against plain twins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.kernels.hashes import (
    BLOCK,
    copy_beginnings,
    hash_beginnings,
    hash_further,
)
from tests.operators.kernels.columns import bounded

GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
WORD = 2**64 - 1
GOLDEN_READ = 5428686009128592605


def mix(word):
    word = (word + GOLDEN) & WORD
    word = ((word ^ word >> 30) * FIRST) & WORD
    word = ((word ^ word >> 27) * SECOND) & WORD
    return word ^ word >> 31


def words(text):
    return [int.from_bytes(text[k : k + 8], "little") for k in range(0, len(text), 8)]


def beginning(text, most):
    text = text[:most]
    state = len(text)
    for word in words(bytes(byte & 0xDF for byte in text)):
        state = mix(state ^ word)
    return mix(state)


def further(state, text):
    for word in words(text):
        state = mix(state ^ word)
    return mix(state ^ len(text))


TEXTS = st.lists(st.binary(max_size=30) | st.text("ACGTNacgtn", max_size=70).map(str.encode))


@given(
    TEXTS,
    st.integers(1, 2 * BLOCK),
    st.integers(0, 60),
    st.integers(0, 3),
    st.sampled_from([np.int32, np.int64]),
)
def test_hashes_are_as_they_are_defined(some, times, most, gap, kind):
    texts = (some * times)[: 3 * BLOCK]
    arrays = bounded(texts, kind, gap=gap)
    words, hashes = np.empty(BLOCK, np.uint64), np.empty(len(texts), np.uint64)
    hash_beginnings(*arrays, np.uint64(most), words, hashes)
    assert hashes.tolist() == [beginning(text, most) for text in texts]
    before = hashes.tolist()
    hash_further(*arrays, words, hashes)
    assert hashes.tolist() == [further(h, t) for h, t in zip(before, texts, strict=True)]


def test_reports_made_years_apart_can_be_added():
    words, hashes = np.empty(BLOCK, np.uint64), np.empty(3, np.uint64)
    hash_beginnings(*bounded([b"ACGTACGTAC", b"acgtacgtac", b""]), np.uint64(50), words, hashes)
    assert hashes.tolist() == [GOLDEN_READ, GOLDEN_READ, 16294208416658607535]


@given(TEXTS, st.integers(1, 60), st.integers(0, 3), st.data())
def test_beginnings_are_copied_in_upper_case(texts, most, gap, data):
    choice = st.lists(st.integers(0, len(texts) - 1), max_size=30) if texts else st.just([])
    rows = data.draw(choice)
    width = -(-most // 8)
    words = np.zeros((len(rows), width), np.uint64)
    arrays = bounded(texts, np.int32, gap=gap)
    copy_beginnings(*arrays, np.array(rows, np.int64), np.uint64(most), words.ravel())
    wanted = [texts[row][:most].upper().ljust(8 * width, b"\0") for row in rows]
    assert [each.tobytes() for each in words] == wanted
