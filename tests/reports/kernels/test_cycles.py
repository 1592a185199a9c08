"""Counts by cycle beside their twins in plain Python."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import StringColumn
from biometal_stream.reports.kernels import cycles
from biometal_stream.reports.quality.cycles import bins_of, edges_of, num_bins
from tests.reports.texts import column, frozen

LETTERS = b"ACGTNacgtunURYKM.-@\0"

lengths = st.lists(
    st.one_of(st.integers(0, 200), st.sampled_from([64, 128, 998, 999, 1000, 1010, 1064, 10_100])),
    max_size=5,
)
shapes = st.tuples(
    lengths, st.integers(0, 2**32 - 1), st.sampled_from([b"", b"#"]), st.sampled_from([1, 300])
)


def bin_by_cycle(longest: int) -> list[int]:
    return bins_of(np.arange(1, longest + 1)).tolist() if longest else []


def letters_and_scores(
    sequences: list[bytes], qualities: list[bytes]
) -> tuple[list[Counter[int]], list[Counter[int]]]:
    """The letters of each bin, and the sums of scores by letter."""
    longest = max(map(len, sequences), default=0)
    bins = bin_by_cycle(longest)
    counts: list[Counter[int]] = [Counter() for _ in range(num_bins(longest))]
    scores: list[Counter[int]] = [Counter() for _ in range(num_bins(longest))]
    for sequence, quality in zip(sequences, qualities, strict=True):
        for place, (letter, score) in enumerate(zip(sequence, quality, strict=True)):
            kind = b"ACGTN".find(bytes([letter]).upper().replace(b"U", b"T"))
            counts[bins[place]][kind] += 1
            scores[bins[place]][kind] += score - 33
    return counts, scores


def made(
    shape: tuple[list[int], int, bytes, int], alphabet: bytes
) -> tuple[list[bytes], StringColumn]:
    sizes, seed, gap, times = shape
    random = np.random.default_rng(seed)
    choices = np.frombuffer(alphabet, np.uint8)
    times = times if sum(sizes) < 1000 else 1
    texts = [random.choice(choices, size).tobytes() for size in sizes] * times
    return texts, column(texts, gap=gap)


@given(shape=shapes, dtype=st.sampled_from([np.int32, np.int64]))
def test_bases_and_their_scores(shape: tuple[list[int], int, bytes, int], dtype: type) -> None:
    sequences, _ = made(shape, LETTERS)
    qualities, _ = made(shape, bytes(range(33, 127)))
    bases = column(sequences, gap=shape[2], dtype=dtype)
    scores = column(qualities, gap=b"!!!", dtype=dtype)
    bins = num_bins(max(map(len, sequences), default=0))
    counts, by_base = np.empty((bins, 6), np.int64), np.empty((bins, 8), np.int64)
    cycles.count_bases(
        bases.starts,
        bases.stops,
        bases.data,
        scores.starts,
        scores.data,
        edges_of(bins),
        np.uint64(255 // 93),
        np.empty(6 * 64, np.uint8),
        np.empty(4 * 64, np.uint16),
        np.full((6, bins), -1),
        np.full((4, bins), -1),
        counts,
        by_base,
    )
    letters, sums = letters_and_scores(sequences, qualities)
    assert counts.tolist() == [[each[kind] for kind in (0, 1, 2, 3, 4, -1)] for each in letters]
    assert by_base.tolist() == [
        [number for kind in range(4) for number in (total[kind], each[kind])]
        for each, total in zip(letters, sums, strict=True)
    ]


def scores_by_bin(qualities: list[bytes]) -> dict[tuple[int, int], int]:
    bins = bin_by_cycle(max(map(len, qualities), default=0))
    found: Counter[tuple[int, int]] = Counter()
    for quality in qualities:
        found.update(zip(bins, quality, strict=False))
    return dict(found)


def in_cells(scores: np.ndarray) -> dict[tuple[int, int], int]:
    return {
        (place, score + 33): int(scores[place, score])
        for place, score in np.argwhere(scores).tolist()
    }


@given(shape=shapes)
def test_any_scores(shape: tuple[list[int], int, bytes, int]) -> None:
    qualities, texts = made(shape, bytes(range(33, 127)))
    bins = num_bins(max(map(len, qualities), default=0))
    table = np.zeros(min(bins, 999) * cycles.STRIDE + cycles.ROOM, np.uint16)
    scores = np.zeros((bins, 94), np.int64)
    cycles.count_scores(texts.starts, texts.stops, texts.data, edges_of(bins), table, scores)
    assert in_cells(scores) == scores_by_bin(qualities)
    assert not table.any()


@given(shape=shapes, values=st.sampled_from([b"#,:F", b"FJA<-#7!"]), others=st.booleans())
def test_few_values_and_the_rest(
    shape: tuple[list[int], int, bytes, int], values: bytes, others: bool
) -> None:
    qualities, texts = made(shape, values * 20 + b"BC~" * others)
    bins = num_bins(max(map(len, qualities), default=0))
    known = np.zeros(256, np.bool_)
    known[list(values)] = True
    highest = max((each - 33 for quality in qualities for each in quality), default=0)
    scores = np.zeros((bins, highest + 1), np.int64)
    cycles.count_values(
        texts.starts,
        texts.stops,
        texts.data,
        frozen(np.frombuffer(values, np.uint8)),
        frozen(known),
        edges_of(bins),
        np.empty(len(values) * 64, np.uint8),
        np.full((len(values), bins), -1),
        scores,
    )
    assert in_cells(scores) == scores_by_bin(qualities)


def test_small_cells_are_emptied_before_they_overflow() -> None:
    texts = column([b"I#"] * 70_000)
    scores = np.zeros((2, 41), np.int64)
    table = np.zeros(2 * cycles.STRIDE + cycles.ROOM, np.uint16)
    cycles.count_scores(texts.starts, texts.stops, texts.data, edges_of(2), table, scores)
    assert in_cells(scores) == {(0, ord("I")): 70_000, (1, ord("#")): 70_000}


@pytest.mark.parametrize("byte", [0, 10, 32, 127, 255])
def test_no_byte_is_counted_outside_of_the_table(byte: int) -> None:
    texts = column([bytes([byte]) * 1500])
    bins = num_bins(1500)
    room = np.zeros((bins + 8, 94), np.int64)
    scores = room[:bins]
    table = np.zeros(999 * cycles.STRIDE + cycles.ROOM, np.uint16)
    cycles.count_scores(texts.starts, texts.stops, texts.data, edges_of(bins), table, scores)
    assert not room[bins:].any()
