"""Trimming adapters by rules: the options, and small reads that show each rule."""

from __future__ import annotations

import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.interfaces import has_to_learn
from biometal_stream.operators.adapters.counts import MatchedAdapters
from biometal_stream.view import BatchView
from tests.operators.adapters.libraries import library
from tests.operators.test_match_adapters import ADAPTER, READ, reads, values


def trimmed(*sequences, **settings):
    """What is left of single reads."""
    return values(bs.TrimAdapters(**settings)(reads(*sequences)))


@pytest.mark.parametrize(
    ("settings", "read", "left"),
    [
        ({"min_overlap": 3}, READ + "AGA", READ),
        ({"min_overlap": 4}, READ + "AGA", READ + "AGA"),
        ({"error_rate": 0.1}, READ + "AGATCGGTAGAGC", READ),
        ({"error_rate": 0.0}, READ + "AGATCGGTAGAGC", READ + "AGATCGGTAGAGC"),
        ({"error_rate": 2}, READ + "AGTTCGGTAGAGCCA", READ),
        ({"error_rate": 0.1}, READ + "AGATCGGGAAGAGC", READ),
        ({"indels": False}, READ + "AGATCGGGGAAGAGCC", READ + "AGATCGGGGAAGAGCC"),
        ({"match_read_wildcards": True}, READ + "NNATCGGAAGAGC", READ),
        ({"times": 1}, READ + "NNATCGGAAGAGC", READ + "NNATCGGAAGAGC"),
    ],
)
def test_rules(settings, read, left):
    assert trimmed(read, adapter=[ADAPTER], **settings) == [left]


@pytest.mark.parametrize(
    ("end", "adapter", "read", "left"),
    [
        ("front", ADAPTER, "TT" + ADAPTER + READ, READ),
        ("front", ADAPTER, "AGAGC" + READ, READ),
        ("front", "^" + ADAPTER, "TT" + ADAPTER + READ, "TT" + ADAPTER + READ),
        ("front", "^" + ADAPTER, ADAPTER + READ, READ),
        ("front", "X" + ADAPTER, "TT" + ADAPTER + READ, "TT" + ADAPTER + READ),
        ("front", "X" + ADAPTER, "GAGC" + READ, READ),
        ("front", "CATG;rightmost", "CATGAACATGAA", "AA"),
        ("front", "CATG", "CATGAACATGAA", "AACATGAA"),
        ("adapter", "CATG;rightmost", "AACATGAACATGAA", "AACATGAA"),
        ("adapter", ADAPTER + "$", READ + ADAPTER + "CC", READ + ADAPTER + "CC"),
        ("adapter", ADAPTER + "$", READ + ADAPTER, READ),
        ("adapter", ADAPTER + "X", READ + "AGATC", READ),
        ("adapter", ADAPTER + "X", READ + ADAPTER + "TTTT", READ + ADAPTER + "TTTT"),
        ("anywhere", ADAPTER, ADAPTER + READ, READ),
        ("anywhere", ADAPTER, READ + ADAPTER + "TTT", READ),
        ("adapter", "AGNTYGGA", READ + "AGCTCGGATTT", READ),
        ("adapter", "GGATT...AGATCG", "TGGATT" + READ + "AGATCGCC", READ),
        ("adapter", "GGATT...AGATCG", READ + "AGATCGCC", READ),
        ("adapter", "^GGATT...AGATCG", READ + "AGATCGCC", READ + "AGATCGCC"),
        ("front", "GGATT...AGATCG", READ + "AGATCGCC", READ + "AGATCGCC"),
        ("front", "GGATT;optional...AGATCG", READ + "AGATCGCC", READ),
    ],
)
def test_kinds_of_adapters(end, adapter, read, left):
    assert trimmed(read, **{end: [adapter]}, min_overlap=3) == [left]


def test_the_best_of_several_adapters_is_removed():
    settings = {"adapter": ["GGCATTA", "GGCATTACC"], "front": ["CCAT"]}
    assert trimmed("CCATTTT" + "GGCATTACC", **settings) == ["CCATTTT"]
    assert trimmed("CCATTTT" + "GGCATTACC", times=2, **settings) == ["TTT"]


def test_barcodes_that_fit_equally_well_are_not_removed():
    settings = {"front": ["^ACGTAC", "^ACGTTC"], "error_rate": 1}
    assert trimmed("ACGTGCTTT", "ACGTACTTT", "ACGTTCTTT", **settings) == ["ACGTGCTTT", "TTT", "TTT"]


def test_an_adapter_at_the_end_of_a_short_read_is_removed_as_a_whole():
    """cutadapt leaves bases of it where another anchored adapter is longer."""
    assert trimmed("CCAAA", adapter=["GTTAGA$", "CCAAA$"], min_overlap=3) == [""]


def test_trimming_again_changes_nothing_where_no_adapter_is_left():
    once = trimmed(READ + ADAPTER + "CC", READ + "AGA", READ, adapter=[ADAPTER], min_overlap=3)
    assert trimmed(*once, adapter=[ADAPTER], min_overlap=3) == once


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_case_makes_no_difference(case):
    assert trimmed(case(READ + ADAPTER), adapter=[case(ADAPTER)], times=1) == [case(READ)]


def test_reads_need_no_qualities_by_rules(tmp_path):
    fasta, out = tmp_path / "reads.fa", tmp_path / "out.fa"
    fasta.write_text(f">a\n{READ}{ADAPTER}\n")
    line = "read", fasta, "trim-adapters", "--adapter", ADAPTER, "--error-rate", 0.1, "write", out
    assert main([*map(str, line), "--quiet"]) == 0
    assert out.read_text() == f">a\n{READ}\n"


@pytest.mark.parametrize("settings", [{"times": 1}, {"error_rate": 0.1}, {"min_overlap": 3}])
def test_adapters_may_be_found_first_and_then_matched_by_rules(settings):
    found = library(110, 30, number=2_000, paired=False).batch()
    learner = bs.TrimAdapters(**settings)
    assert has_to_learn(learner)
    learnt = learner.learn([found])
    assert not has_to_learn(learnt)
    kit = bs.TrimAdapters(kit="truseq", **settings)
    assert values(learnt(found)) == values(kit(found)) != values(found)


def test_a_file_has_adapters_of_both_mates_or_of_one(tmp_path):
    path = tmp_path / "adapters.fa"
    path.write_text(">both\nCCCCGGG\n>one/1\nAAAATTA\n>two/2\nGGTTGGA\n")
    pairs = reads("TTTTAAAATTA", "TTTTGGTTGGA", "TTTTGGTTGGA", "TTTTCCCCGGG", paired=True)
    left = bs.TrimAdapters(adapters=str(path), min_overlap=5)(pairs)
    assert values(left) == ["TTTT", "TTTT", "TTTTGGTTGGA", "TTTT"]


def test_the_result_counts_adapters_by_name():
    trimmer = bs.TrimAdapters(adapter=[f"one={ADAPTER}", "TTTTTTT"], times=1)
    assert trimmer.empty() == MatchedAdapters()
    one = MatchedAdapters(2, 1, 5, {"one": 1, "1": 0})
    assert trimmer.merge(one, one) == MatchedAdapters(4, 2, 10, {"one": 2, "1": 0})
    assert trimmer.finish(one) is one
    view = BatchView(reads(READ + ADAPTER, READ, "TTTTTTTT"))
    assert trimmer.observe(view) == MatchedAdapters(3, 2, 21, {"one": 1, "1": 1})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"adapter": ["ACZ"], "times": 1}, "'Z' is not an IUPAC code"),
        ({"adapter": ["ACGT"], "times": 1, "read_length": 100}, "rules use no insert-sizes"),
        ({"adapter": ["ACGT"], "action": "retain", "times": 2}, "leave out times"),
        ({"adapter": ["ACGT"], "min_overlap": 0}, "must be at least 1"),
        ({"adapter": ["ACGT"], "times": 0}, "must be at least 1"),
        ({"adapter": ["ACGNT"]}, "--error-rate 0.1"),
        ({"adapter": ["^ACGT"]}, "--error-rate 0.1"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        bs.TrimAdapters(**settings)


def test_a_file_that_is_missing_is_an_error_of_the_input():
    with pytest.raises(InputError, match="No such file"):
        bs.TrimAdapters(adapters="none.fa", times=1).output_schema(reads(READ).schema)
