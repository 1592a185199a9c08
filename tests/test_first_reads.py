"""The first reads are the same ones, however they come."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.first_reads import FirstReads, learn
from biometal_stream.interfaces import Look
from biometal_stream.plugin import with_findings
from tests.operators.learners import CommonLength
from tests.pipeline.learners import (
    batch_of,
    names_of,
)

batches = st.lists(st.lists(st.integers(0, 30), max_size=6), max_size=8)


@given(batches, st.integers(1, 12), st.none() | st.integers(1, 90), st.booleans())
def test_the_first_reads_are_the_same_however_they_come(
    lengths: list[list[int]], reads: int, bases: int | None, paired: bool
) -> None:
    """The twin goes read by read, or pair by pair, up to the first limit reached."""
    unit = 2 if paired else 1
    lengths = [(each * 2)[: len(each) // unit * unit * 2] if paired else each for each in lengths]
    every = [length for each in lengths for length in each]
    wanted = seen = 0
    while wanted < len(every) and wanted < reads and (bases is None or seen < bases):
        seen += every[wanted]
        wanted += 1
    wanted += wanted % unit
    first = FirstReads(Look(reads, bases))
    start = 0
    for each in lengths:
        first.add(batch_of(each, start, paired=paired))
        start += len(each)
    assert first.reads == wanted
    assert names_of(iter(first.batches)) == [f"r{number}" for number in range(wanted)]
    assert first.enough or wanted == len(every)


def test_findings_are_reported_with_what_was_learnt() -> None:
    class Finder(CommonLength):
        def learn(self, batches: Sequence[pa.RecordBatch], /) -> CommonLength:
            return with_findings(super().learn(batches), ["most have 7"])

    first = FirstReads(Look(3))
    first.add(batch_of([7, 7, 8]))
    operator, learnt = learn(Finder(), first, batch_of([]).schema)
    assert learnt.findings == ("most have 7",)
    assert pickle.loads(pickle.dumps(with_findings(CommonLength(5), ["x"]))).findings == ("x",)
    assert operator.learn([batch_of([7])]) == operator  # findings are no setting
    assert learn(CommonLength(), first, batch_of([]).schema)[1].findings == ()
