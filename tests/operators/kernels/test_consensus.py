"""The kernels that merge and correct mates against plain Python."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.operators.kernels.consensus import correct_mates, merge_mates
from biometal_stream.operators.pairs.consensus import complements, correcting, merging
from tests.operators.kernels import overlapping
from tests.operators.kernels.test_adapters import columns
from tests.operators.plain import reverse_complement

MERGING = [
    ("posterior", None, 41),
    ("fastp", None, 41),
    ("vsearch", None, 41),
    ("adapterremoval", "maximum", 41),
    ("adapterremoval", "additive", 60),
]
bases = st.text("ACGTN", min_size=1, max_size=40)


def error(score):
    return 0.75 if score < 2 else 10 ** (-score / 10)


def edgar(one, two, most, *, agree):
    """Equations 8 and 9 of Edgar and Flyvbjerg (2015)."""
    x, y = error(max(one, two)), error(min(one, two))
    if agree:
        p = x * y / 3 / (1 - x - y + 4 * x * y / 3)
    else:
        p = x * (1 - y / 3) / (x + y - 4 * x * y / 3)
    return min(max(int(np.floor(-10 * np.log10(p) + 0.5)), 0), most)


def decision(algorithm, strategy, most):
    """What becomes of two bases and their scores."""

    def decide(a, b, one, two):
        if algorithm == "fastp":
            return a, one
        if "N" in (a, b):
            return (b, two if b != "N" else 0) if a == "N" else (a, one)
        if a == b:
            known = {"maximum": max(one, two), "additive": min(one + two, most)}
            return a, known.get(strategy, edgar(one, two, most, agree=True))
        better = a if one > two else b
        if algorithm == "adapterremoval":
            return (better, abs(one - two)) if one != two else ("N", 0)
        if algorithm == "posterior" and one == two:
            return "N", 0
        return better, edgar(one, two, most, agree=False)

    return decide


@st.composite
def pairs(draw):
    reads, scores, sizes = [], [], []
    for _ in range(draw(st.integers(0, 3))):
        one, two = draw(bases), draw(bases)
        reads += [one, two]
        scores += [
            draw(st.lists(st.integers(0, 93), min_size=len(read), max_size=len(read)))
            for read in (one, two)
        ]
        sizes.append(draw(st.integers(1, len(one) + len(two) - 1) | st.just(-1)))
    return reads, scores, sizes


def by_pair(values):
    return list(zip(values[0::2], values[1::2], strict=True))


@pytest.mark.parametrize("rule", MERGING, ids=str)
@given(kind=st.sampled_from([np.int32, np.int64]), given_reads=pairs(), shorter=st.integers(0, 3))
def test_merge_mates(kind, rule, given_reads, shorter):
    reads, scores, sizes = given_reads
    expected = []
    for pair, each, size in zip(by_pair(reads), by_pair(scores), sizes, strict=True):
        if size < 0:
            expected += zip(pair, each, strict=True)
            continue
        length = max(size - shorter, 0)
        text, found = overlapping.merged(*pair, each, size, decision(*rule), length)
        if rule[0] == "vsearch":
            found = [0 if base == "N" else q for base, q in zip(text, found, strict=True)]
        expected.append((text, found))
    starts, stops, data, *quality = columns(reads, scores, kind)
    offsets = np.concatenate([[0], np.cumsum([len(text) for text, _ in expected])]).astype(np.int64)
    merged, merged_qualities = (np.zeros(offsets[-1], np.uint8) for _ in range(2))
    tables = merging(*rule)
    inserts = np.array(sizes, np.int64)
    merge_mates(
        starts, stops, data, *quality, complements(), inserts, *tables, offsets, merged,
        merged_qualities,
    )  # fmt: skip
    text, found = merged.tobytes().decode(), (merged_qualities.astype(int) - 33).tolist()
    edges = list(pairwise(offsets))
    assert [(text[a:b], found[a:b]) for a, b in edges] == [(t, list(q)) for t, q in expected]


@pytest.mark.parametrize("algorithm", ["posterior", "fastp"])
@given(given_reads=pairs())
def test_correct_mates(algorithm, given_reads):
    reads, scores, sizes = given_reads
    expected, counts = [], []
    for (one, two), (first, second), size in zip(
        by_pair(reads), by_pair(scores), sizes, strict=True
    ):
        a, b, p, q = list(one), list(reverse_complement(two)), list(first), second[::-1]
        number = [0, 0]
        for x, y in overlapping.compared(one, two, size) if size >= 0 else []:
            if a[x] == b[y]:
                continue
            if algorithm == "fastp":
                wins = (p[x] >= 30 and q[y] <= 14) - (q[y] >= 30 and p[x] <= 14)
                score = p[x] if wins > 0 else q[y]
            elif "N" in (a[x], b[y]):
                wins = 1 if b[y] == "N" else -1
                score = p[x] if wins > 0 else q[y]
            else:
                wins = (p[x] > q[y]) - (q[y] > p[x])
                score = edgar(p[x], q[y], 41, agree=False)
            if wins > 0:
                b[y], number[1] = a[x], number[1] + 1
            elif wins < 0:
                a[x], number[0] = b[y], number[0] + 1
            if wins:
                p[x] = q[y] = score
        expected += [("".join(a), p), (reverse_complement("".join(b)), q[::-1])]
        counts += number
    starts, stops, data, *quality = columns(reads, scores, np.int32)
    lengths = [len(read) for read in reads]
    to = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    corrected = np.frombuffer("".join(reads).encode(), np.uint8).copy()
    rows = [score + 33 for each in scores for score in each]
    corrected_qualities = np.array(rows, np.uint8)
    found = np.empty(len(reads), np.int64)
    to.flags.writeable = False
    correct_mates(
        starts, stops, data, *quality, complements(), np.array(sizes, np.int64),
        *correcting(algorithm, 41), to[:-1], corrected, corrected_qualities, found,
    )  # fmt: skip
    text = corrected.tobytes().decode()
    values = (corrected_qualities.astype(int) - 33).tolist()
    got = [(text[a:b], values[a:b]) for a, b in pairwise(to)]
    assert got == expected
    assert found.tolist() == counts
