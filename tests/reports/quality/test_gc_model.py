"""FastQC's distribution of GC content, beside its own code in plain Python."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.quality.gc_model import (
    EXACT,
    FIRST_KEYS,
    cut_lengths,
    distribution,
    keys_of,
    theoretical,
)
from biometal_stream.reports.quality.read_counts import reads_by_gc
from tests.reports.texts import column


def claimed(length: int, gc: int) -> range:
    """The percentages of `GCModel`, with doubles as Java has them."""
    low, high = max(0.0, gc - 0.5), min(float(length), gc + 0.5)
    first, last = (math.floor(each * 100 / length + 0.5) for each in (low, high))
    return range(first, last + 1)


def increments(length: int, gc: int) -> Iterator[tuple[int, float]]:
    claims = [0] * 101
    for each in range(length + 1):
        for percent in claimed(length, each):
            claims[percent] += 1
    for percent in claimed(length, gc):
        yield percent, 1 / claims[percent]


def truncated(length: int) -> int:
    for size in (1000, 100):
        if length > size:
            return length // size * size
    return length


reads = st.lists(
    st.integers(1, 400).flatmap(lambda length: st.tuples(st.just(length), st.integers(0, length)))
    | st.sampled_from(
        [(1000, 1000), (1001, 0), (1999, 7), (2000, 903), (3501, 3001), (4000, 4000)]
    ),
    min_size=1,
    max_size=6,
)


@given(reads)
def test_the_distribution_is_fastqcs(found: list[tuple[int, int]]) -> None:
    texts = [b"G" * gc + b"A" * (length - gc) for length, gc in found]
    counted = reads_by_gc(column([*texts, b""]))
    wanted = [0.0] * 101
    for length, gc in found:
        size = truncated(length)
        for percent, share in increments(size, min(gc, size)):
            wanted[percent] += share
    assert distribution(*counted.sorted()) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("length", [1, 2, 3, 50, 99, 100, 200, 900, 1000, 2000])
def test_each_key_tells_its_percentages(length: int) -> None:
    """For each count of G and C on its own."""
    lengths, gc = np.full(length + 1, length), np.arange(length + 1)
    keys = keys_of(lengths, gc)
    assert (np.diff(keys) >= (1 if length <= EXACT else 0)).all()
    for key, count in zip(keys[:: max(1, length // 40)], gc[:: max(1, length // 40)], strict=True):
        shares = dict(increments(length, int(count)))
        found = distribution(np.array([key]), np.array([1]))
        assert {place: found[place] for place in np.flatnonzero(found).tolist()} == shares


def test_no_two_lengths_share_a_key() -> None:
    lengths = np.unique(cut_lengths(np.arange(1, EXACT + 1)))
    keys = [range(int(FIRST_KEYS[each]), int(FIRST_KEYS[each]) + each + 1) for each in lengths]
    assert all(one.stop == two.start for one, two in pairwise(keys))
    assert int(keys_of(np.array([2000]), np.array([0]))[0]) >= keys[-1].stop


def plain_theoretical(reads: list[float]) -> list[float]:
    """`PerSequenceGCContent.calculateDistribution`."""
    mode = reads.index(max(reads))
    near = [each > reads[mode] - reads[mode] / 10 for each in reads]
    above = next((place for place in range(mode, 101) if not near[place]), None)
    below = next((place for place in range(mode - 1, -1, -1) if not near[place]), None)
    centre = float(mode)
    if above is not None and below is not None:
        centre = sum(range(below + 1, above)) / (above - below - 1)
    total = sum(reads)
    spread = math.sqrt(sum((i - centre) ** 2 * each for i, each in enumerate(reads)) / (total - 1))
    return [
        total
        / math.sqrt(2 * math.pi * spread**2)
        * math.exp(-((i - centre) ** 2) / (2 * spread**2))
        for i in range(101)
    ]


@given(st.lists(st.integers(0, 50), min_size=101, max_size=101).filter(lambda each: sum(each) > 99))
def test_the_theoretical_distribution(found: list[int]) -> None:
    curve = theoretical(np.array(found, np.float64))
    assert curve is not None
    assert curve == pytest.approx(plain_theoretical(list(map(float, found))), rel=1e-9)


@pytest.mark.parametrize("mode", [0, 1, 50, 99, 100])
def test_a_mode_at_the_ends_is_the_centre(mode: int) -> None:
    found = np.ones(101)
    found[mode] = 1000
    curve = theoretical(found)
    assert curve is not None
    assert curve == pytest.approx(plain_theoretical(found.tolist()), rel=1e-9)
    assert int(np.argmax(curve)) == mode


def test_there_is_no_theoretical_distribution_without_spread() -> None:
    assert theoretical(np.zeros(101)) is None
    one = np.zeros(101)
    one[40] = 7
    assert theoretical(one) is None
