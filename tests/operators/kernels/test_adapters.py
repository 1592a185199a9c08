"""The kernels that find where inserts end against plain Python."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.operators.adapters.finding import gains
from biometal_stream.operators.adapters.sizes import STEPS, weights
from biometal_stream.operators.kernels.adapters import MOST, find_adapters
from biometal_stream.operators.kernels.ends import choose_ends
from biometal_stream.operators.kernels.inserts import find_inserts
from tests.operators.kernels import ends
from tests.operators.kernels.columns import bounded
from tests.operators.plain import reverse_complement

WIDTH = 64
TRUSEQ = "AGATCGGAAGAGCACACGTCTGAACTCCAGTCA", "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT"

letters = st.text("ACGT", max_size=170)
repeats = st.builds(
    lambda unit, times: unit * times, st.text("ACGT", max_size=7), st.integers(0, 40)
)
texts = letters | repeats | st.text("AN", max_size=90) | st.text("ACGTN", max_size=20)
adapters = (
    st.sampled_from([*TRUSEQ, TRUSEQ[0][:13] + "T", TRUSEQ[0] * 3, "A", "ACG", "AGATCGGAAGAGCAC"])
    | st.text("ACGT", min_size=1, max_size=90)
    | st.builds(lambda unit: unit * 9, st.text("ACGT", min_size=1, max_size=5))
)
adapters_or_none = adapters | st.just("")


@st.composite
def qualities(draw, bases):
    scores = draw(st.sampled_from([[40], [2], [37, 12, 25, 2], [93, 0]]))
    shift = draw(st.integers(0, 3))
    return [scores[(place * place + shift) % len(scores)] for place in range(len(bases))]


@st.composite
def changed(draw, text):
    """The text with some other bases."""
    places = draw(st.lists(st.tuples(st.integers(0, 200), st.sampled_from("ACGTN")), max_size=6))
    bases = list(text)
    for place, base in places:
        if place < len(bases):
            bases[place] = base
    return "".join(bases)


def columns(reads, scores, kind):
    starts, stops, data = bounded([read.encode() for read in reads], kind, gap=3)
    quality = bounded([bytes(score + 33 for score in each) for each in scores], kind, gap=1)
    return starts, stops, data, quality[0], quality[2]


def packed(known):
    data = b"".join(each.encode()[:WIDTH].ljust(WIDTH, b"\0") for each in known)
    lengths = np.array([min(len(each), WIDTH) for each in known], np.int64)
    return np.frombuffer(data or b"\0", np.uint8)[: len(data)], lengths


def rows(places, scores):
    return [
        [(int(place), int(score)) for place, score in zip(*each, strict=True) if place >= 0]
        for each in zip(places.reshape(-1, MOST), scores.reshape(-1, MOST), strict=True)
    ]


@st.composite
def singles(draw):
    known = draw(st.lists(adapters, max_size=3))
    reads = []
    for _ in range(draw(st.integers(0, 4))):
        read = draw(texts)
        for adapter in draw(st.lists(st.sampled_from(known or ["ACGT"]), max_size=2)):
            read += draw(changed(adapter)) + draw(st.sampled_from(["", "GGGGGGGG", "CATCATC"]))
        reads.append(read[: draw(st.sampled_from([len(read), 30, 11]))])
    return known, reads, [draw(qualities(read)) for read in reads]


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@given(given_reads=singles(), rubbish=st.integers(0, 255))
@example(given_reads=([TRUSEQ[0]], [TRUSEQ[0], "", "A"], [[40] * 33, [], [2]]), rubbish=65)
def test_find_adapters(kind, given_reads, rubbish):
    known, reads, scores = given_reads
    places, values = np.empty((2, len(reads) * MOST), np.int64)
    firsts = np.empty(len(reads), np.int64)
    copied = np.full(max(map(len, reads), default=0) + 2 * WIDTH, rubbish, np.uint8)
    find_adapters(
        *columns(reads, scores, kind), *packed(known), gains(), copied, places, values, firsts
    )
    expected = [ends.single(read, score, known) for read, score in zip(reads, scores, strict=True)]
    assert rows(places, values) == [each for each, _ in expected]
    assert firsts.tolist() == [first for _, first in expected]


@st.composite
def pairs(draw):
    known = draw(st.lists(st.tuples(adapters_or_none, adapters_or_none), max_size=3))
    reads = []
    for _ in range(draw(st.integers(0, 2))):
        insert = draw(texts)
        kind = draw(st.sampled_from(known or [TRUSEQ]))
        longest = draw(st.sampled_from([150, 76, 36, 15, 12, 3]))
        for mate, strand in enumerate((insert, reverse_complement(insert))):
            if draw(st.booleans()) or draw(st.booleans()):
                read = draw(changed(strand)) + draw(changed(kind[mate])) + "G" * 40
            else:
                read = draw(texts)
            reads.append(read[: longest - draw(st.sampled_from([0, 0, 1, 3]))])
    return known, reads, [draw(qualities(read)) for read in reads]


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@given(given_reads=pairs(), rubbish=st.integers(0, 255))
@example(given_reads=([TRUSEQ], list(TRUSEQ), [[40] * 33] * 2), rubbish=65)
@example(given_reads=([], ["", ""], [[], []]), rubbish=0)
def test_find_inserts(kind, given_reads, rubbish):
    known, reads, scores = given_reads
    count = len(reads) // 2
    places, values = np.empty((2, count * MOST), np.int64)
    firsts = np.empty(len(reads), np.int64)
    room = max(map(len, reads), default=0) + 2 * WIDTH
    find_inserts(
        *columns(reads, scores, kind),
        *packed([each for pair in known for each in pair]),
        gains(),
        np.full(3 * room, rubbish, np.uint8),
        np.empty(WIDTH, np.int64),
        np.empty(MOST, np.int64),
        places,
        values,
        firsts,
    )
    expected = [
        ends.pair(reads[at : at + 2], scores[at : at + 2], known) for at in range(0, 2 * count, 2)
    ]
    assert rows(places, values) == [each for each, _ in expected]
    assert firsts.tolist() == [first for _, both in expected for first in both]


candidates = st.lists(
    st.tuples(st.integers(0, 40), st.integers(-900, 5_000)),
    max_size=MOST,
    unique_by=lambda each: each[0],
)


@given(
    st.lists(st.tuples(st.integers(0, 32), candidates), max_size=5),
    st.lists(st.integers(-1300, 0), min_size=2, max_size=34),
)
def test_choose_ends(units, sizes):
    longer = np.maximum.accumulate(np.array(sizes[::-1], np.int32))[::-1].copy()
    lengths = np.array([length for length, _ in units], np.int64)
    places = np.full((len(units), MOST), -1, np.int64)
    scores = np.zeros((len(units), MOST), np.int64)
    for unit, (_, found) in enumerate(units):
        for slot, (place, score) in enumerate(found):
            places[unit, slot], scores[unit, slot] = place, score
    result = np.empty(len(units), np.int64)
    table = weights()
    assert len(table) == STEPS
    choose_ends(
        lengths,
        places.ravel(),
        scores.ravel(),
        np.array(sizes, np.int32),
        longer,
        table,
        result,
    )
    weight = table.tolist()
    assert result.tolist() == [
        ends.chosen(length, found, sizes, longer.tolist(), weight) for length, found in units
    ]
