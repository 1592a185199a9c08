"""Counts read by read beside their twins in plain Python."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.kernels import reads
from tests.reports.texts import column, frozen

gaps = st.sampled_from([b"", b"G#"])


@given(
    texts=st.lists(st.lists(st.integers(33, 126), max_size=200).map(bytes), max_size=6),
    gap=gaps,
    wrong=st.none() | st.sampled_from(b"\0 \x7f\xff"),
)
def test_means_are_rounded_down(texts: list[bytes], gap: bytes, wrong: int | None) -> None:
    if wrong is not None and texts and texts[-1]:
        texts[-1] = texts[-1][:-1] + bytes([wrong])
    else:
        wrong = None
    qualities = column(texts, "quality", gap)
    counts = np.zeros(256, np.int64)
    highest = reads.count_means(qualities.starts, qualities.stops, qualities.data, counts)
    assert (highest > 93) == (wrong is not None)
    if wrong is None:
        assert highest == max((each - 33 for text in texts for each in text), default=0)
        wanted = Counter(sum(text) // len(text) - 33 for text in texts if text)
        assert {place: counts[place] for place in np.flatnonzero(counts)} == wanted


@given(
    texts=st.lists(
        st.lists(st.sampled_from(b"ACGTNacgtn@\0"), max_size=300).map(bytes), max_size=6
    ),
    gap=gaps,
)
def test_gc(texts: list[bytes], gap: bytes) -> None:
    sequences = column(texts, gap=gap)
    gc = np.empty(len(texts), np.int64)
    reads.gc_of_reads(sequences.starts, sequences.stops, sequences.data, gc)
    assert gc.tolist() == [sum(text.upper().count(each) for each in b"GC") for text in texts]

    cut = np.minimum(np.arange(301), 100)
    counts = np.zeros(401, np.int64)
    used = reads.count_gc(
        sequences.starts, sequences.stops, sequences.data, frozen(cut), frozen(cut * 3), counts
    )
    wanted: Counter[int] = Counter()
    for text in texts:
        if text:
            first = text[:100].upper()
            wanted[3 * len(first) + first.count(b"G") + first.count(b"C")] += 1
    assert {place: counts[place] for place in np.flatnonzero(counts)} == wanted
    assert used == max(wanted, default=-1) + 1


def test_gc_of_a_long_read() -> None:
    """More bytes than a byte can count of vectors."""
    sequences = column([b"GCAT" * 20_001])
    gc = np.empty(1, np.int64)
    reads.gc_of_reads(sequences.starts, sequences.stops, sequences.data, gc)
    assert gc[0] == 40_002
