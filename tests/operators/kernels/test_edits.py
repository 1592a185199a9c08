"""The search for adapters inside reads against a plain matrix of edit distances."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from biometal_stream.columns import StringColumn
from biometal_stream.operators.adapters import ont
from tests.operators.kernels.columns import bounded

COMPLEMENT = str.maketrans("ACGT", "TGCA")


def distances(adapter, read, *, anchored=False):
    """The least distance to bases that end after each base; from the start on if anchored."""
    column = list(range(len(adapter) + 1))
    found = [column[-1]]
    for seen, base in enumerate(read, 1):
        before, column = column, [seen if anchored else 0]
        for row, letter in enumerate(adapter):
            column.append(min(before[row] + (letter != base), before[row + 1] + 1, column[row] + 1))
        found.append(column[-1])
    return found


def marked(read, adapters, error_rate, extra, end_size):
    marks = [0] * len(read)
    strands = {each for one in adapters for each in (one, one[::-1].translate(COMPLEMENT))}
    for adapter in strands:
        most = int(error_rate * len(adapter) * (1 + 1e-9))
        ends = distances(adapter, read)
        for end in range(1, len(read) + 1):
            near = ends[max(end - most, 1) : end + most + 1]
            if ends[end] > most or ends[end] > min(near):
                continue
            before = read[max(end - len(adapter) - most, 0) : end][::-1]
            starts = distances(adapter[::-1], before, anchored=True)[1:]
            taken = min(
                range(1, len(starts) + 1),
                key=lambda n: (starts[n - 1], abs(n - len(adapter)), n),
            )
            ahead, behind = end - taken, len(read) - end
            first = 0 if ahead <= min(end_size, behind) else max(ahead - extra, 0)
            last = len(read) if behind <= min(end_size, ahead) else min(end + extra, len(read))
            for base in range(first, last):
                marks[base] = 1
    return marks


ADAPTERS = ("ACGTTGCATGCCAGT", "TTTTTTTTTTTTTA", "GATTACAGATTACAGATTACA")


@st.composite
def damaged(draw):
    """An adapter of either strand, with some errors."""
    adapter = draw(st.sampled_from(ADAPTERS))
    if draw(st.booleans()):
        adapter = adapter[::-1].translate(COMPLEMENT)
    letters = list(adapter)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(letters) - 1))
        letters[place : place + draw(st.integers(0, 1))] = draw(st.text("ACGTN", max_size=1))
        letters = letters or ["A"]
    return "".join(letters)


reads = st.lists(
    st.lists(damaged() | st.text("ACGT", max_size=20), max_size=4).map("".join), max_size=4
)


@given(reads, st.sampled_from([0.0, 0.1, 0.2, 0.3]), st.integers(0, 5), st.integers(0, 20))
@example(["", "A", ADAPTERS[0], ADAPTERS[0] * 3, "T" * 60], 0.2, 1, 0)
@settings(max_examples=60)
def test_adapters_are_marked(reads, error_rate, extra, end_size):
    how = error_rate, extra, end_size
    starts, stops, data = bounded([read.encode() for read in reads])
    column = StringColumn("sequence", starts, stops, data)
    marks = ont.mark(column, ADAPTERS, *how).tolist()
    wanted = [mark for read in reads for mark in marked(read, ADAPTERS, *how)]
    assert marks == wanted


def test_more_adapters_than_one_call_takes():
    rng = np.random.default_rng(7)
    adapters = tuple("".join(rng.choice(list("ACGT"), 20)) for _ in range(40))
    reads = ["".join(rng.choice(list("ACGT"), 30)) + adapter for adapter in adapters]
    column = StringColumn("sequence", *bounded([read.encode() for read in reads]))
    marks = ont.mark(column, adapters, 0.1, 0, 0).reshape(40, 50)
    assert marks[:, 30:].all()
    assert marks[:, :25].sum() == 0
