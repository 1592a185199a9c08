"""Merging mates: what becomes one read, and what later steps see."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from tests.operators.library import batch_of, erroneous, library, pair
from tests.operators.plain import reverse_complement

INSERT = library(1, seed=5, mean=150)[0][:130]


def merged(batch, **settings):
    return bs.MergePairs(**settings)(batch).to_pylist()


@pytest.mark.parametrize("algorithm", ["posterior", "fastp", "vsearch", "adapterremoval"])
def test_a_pair_becomes_its_insert(algorithm):
    rows = merged(batch_of(pair(INSERT)), algorithm=algorithm)
    (row,) = rows
    assert row["sequence"] == INSERT
    assert (row["name"], row["description"], row["mate"]) == ("p0", "1:N:0:A", None)
    agreed = {"posterior": "J", "vsearch": "J", "fastp": "I", "adapterremoval": "I"}[algorithm]
    assert row["quality"] == "I" * 30 + agreed * 70 + "I" * 30


@pytest.mark.parametrize("algorithm", ["posterior", "fastp", "vsearch", "adapterremoval"])
def test_other_pairs_stay_in_their_place(algorithm):
    other = "".join(library(2, seed=9, mean=300))[:500]
    batch = batch_of(pair(INSERT), pair(other), pair(INSERT))
    rows = merged(batch, algorithm=algorithm)
    assert [row["mate"] for row in rows] == [None, 1, 2, None]
    assert rows[1:3] == batch.slice(2, 2).to_pylist()
    (first, second) = merged(batch, algorithm=algorithm, drop_unmerged=True)
    assert first["sequence"] == second["sequence"] == INSERT
    assert "mate" not in first


def test_bases_after_the_insert_are_left_out():
    (row,) = merged(batch_of(pair(INSERT[:70], after="AGATCGGAAGAGCACACGTCTGAACTCCAG")))
    assert row["sequence"] == INSERT[:70]


def with_error(quality="+"):
    """A pair in which base 60 of mate 1 is wrong."""
    one, two, *qualities = pair(INSERT)
    wrong = "A" if one[60] != "A" else "C"
    bad = qualities[0][:60] + quality + qualities[0][61:]
    return batch_of((one[:60] + wrong + one[61:], two, bad, qualities[1]))


@pytest.mark.parametrize(
    ("algorithm", "score"),
    [("posterior", "?"), ("vsearch", "?"), ("adapterremoval", "?"), ("fastp", "I")],
)
def test_the_better_base_stays(algorithm, score):
    (row,) = merged(with_error(), algorithm=algorithm)
    assert (row["sequence"], row["quality"][60]) == (INSERT, score)


def test_fastp_takes_mate_1_where_it_corrects_neither():
    (row,) = merged(with_error("0"), algorithm="fastp")  # Q15: too good to be corrected
    assert row["sequence"][60] != INSERT[60]
    assert row["quality"][60] == "0"


def test_bases_of_equal_quality_become_n_where_neither_is_likelier():
    batch = with_error("I")
    for settings in ({}, {"algorithm": "adapterremoval"}):
        (row,) = merged(batch, **settings)
        assert (row["sequence"][60], row["quality"][60]) == ("N", "!")
    (row,) = merged(batch, algorithm="vsearch")  # takes mate 2
    assert row["sequence"][60] == INSERT[60]


@pytest.mark.parametrize("strategy", ["maximum", "additive"])
def test_the_strategies_of_adapterremoval(strategy):
    (row,) = merged(
        batch_of(pair(INSERT, quality="5")), algorithm="adapterremoval", strategy=strategy
    )
    expected = {"maximum": "5", "additive": "I"}[strategy]
    assert row["quality"] == "5" * 30 + expected * 70 + "5" * 30


def test_inserts_of_a_library_are_found_again():
    inserts = library(300)
    rows = merged(erroneous(inserts))
    found = {row["name"]: row["sequence"] for row in rows if row["mate"] is None}
    whole = {f"p{n}": each for n, each in enumerate(inserts) if len(each) <= 188}
    assert found.keys() <= {f"p{n}" for n, each in enumerate(inserts) if len(each) < 200}
    assert len(whole.keys() - found.keys()) <= 3
    bases = sum(map(len, found.values()))
    wrong = sum(
        base != right
        for name, text in found.items()
        for base, right in zip(text, inserts[int(name[1:])], strict=True)
    )
    assert wrong / bases < 0.008  # of 1 % in each mate
    assert all(len(found[name]) == len(inserts[int(name[1:])]) for name in found)


def test_repeats_are_not_merged():
    unit = "ACACACACACAC" * 9
    assert len(merged(batch_of(pair(unit[:100], 60)))) == 2
    assert len(merged(batch_of(("A" * 90, "T" * 90, "I" * 90, "I" * 90)))) == 2


@given(seed=st.integers(0, 10_000), length=st.sampled_from([100, 60]))
def test_mates_that_change_places_merge_to_the_other_strand(seed, length):
    inserts = library(3, seed=seed, length=length, mean=1.3 * length)
    batch = erroneous(inserts, length=length, rate=0.03)
    order = np.arange(batch.num_rows).reshape(-1, 2)[:, ::-1].ravel()
    swapped = batch.take(pa.array(order))
    swapped = swapped.set_column(4, batch.schema.field(4), batch.column("mate"))
    swapped = swapped.set_column(0, batch.schema.field(0), batch.column("name"))
    one, two = merged(batch), merged(swapped)
    assert [row["mate"] for row in one] == [row["mate"] for row in two]
    for row, other in zip(one, two, strict=True):
        if row["mate"] is None:
            assert row["sequence"] == reverse_complement(other["sequence"])
            assert row["quality"] == other["quality"][::-1]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_any_kind_of_text(kind):
    batch = erroneous(library(20))
    columns = [
        batch.column(name).cast(kind) if name != "mate" else batch.column(name)
        for name in batch.schema.names
    ]
    other = pa.RecordBatch.from_arrays(columns, batch.schema.names)
    assert merged(other) == merged(batch)


def test_lower_case_and_empty_reads():
    one, two, *qualities = pair(INSERT)
    (row,) = merged(batch_of((one.lower(), two, *qualities)))
    assert row["sequence"] == INSERT
    assert len(merged(batch_of(("", "", "", ""), (one, "", qualities[0], "")))) == 4


def test_limits():
    batch = with_error()
    assert len(merged(batch, max_mismatches=1)) == 1
    assert len(merged(batch, max_mismatches=0)) == 2
    assert len(merged(batch, max_mismatch_rate=0.01)) == 2
    assert len(merged(batch, min_overlap=71)) == 2


def test_what_is_refused():
    single = batch_of(pair(INSERT)).drop_columns(["mate"])
    with pytest.raises(SchemaError, match="merge-pairs compares the mates of pairs, and needs"):
        bs.MergePairs()(single)
    with pytest.raises(ConfigurationError, match="strategy is for adapterremoval, not for fastp"):
        bs.MergePairs(algorithm="fastp", strategy="additive")
    with pytest.raises(ConfigurationError, match="min-overlap must be 5 or more for vsearch"):
        bs.MergePairs(algorithm="vsearch", min_overlap=4)
    measured = bs.Measure(("length",))(batch_of(pair(INSERT)))
    with pytest.raises(SchemaError, match="column 'length' describes the whole reads"):
        bs.MergePairs()(measured)
    scores = bs.DecodeQuality()(batch_of(pair(INSERT)))
    with pytest.raises(SchemaError, match="cannot merge column 'phred', which has a value for"):
        bs.MergePairs()(scores)
    twice = bs.MergePairs()(batch_of(pair(INSERT)))
    with pytest.raises(DataError, match="put merge-pairs before that step"):
        bs.MergePairs()(twice)


@pytest.mark.parametrize("pairs", ["both", "split"])
def test_merged_reads_are_counted_also_if_mates_are_filtered_apart(pairs, tmp_path):
    other = "".join(library(2, seed=9, mean=300))[:500]
    batch = batch_of(pair(INSERT), pair(other), pair(INSERT))
    pipeline = bs.from_arrow(batch).with_options(pairs=pairs) | bs.MergePairs() | bs.MinLength(1)
    found = pipeline.write_parquet(tmp_path / "out.parquet").results["merge-pairs"]
    assert (found.merged, found.unmerged, found.lengths) == (2, 1, {130: 2})
