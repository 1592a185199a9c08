"""Cutting what follows the insert, whatever it is."""

import random

import pytest

import biometal_stream as bs
from biometal_stream.errors import DataError, SchemaError
from tests.operators.library import batch_of, library, pair, with_errors
from tests.operators.plain import reverse_complement

ADAPTERS = "AGATCGGAAGAGCACACGTCTGAACTCCAGTCAC", "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGTA"


def with_umis(inserts, length=100, rate=0.005):
    """Reads that begin with a UMI of 8 bases, and run through that of the mate to the adapter."""
    numbers = random.Random(3)
    pairs = []
    for insert in inserts:
        first, second = ("".join(numbers.choices("ACGT", k=8)) for _ in range(2))
        whole = first + insert + reverse_complement(second)
        mates = [
            with_errors((strand + adapter + "G" * 100)[:length], rate, numbers)
            for strand, adapter in zip((whole, reverse_complement(whole)), ADAPTERS, strict=True)
        ]
        pairs.append((mates[0][0], mates[1][0], mates[0][1], mates[1][1]))
    return batch_of(*pairs)


@pytest.mark.parametrize("adapters", [False, True])
def test_reads_are_cut_before_the_umi_of_the_mate(adapters):
    inserts = [insert[:70] if len(insert) < 90 else insert for insert in library(400, mean=95)]
    batch = with_umis(inserts)
    if adapters:
        batch = bs.TrimAdapters(kit="truseq")(batch)
    extracted = bs.Extract(read_structure=("8M+T", "8M+T"))(batch)
    found = bs.TrimOverhangs()(extracted)
    wrong = sum(
        len(row["sequence"]) != min(len(insert), 92)
        for number, insert in enumerate(inserts)
        for row in found.slice(2 * number, 2).to_pylist()
    )
    assert wrong <= 4  # of 800
    assert bs.TrimOverhangs()(found) == found


def test_what_does_not_overlap_stays_and_merged_reads_too():
    inserts = library(40, mean=190)
    batch = with_umis(inserts)
    mixed = bs.MergePairs()(batch)
    found = bs.TrimOverhangs()(mixed)
    assert found.column("mate").to_pylist() == mixed.column("mate").to_pylist()
    for row, other in zip(found.to_pylist(), mixed.to_pylist(), strict=True):
        if row["mate"] is None:
            assert row == other


def test_mates_that_change_places_are_cut_alike():
    batch = with_umis(library(60, mean=80), rate=0.03)
    rows = batch.to_pylist()
    swapped = batch_of(
        *(
            (two["sequence"], one["sequence"], two["quality"], one["quality"])
            for one, two in zip(rows[0::2], rows[1::2], strict=True)
        )
    )
    cut = bs.TrimOverhangs()(batch).column("sequence").to_pylist()
    other = bs.TrimOverhangs()(swapped).column("sequence").to_pylist()
    assert cut[0::2] == other[1::2]
    assert cut[1::2] == other[0::2]


def test_what_is_refused():
    batch = batch_of(pair("ACGTTGCA" * 9))
    with pytest.raises(SchemaError, match="trim-overhangs compares the mates of pairs, and needs"):
        bs.TrimOverhangs()(batch.drop_columns(["mate"]))
    with pytest.raises(DataError, match="must alternate"):
        bs.TrimOverhangs()(batch.slice(1, 1))
