"""`Screen` in whole runs, and what reports show of it."""

from __future__ import annotations

import json

import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.matching.counts import IndexMatches, MatchCounts, Matches
from biometal_stream.pipeline.plain import plain_object
from biometal_stream.sinks import DiscardSink
from tests.operators.matching import GENOMES, bases, batch_of, fastq, write_index

HUMAN, PHAGE = GENOMES["human"], GENOMES["phage"]
READS = [
    *(HUMAN[start : start + 60] for start in (0, 50, 100)),  # of the first alone
    PHAGE[40:100],
    HUMAN[-60:],  # of both
    bases(60, 9),
    "ACGT",
]


@pytest.fixture
def words(tmp_path):
    (tmp_path / "in.fq").write_bytes(fastq(READS))
    indexes = [f"{n}={write_index(tmp_path / n, [each])}" for n, each in GENOMES.items()]
    return ["read", str(tmp_path / "in.fq"), "screen", "--index", *indexes]


def result():
    counts = MatchCounts((3, 1), (1, 1), reads=7, matched=5, without_minimizers=1)
    return Matches.of(counts, tuple(GENOMES), matching="counted", shortest=15)


@pytest.mark.parametrize("threads", [1, 3])
def test_reads_are_counted_by_index(words, tmp_path, capsys, threads, monkeypatch):
    monkeypatch.setattr("biometal_stream.budget.Budget.chunk", 200)
    stats = tmp_path / "stats.json"
    options = ["--threads", str(threads), "--stats", str(stats)]
    assert main([*options, *words, "write", str(tmp_path / "out.fq")]) == 0
    assert json.loads(stats.read_text())["results"]["screen"] == plain_object(result())
    assert (tmp_path / "out.fq").read_bytes() == fastq(READS)
    shown = capsys.readouterr().err
    assert (
        "screen: 57.14 % of 7 reads match human, 28.57 % phage, 28.57 % none\n"
        "screen: 1 of 7 reads has no minimizer (shorter than 15 bases, or too many N)\n" in shown
    )
    assert (
        "index  matched    share  only this    share  several    share\n"
        "human        4  57.14 %          3  42.86 %        1  14.29 %\n" in shown
    )


def test_of_one_index_the_name_is_shown():
    counts = MatchCounts((3,), (0,), reads=7, matched=3, paired=True)
    found = Matches.of(counts, ("human",), matching="dropped", shortest=45)
    assert list(found.shown.values()) == [
        "pairs",
        "match human",
        "do not match",
        "of these, without a window of 45 bases: too short, or N",
    ]
    assert set(found.shares.values()) == {"reads"}


def test_pairs_count_once(words):
    source = bs.from_arrow(batch_of([HUMAN[:60], PHAGE[:60], "", bases(60, 9)], [1, 2] * 2))
    pipeline = source | bs.Screen(words[4:])
    found = pipeline.run(DiscardSink()).results["screen"]
    assert found.indexes == {"human": IndexMatches(0, 1), "phage": IndexMatches(0, 1)}
    assert (found.reads, found.matched, found.counted) == (2, 1, "pairs")
    assert found.findings[0] == "50.00 % of 2 pairs match human, 50.00 % phage, 50.00 % none"


def test_results_of_runs_add_up(words, tmp_path):
    assert result() + result() == Matches.of(
        MatchCounts((6, 2), (2, 2), reads=14, matched=10, without_minimizers=2),
        tuple(GENOMES),
        matching="counted",
        shortest=15,
    )
    reports = [tmp_path / f"{name}.json" for name in ("a", "b", "both")]
    for number, path in enumerate(reports[:2]):
        (tmp_path / f"{number}.fq").write_bytes(fastq([*READS, f"{'A' * number}C"]))
        line = ["read", str(tmp_path / f"{number}.fq"), *words[2:]]
        assert main([*line, "--report", str(path)]) == 0
    assert main(["report", "merge", *map(str, reports[:2]), "--output", str(reports[2])]) == 0
    found = json.loads(reports[2].read_text())["results"]["screen"]
    assert found["reads"] == 16
    assert found["indexes"]["human"] == {"only": 6, "several": 2}
    assert found["tables"]["matches"]["matched"] == [8, 4]
    assert main(["report", "convert", str(reports[2]), "--output", str(tmp_path / "both.txt")]) == 0
    shown = """
screen
reads                                                    16
match any index                                          10  62.50 %
match none                                                6  37.50 %
of these, without a window of 15 bases: too short, or N   4  25.00 %

screen matches
index  matched    share  only this    share  several    share
human        8  50.00 %          6  37.50 %        2  12.50 %
phage        4  25.00 %          2  12.50 %        2  12.50 %
"""
    assert (tmp_path / "both.txt").read_text().endswith(shown)


def test_without_reads_there_is_nothing_to_say(words):
    found = (
        (bs.from_arrow(batch_of([])) | bs.Screen(words[4:])).run(DiscardSink()).results["screen"]
    )
    assert (found.reads, found.findings) == (0, ())


def test_shipped_indexes_need_no_file(tmp_path):
    pipeline = bs.from_arrow(batch_of(["A" * 60])) | bs.Screen(["phix", "mt=human-mt"])
    found = pipeline.run(DiscardSink()).results["screen"]
    assert list(found.indexes) == ["phix", "mt"]


def test_an_index_is_needed():
    with pytest.raises(ConfigurationError, match=r"^screen: name an index"):
        bs.Screen()
