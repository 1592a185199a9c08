"""The kernel that finds adapters by rules against plain Python, and, where it is, cutadapt."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.columns import StringColumn
from biometal_stream.operators.adapters.matching import match
from biometal_stream.operators.adapters.notation import Settings, adapters_of
from biometal_stream.operators.adapters.tables import tables
from tests.operators.adapters import rules
from tests.operators.kernels.columns import bounded

TRUSEQ = "AGATCGGAAGAGCACACGTCTGAACTCCAGTCA"

sequences = st.sampled_from(
    [TRUSEQ, TRUSEQ[:13], "ACGT", "AAAAAAAA", "TTAGNNATRYC", "A"]
) | st.text("ACGT", min_size=1, max_size=25)
parameters = st.sampled_from(
    ["", "", "", ";e=0.2", ";e=1", ";e=2", ";o=1", ";o=6", ";noindels", ";e=0", ";noindels;e=0.3"]
)


@st.composite
def written(draw):
    """An adapter as a user writes it, its place, and its sequence."""
    sequence, about = draw(sequences), draw(parameters)
    place = draw(st.sampled_from(["front", "back", "anywhere"]))
    kind = draw(
        st.sampled_from(["plain", "plain", "anchored", "outer", "rightmost", "linked", "free"])
    )
    free = about.replace(";o=1", "").replace(";o=6", "")
    front = place == "front"
    text = sequence + about
    if place != "anywhere":
        if kind == "anchored":
            text = (f"^{sequence}" if front else f"{sequence}$") + free
        elif kind == "outer":
            text = (f"X{sequence}" if front else f"{sequence}X") + about
        elif kind == "rightmost":
            text += ";rightmost"
        elif kind == "free":
            text += ";anywhere"
        elif kind == "linked":
            start = draw(st.sampled_from(["", "^", "X"]))
            needed = draw(st.sampled_from(["", ";optional", ";required"]))
            end = draw(st.sampled_from(["", "$"]))
            text = f"{start}{sequence}{free}{needed}...{draw(sequences)}{end}"
    return place, text, sequence


@st.composite
def anchored(draw):
    """Several adapters that are anchored to one end, which are looked up together."""
    size = draw(st.integers(2, 8))
    texts = st.text(draw(st.sampled_from(["ACGT", "AC"])), min_size=size, max_size=size + 1)
    front = draw(st.booleans())
    return [
        ("front", f"^{each}", each) if front else ("back", f"{each}$", each)
        for each in draw(st.lists(texts, min_size=2, max_size=4))
    ]


@st.composite
def changed(draw, text):
    for place, letter in draw(
        st.lists(
            st.tuples(st.integers(0, 40), st.sampled_from(["A", "C", "N", "", "GT"])), max_size=3
        )
    ):
        text = text[:place] + letter + text[place + 1 :]
    return text


@st.composite
def cases(draw):
    known = draw(st.lists(written(), min_size=1, max_size=3) | anchored())
    how = Settings(
        draw(st.sampled_from([0.1, 0.1, 0.2, 0.34, 0, 1, 2])),
        draw(st.sampled_from([3, 3, 1, 5, 12])),
        draw(st.sampled_from([True, True, False])),
        draw(st.sampled_from([False, False, True])),
        draw(st.sampled_from([True, True, False])),
    )
    reads = []
    for _ in range(draw(st.integers(1, 4))):
        read = draw(st.text("ACGT", max_size=12) | st.text("ACN", max_size=90))
        for _, _, sequence in draw(st.lists(st.sampled_from(known), max_size=2)):
            inside = draw(changed(sequence))[draw(st.integers(0, 3)) :]
            read += inside + draw(st.sampled_from(["", "", "CATTAG", "g" * 70]))
        reads.append(read)
    return known, how, reads, draw(st.sampled_from([1, 1, 2, 3])), draw(st.booleans())


def parsed(known, how):
    return [each for place, text, *_ in known for each in adapters_of(text, place, how, "here")]


def column(reads, kind=np.int32):
    return StringColumn("sequence", *bounded([read.encode() for read in reads], kind, gap=3))


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@given(case=cases())
@example(
    case=([("back", TRUSEQ, TRUSEQ)], Settings(), [TRUSEQ, "", "A" * 200 + TRUSEQ[:3]], 1, True)
)
def test_match_adapters(kind, case):
    known, how, reads, times, together = case
    adapters = parsed(known, how)
    got = match(column(reads, kind), tables(adapters, together=together), times=times)
    expected = [rules.found(adapters, read, times, together_too=together) for read in reads]
    assert got.results.tolist() == expected
