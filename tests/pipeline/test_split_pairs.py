"""The pairs in the table of steps, with reads that have lost their mates and without."""

from dataclasses import asdict

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError
from biometal_stream.reports.text.steps import step_table
from biometal_stream.sinks import DiscardSink
from tests.operators.library import erroneous, library

LENGTHS = [(30, 60), (60, 60), (60, 20), (70, 10), (80, 90), (5, 5)]


@pytest.fixture
def mates(tmp_path):
    paths = [tmp_path / f"R{mate}.fq" for mate in (1, 2)]
    for mate, path in enumerate(paths):
        reads = [(number, lengths[mate]) for number, lengths in enumerate(LENGTHS)]
        path.write_text("".join(f"@r{n}\n{'A' * size}\n+\n{'I' * size}\n" for n, size in reads))
    return paths


def steps(mates, tmp_path, pairs, threads=1):
    pipeline = bs.read_fastq(mates[0], mate=mates[1]) | bs.TrimFixed(front=1) | bs.MinLength(49)
    pipeline = (pipeline | bs.MinLength(65)).with_options(pairs=pairs, threads=threads)
    return pipeline.write_parquet(tmp_path / "out.parquet").steps


@pytest.mark.parametrize("pairs", ["both", "either"])
def test_whole_pairs_are_counted(mates, tmp_path, pairs):
    passes = all if pairs == "both" else any
    left = LENGTHS
    trim, *filters = steps(mates, tmp_path, pairs)
    assert (trim.pairs_in, trim.pairs_out) == (6, 6)
    for step, least in zip(filters, (50, 66), strict=True):
        before, left = left, [pair for pair in left if passes(size >= least for size in pair)]
        assert (step.pairs_in, step.pairs_out) == (len(before), len(left))


@pytest.mark.parametrize("threads", [1, 3])
def test_pairs_that_may_be_split_are_not_guessed(mates, tmp_path, threads):
    """Half of the reads that are left are no pairs: 6 of them, with one pair that is whole."""
    trim, first, second = steps(mates, tmp_path, "split", threads)
    assert (trim.pairs_in, trim.pairs_out, first.pairs_in) == (6, 6, 6)
    assert (first.pairs_out, second.pairs_in, second.pairs_out) == (None, None, None)
    assert (first.reads_out, second.reads_in, second.reads_out) == (7, 7, 3)
    _, rows = step_table([asdict(step) for step in (trim, first, second)])
    assert [row[3:5] for row in rows] == [("6", "6"), ("6", "-"), ("-", "-")]


BATCH = erroneous(library(300, mean=150))
PAIRS = bs.from_arrow(pa.Table.from_batches([BATCH]))
BEFORE = [
    bs.TrimAdapters(kit="truseq", insert_sizes="0:0.01,150+:0.9"),
    bs.TrimOverhangs(),
    bs.CorrectPairs(),
    bs.Measure(("insert_size", "overlap")),
    bs.CheckNames(),
    bs.SummarizeInserts(),
    bs.CountDuplicates(),
]


@pytest.mark.parametrize("step", BEFORE, ids=lambda step: step.name)
@pytest.mark.parametrize("threads", [1, 3])
def test_steps_before_the_first_filter_see_pairs(step, threads, tmp_path):
    split = (PAIRS | step).with_options(pairs="split", threads=threads)
    assert split.stream().read_all() == (PAIRS | step).stream().read_all()
    whole = (PAIRS | step | bs.MinLength(1)).write_parquet(tmp_path / "whole.parquet")
    report = (split | bs.MinLength(1)).write_parquet(
        tmp_path / "o.parquet", orphans=tmp_path / "orphans.parquet"
    )
    assert report.results == whole.results
    assert [report.steps[-1].pairs_in, report.steps[-1].pairs_out] == [300, None]


@pytest.mark.parametrize(
    "step",
    [
        bs.CorrectPairs(),
        bs.TrimOverhangs(),
        bs.SummarizeInserts(),
        bs.MergePairs(),
        bs.Measure(("overlap",)),
    ],
)
def test_steps_that_compare_mates_come_before_the_filters(step):
    reads = (PAIRS | bs.MaxExpectedErrors(0.6) | step).with_options(pairs="split")
    with pytest.raises(ConfigurationError, match=f"put {step.name} before the filters"):
        reads.stream()


def test_no_step_after_a_filter_sees_pairs():
    reads = PAIRS.with_options(pairs="split") | bs.MaxExpectedErrors(0.6)
    for between in (bs.MinLength(1), bs.Select(("sequence", "quality", "mate")), bs.Sample(1.0)):
        with pytest.raises(DataError, match="some reads have lost theirs"):
            (reads | between | bs.Where("overlap > 3")).stream().read_all()


def test_names_are_checked_where_pairs_are_split():
    twice = bs.from_arrow(pa.Table.from_batches([BATCH, BATCH])).with_options(pairs="split")
    with pytest.raises(DataError, match="'p0' occurs twice: pairs 1 and 301 have it"):
        (twice | bs.CheckNames() | bs.MinLength(1)).run(DiscardSink())
    strict = bs.MaxExpectedErrors(0.6)
    once = PAIRS.with_options(pairs="split") | strict
    assert (once | bs.CheckNames()).stream().read_all() == once.stream().read_all()
    with pytest.raises(DataError, match=r"occurs twice: reads \d+ and \d+ have it"):
        (twice | strict | bs.CheckNames()).run(DiscardSink())
