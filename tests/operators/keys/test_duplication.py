"""The rate and the levels of duplication, made of a sample of sequences."""

import random
from collections import Counter

import numpy as np
import pytest

from biometal_stream.operators.keys.duplication import LEVELS, Counted, Duplication
from biometal_stream.reports.records.sample import KEPT, Sample


def of(*hashes):
    return Counted(Sample.joining(None, np.array(hashes, np.uint64)), paired=False)


def test_levels_are_those_of_fastqc():
    copies = [1, 1, 2, 9, 10, 49, 50, 10_000, 123_456]
    found = Duplication.of(of(*(number + 1 for number, of in enumerate(copies) for _ in range(of))))
    assert found.sampled == 1
    assert found.rate == (sum(copies) - len(copies)) / sum(copies)
    wanted = Counter(max(level for level in LEVELS if level <= each) for each in copies)
    assert {each.copies: each.sequences for each in found.levels if each.sequences} == wanted
    assert [each.copies for each in found.levels] == list(LEVELS)
    assert sum(each.reads for each in found.levels) == sum(copies) == found.seen


def test_the_rate_of_a_sample_is_near_that_of_all_also_if_one_sequence_prevails():
    draw = random.Random(5)
    hashes = [draw.randrange(1, 2**64) for _ in range(100_000)]
    for copies in (0, 300_000):
        repeated = [draw.randrange(2**60, 2**64)] * copies
        state = of(*hashes, *hashes[:40_000]).merged(of(*repeated))
        found = Duplication.of(state)
        assert found.sampled == 0.25
        assert len(state.sample.hashes) <= KEPT
        assert found.rate == pytest.approx(1 - (100_000 + bool(copies)) / found.seen, abs=0.02)
        assert found.findings[0].startswith("about ")


def test_no_reads_have_no_rate():
    found = Duplication.of(of())
    assert (found.seen, found.rate, found.findings) == (0, 0.0, ())
