"""K-mers by FastQC's definition."""

import random
from collections import Counter

import numpy as np
import pytest

import biometal_stream as bs
from biometal_stream.reports.quality.base_groups import base_groups
from biometal_stream.reports.quality.binomial import upper_tail
from biometal_stream.reports.quality.modules.kmers import _FIRSTS
from tests.reports.quality.counted import quality, reads, table


def sequences(length, number=120):
    draw = random.Random(length)
    made = ["".join(draw.choices("AC", k=length)) for _ in range(number)]
    for place in range(0, number, 4):
        made[place] = made[place][:15] + "GATTACA" + made[place][22:]
    return [*made, made[0].lower(), made[1][:10] + "N" + made[1][11:], "", "ACG"]


def fastqc(texts):
    """FastQC's numbers of each k-mer that it would show, in 32 bits as there."""
    longest = min(500, max(map(len, texts)))
    groups = base_groups(longest - 6)
    counts = Counter()
    for text in texts:
        for place in range(min(len(text), 500) - 6):
            kmer = text[place : place + 7].upper()
            if "N" not in kmer:
                counts[kmer, place + 1] += 1
    totals, by_place = Counter(), Counter()
    for (kmer, cycle), count in counts.items():
        totals[kmer] += count
        by_place[cycle] += count
    cycles = [range(group.first, group.last + 1) for group in groups]
    trials = np.array([sum(by_place[cycle] for cycle in some) for some in cycles])
    found = {}
    for kmer, total in totals.items():
        share = np.float32(total) / np.float32(sum(totals.values()))
        hits = np.array([sum(counts[kmer, cycle] for cycle in some) for some in cycles])
        ratios = hits.astype(np.float32) / (share * trials.astype(np.float32))
        many = ratios > 5
        tail = upper_tail(hits[many], trials[many], np.full(many.sum(), float(share)))
        lowest = min((1 - (1 - tail)) * 4**7, default=1)
        if lowest < 0.01:
            best = groups[int(np.argmax(ratios))]
            found[kmer] = (total, lowest, float(max(ratios)), best.first, best.last)
    return found


@pytest.mark.parametrize("length", [60, 150, 400, 520])
def test_numbers_are_those_of_fastqc(length):
    texts = sequences(length)
    rows = table(quality(*(reads(texts[part::3]) for part in range(3)), kmers=True), "kmers")
    wanted = fastqc(texts)
    assert len(rows) == min(20, len(wanted))
    assert {row[0] for row in rows} & {"GATTACA", "ATTACAA", "ATTACAC", "AGATTAC", "CGATTAC"}
    for kmer, *numbers in rows:
        assert numbers == pytest.approx(list(wanted[kmer]), rel=1e-6)
    ratios = [row[3] for row in rows]
    assert ratios == sorted(ratios, reverse=True)


def test_groups_of_cycles_are_whole_bins():
    for longest in range(7, 501):
        assert {group.first for group in base_groups(longest - 6)} <= {*_FIRSTS.tolist()}


def test_kmers_are_counted_only_if_asked_for():
    found = quality(reads(sequences(60)))
    assert table(found, "kmers") == []
    assert "kmers_by_cycle" not in found.state["reads"]


@pytest.mark.parametrize("texts", [[], [""], ["ACGTAC"], ["N" * 40], ["ACGTACG"]])
def test_few_bases_have_no_rows(texts):
    assert table(quality(reads(texts), kmers=True), "kmers") == []


def test_the_command_line_has_it(capsys):
    from biometal_stream.cli.main import main

    assert main(["quality-control", "--help"]) == 0
    assert "--kmers" in capsys.readouterr().out
    assert bs.QualityControl(kmers=True).kmers
