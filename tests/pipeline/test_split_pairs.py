"""The pairs in the table of steps, with reads that have lost their mates and without."""

import pytest

import biometal_stream as bs
from biometal_stream.pipeline.step_table import step_table

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
    _, rows = step_table((trim, first, second))
    assert [row[3:5] for row in rows] == [("6", "6"), ("6", "-"), ("-", "-")]
