"""Adapters are found in the first reads, and nothing else is taken for one."""

import numpy as np
import pyarrow as pa
import pytest

from biometal_stream.operators.adapters.discovery import discover
from biometal_stream.operators.adapters.found import Found, findings
from biometal_stream.operators.adapters.kits import KITS
from biometal_stream.view import BatchView
from tests.operators.adapters.libraries import IMPOSTORS, bases, batch, library, turned


def found(reads):
    view = BatchView(reads)
    return discover(view, paired=view.paired)


@pytest.mark.parametrize("kit", ["truseq", "nextera", "small-rna"])
@pytest.mark.parametrize("paired", [True, False])
def test_a_kit_is_found_by_name(kit, paired):
    reads = library(130, 40, kit=kit, paired=paired)
    (each,) = found(reads.batch())
    assert each.kit == kit
    mates = KITS[kit][1 : 2 + paired]
    assert all(one.startswith(two[:30]) for one, two in zip(each.adapters, mates, strict=False))
    assert bool(each.adapters[1]) is paired
    assert 800 < each.reads <= 2_000


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("mean", "paired"), [(120, False), (220, False), (150, True), (220, True)])
def test_an_adapter_of_no_kit_is_found(seed, mean, paired):
    reads = library(mean, 50, 2_000, seed, kit=None, paired=paired)
    (each,) = found(reads.batch())
    assert each.kit is None
    for adapter, true in zip(each.adapters, reads.adapters[: 1 + paired], strict=False):
        assert adapter.startswith(true)


def test_mates_with_one_kit_and_reads_with_another_are_both_found():
    one, two = (library(130, 40, kit=kit, seed=3).batch() for kit in ("truseq", "nextera"))
    assert {each.kit for each in found(pa.concat_batches([one, two]))} == {"truseq", "nextera"}


@pytest.mark.parametrize("kind", IMPOSTORS)
def test_nothing_is_found_in_reads_without_adapters(kind):
    reads = IMPOSTORS[kind](np.random.default_rng(1))
    assert found(batch(reads)) == []
    pairs = [mate for read in reads for mate in (read, turned(read))]
    assert found(batch(pairs, mates=True)) == []


@pytest.mark.parametrize("reads", [[], ["", ""], ["A", "ACG"], ["N" * 50] * 40, ["A" * 50] * 40])
def test_few_or_odd_reads_show_nothing(reads):
    assert found(batch(reads)) == []
    assert found(batch(reads, mates=True)) == []


def test_equal_mates_of_different_lengths_show_nothing():
    random = np.random.default_rng(4)
    reads = [bases(random, 100)[: 100 - 50 * (place % 2)] for place in range(400)]
    assert found(batch(reads, mates=True)) == []


def test_findings_are_lines_for_users():
    kit = Found(("ACGT" * 6, "TTGA"), 12, "truseq", "overlap")
    other = Found(("ACGTACGTACGT", ""), 3, None, "by words")
    assert findings([kit], 50, "pairs") == [
        "kit truseq: ACGTACGTACGTACGTACGT... and TTGA in 12 of the first 50 pairs, 24.0 % (overlap)"
    ]
    assert findings([other], 200, "reads") == [
        "no known kit: ACGTACGTACGT in 3 of the first 200 reads, 1.5 % (by words)"
    ]
    assert findings([], 0, "reads") == ["no adapter in the first 0 reads; nothing is cut"]
