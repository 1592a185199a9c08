"""`CountDuplicates` in whole runs: the rate that `DropDuplicates` would drop, and its histogram."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import SchemaError
from biometal_stream.operators.keys import duplication
from biometal_stream.reports.records import sample
from biometal_stream.sinks import DiscardSink
from biometal_stream.view import BatchView
from tests.operators.test_drop_duplicates import batch_of, fastq

SEQUENCES = [
    f"{min(number % 1_500, 1_450):b}".translate(str.maketrans("01", "AC"))
    for number in range(2_000)
]
"""1,451 different ones: 950 once, 500 twice, one 50 times."""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("duplicates") / "in.fq"
    path.write_bytes(fastq(SEQUENCES))
    return path


def result(pipeline):
    return (pipeline | bs.Select(["name"])).run(DiscardSink()).results["count-duplicates"]


@pytest.mark.parametrize("bases", [None, 3])
def test_the_rate_is_what_would_be_dropped(path, bases):
    found = result(bs.read_fastq(path) | bs.CountDuplicates(bases=bases))
    copies = Counter(each[:bases] for each in SEQUENCES)
    assert found.rate == pytest.approx(1 - len(copies) / 2_000)
    assert (found.seen, found.sampled, found.paired) == (2_000, 1.0, False)
    assert sum(level.sequences for level in found.levels) == len(copies)
    at_least_ten = sum(each for each in copies.values() if each >= 10)
    assert sum(level.reads for level in found.levels if level.copies >= 10) == at_least_ten
    dropped = (bs.read_fastq(path) | bs.DropDuplicates(bases=bases) | bs.Select(["name"])).run(
        DiscardSink()
    )
    assert dropped.results["drop-duplicates"].rate == pytest.approx(found.rate)


@settings(max_examples=8, deadline=None)
@given(threads=st.sampled_from([1, 3]), chunk=st.sampled_from([2_000, 9_000, 10**6]))
def test_every_number_of_threads_and_batches_gives_the_same_sample(path, threads, chunk):
    pipeline = bs.read_fastq(path) | bs.CountDuplicates()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "KEPT", 50)
        wanted = bs.CountDuplicates().observe(BatchView(batch_of(SEQUENCES)))
        patch.setattr("biometal_stream.budget.Budget.chunk", chunk)
        found = result(pipeline.with_options(threads=threads))
    assert found == duplication.Duplication.of(wanted)
    assert found.sampled == 1 / 32


def test_pairs_are_counted_as_pairs():
    batch = batch_of(["A", "C", "A", "C", "A", "G"], mates=True)
    found = result(bs.from_arrow(batch) | bs.CountDuplicates())
    assert (found.seen, found.paired, found.rate) == (3, True, pytest.approx(1 / 3))
    assert found.findings == ("33.33 % of 3 pairs are duplicates",)


def test_either_strand_may_count():
    batch = batch_of(["AACG", "CGTT", "AACG"])
    assert result(bs.from_arrow(batch) | bs.CountDuplicates()).rate == pytest.approx(1 / 3)
    either = bs.CountDuplicates(either_strand=True)
    assert result(bs.from_arrow(batch) | either).rate == pytest.approx(2 / 3)
    with pytest.raises(SchemaError, match="leave bases out"):
        bs.CountDuplicates(either_strand=True, bases=3)(batch)


def test_the_command_line_prints_the_rate_and_the_histogram(path, tmp_path, capsys):
    stats = tmp_path / "stats.json"
    words = ["count-duplicates", "--stats", str(stats), "write", str(tmp_path / "out.fq")]
    assert main(["read", str(path), *words]) == 0
    shown = capsys.readouterr().err
    copies = Counter(Counter(SEQUENCES).values())
    assert "copies      sequences  reads  share of reads" in shown
    assert f"{copies[2]:,}" in next(each for each in shown.split("\n") if each.startswith("2 "))
    assert "count-duplicates: 27.45 % of 2,000 reads are duplicates" in shown
    found = json.loads(stats.read_text())["results"]["count-duplicates"]
    assert found["levels"][1] == {"copies": 2, "sequences": copies[2], "reads": 2 * copies[2]}
    assert (tmp_path / "out.fq").read_bytes() == path.read_bytes()
