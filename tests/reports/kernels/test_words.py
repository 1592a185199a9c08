"""The search for words against a plain twin."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import StringColumn
from biometal_stream.reports.kernels.words import LENGTH, count_places
from biometal_stream.reports.quality.cycles import bins_of, edges_of, num_bins
from biometal_stream.reports.quality.words import Words
from tests.operators.kernels.columns import bounded

BASES = "ACGT"
WORDS = st.text(BASES, min_size=LENGTH, max_size=LENGTH)


def found(texts, words, kind=np.int32, gap=0):
    starts, stops, data = bounded(texts, kind, gap=gap)
    out = Words.of(words).find(StringColumn("sequence", starts, stops, data))
    return sorted(zip(*(each.tolist() for each in out), strict=True))


def plain(texts, words):
    places = [
        (number, text.upper().find(word.encode()))
        for text in texts
        for number, word in enumerate(words)
    ]
    return sorted(each for each in places if each[1] >= 0)


@given(st.data(), st.sampled_from([np.int32, np.int64]), st.integers(0, 90))
def test_first_places_are_found(data, kind, gap):
    words = data.draw(
        st.lists(WORDS | st.sampled_from(["A" * 12, "G" * 12]), max_size=20, unique=True)
    )
    parts = st.text("ACGTNacgtg.", max_size=70) | st.text("AG", max_size=15)
    parts |= st.sampled_from([*words, *(word.lower() for word in words), ""])
    reads = st.lists(st.lists(parts, max_size=6).map(lambda each: "".join(each).encode()))
    texts = data.draw(reads)
    assert found(texts, words, kind, gap) == plain(texts, words)


def test_each_place_is_looked_at():
    word = "ACCGTTGACTGA"
    texts = [
        b"N" * before + word.encode() + b"T" * after
        for before in range(140)
        for after in (0, 1, 30, 100)
    ]
    assert found(texts, [word]) == plain(texts, [word])
    assert found(texts[-1:], [word]) == [(0, 139)]


def test_parts_of_a_word_at_the_end_of_a_read_are_not_taken_for_one():
    word = "ACCGTTGACTGA"
    texts = [word[:11].encode(), word[11:].encode(), word.encode()[:6], word.encode()[6:], b""]
    assert found(texts, [word]) == []


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 150) | st.integers(0, 20_000))))
def test_words_are_counted_by_bin(hits):
    edges = edges_of(num_bins(20_001))
    counts = np.zeros((len(edges) - 1, 6), np.int64)
    words, places = (np.array(each, np.int64) for each in zip(*hits, strict=True)) if hits else (
        np.zeros((2, 0), np.int64)
    )  # fmt: skip
    used = count_places(words, places, edges, counts)
    bins = bins_of(places + 1)
    wanted = np.zeros((len(edges) - 1, 3, 2), np.int64)
    for word, place, each in zip(words, places, bins, strict=True):
        wanted[each, word] += (1, edges[each + 1] - place - 1)
    assert counts.tolist() == wanted.reshape(-1, 6).tolist()
    assert used == bins.max(initial=-1) + 1
