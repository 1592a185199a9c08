"""Operators that make other reads: their rows are followed wherever they stand."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.errors import SchemaError
from biometal_stream.interfaces import Concurrency, Look
from biometal_stream.operators.base import ReadTrimmer, StatelessOperator
from biometal_stream.settings import option
from biometal_stream.sinks import DiscardSink
from tests.operators.library import erroneous, library

PAIRS = bs.from_arrow(pa.Table.from_batches([erroneous(library(300, mean=170))]))


def long_reads(number: int = 400) -> bs.Pipeline:
    draw = random.Random(7)
    qualities = ["".join(draw.choice("I!") * draw.randint(1, 30) for _ in range(8))] * 2
    qualities += ["".join(draw.choice("I!") * 25 for _ in range(8)) for _ in range(number - 2)]
    table = pa.table(
        {
            "name": [f"r{read}" for read in range(number)],
            "sequence": ["".join(draw.choices("ACGT", k=len(each))) for each in qualities],
            "quality": qualities,
        }
    )
    return bs.from_arrow(table)


@dataclass(frozen=True)
class Copies(StatelessOperator):
    """Makes two reads of each; a learner until it knows how many."""

    copies: int = option("Reads of each.", default=0)
    wrong: str = option("What is wrong.", default="")

    @property
    def look(self):
        return None if self.copies else Look(10)

    def learn(self, batches):
        return type(self)(copies=2)

    def reshape(self, batch):
        rows = np.repeat(np.arange(batch.num_rows), self.copies)
        made = batch.take(pa.array(rows))
        if self.wrong == "order":
            rows = rows[::-1]
        return made, rows[1:] if self.wrong == "few" else rows

    def __call__(self, batch):
        return self.reshape(batch)[0]


@dataclass(frozen=True)
class CopiesOfWorkers(Copies):
    """The same, with a function for each worker."""

    @property
    def concurrency(self):
        return Concurrency.PER_WORKER

    @contextmanager
    def open(self):
        yield Copies(copies=self.copies)


@dataclass(frozen=True)
class Knows(ReadTrimmer):
    """A learner that cuts nothing."""

    ready: bool = option("Whether it has learnt.", default=False)

    @property
    def look(self):
        return None if self.ready else Look(10)

    def learn(self, batches):
        return Knows(ready=True)

    def bounds(self, view):
        lengths = view.text("sequence").lengths
        return np.zeros_like(lengths), lengths


STEPS = {
    "before a learner": [bs.SplitQuality(15, window=5), Knows()],
    "a learner": [Copies()],
    "a learner, before another": [Copies(), Knows()],
    "a function for each worker": [CopiesOfWorkers(copies=2)],
    "learnt, a function for each worker": [CopiesOfWorkers()],
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_reads_are_counted_and_rejected_in_order(steps, tmp_path):
    reads = long_reads()
    for step in steps:
        reads |= step
    made = reads.stream().read_all().num_rows
    for threads in (1, 4):
        rejected = tmp_path / f"rejected{threads}.parquet"
        strict = (reads | bs.MinLength(150)).with_options(threads=threads)
        report = strict.write_parquet(tmp_path / "out.parquet", rejected=rejected)
        lost = pq.read_table(rejected).column("name").to_pylist()
        numbers = [int(name[1:].partition("_s")[0]) for name in lost]
        assert numbers == sorted(numbers)
        assert len(lost) + report.reads_out == made > 400
        first = report.steps[0]
        assert (first.kind, first.reads_out, first.dropped) == ("splitter", made, 0)
        assert 0 < first.reads_split <= 400


def test_merged_reads_are_followed_before_a_learner(tmp_path):
    reads = PAIRS | bs.MergePairs() | Knows() | bs.MinLength(120)
    report = reads.write_parquet(tmp_path / "out.parquet", rejected=tmp_path / "rejected.parquet")
    lost = pq.read_table(tmp_path / "rejected.parquet")
    assert (report.steps[0].dropped, report.steps[0].pairs_merged) == (0, 212)
    assert lost.num_rows == report.steps[-1].dropped > 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("few", "of 800 reads comes from, as int64, not int64"), ("order", "in ascending order")],
)
def test_wrong_rows_are_an_error(wrong, said):
    with pytest.raises(SchemaError, match=f"copies: reshape.*{said}"):
        (long_reads() | Copies(copies=2, wrong=wrong)).run(DiscardSink())
