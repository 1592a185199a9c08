"""Bases and scores by cycle."""

from __future__ import annotations

import statistics
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import DataError
from biometal_stream.reports.quality.modules.per_cycle import PerCycle
from tests.reports.quality.batches import batch, rows, state_of, total

PER_CYCLE = PerCycle()


def text(scores: list[int]) -> str:
    return "".join(chr(33 + score) for score in scores)


def test_letters_of_any_case_and_other_letters() -> None:
    state = state_of(batch(["ACGTUN", "acgtun", "R-", ""]), PER_CYCLE)
    found = rows(PER_CYCLE, state, "per_cycle")
    kinds = ("a", "c", "g", "t", "n", "other")
    assert [[row[kind] for kind in kinds] for row in found] == [
        [2, 0, 0, 0, 0, 1],
        [0, 2, 0, 0, 0, 1],
        [0, 0, 2, 0, 0, 0],
        [0, 0, 0, 2, 0, 0],
        [0, 0, 0, 2, 0, 0],
        [0, 0, 0, 0, 2, 0],
    ]
    assert [row["bases"] for row in found] == [3, 3, 2, 2, 2, 2]
    assert found[0]["mean_quality"] is None
    assert found[0]["median"] is None
    assert found[0]["quality_a"] is None
    assert rows(PER_CYCLE, state, "qualities_by_cycle") == []


@given(st.lists(st.tuples(st.sampled_from("ACGTNU"), st.integers(0, 93)), min_size=1, max_size=300))
def test_figures_of_a_cycle(found: list[tuple[str, int]]) -> None:
    """One base a read."""
    state = state_of(batch([base for base, _ in found], [text([q]) for _, q in found]), PER_CYCLE)
    (row,) = rows(PER_CYCLE, state, "per_cycle")
    scores = sorted(score for _, score in found)
    assert row["mean_quality"] == pytest.approx(statistics.mean(scores))
    for name, percent in [
        ("percentile_10", 10),
        ("lower_quartile", 25),
        ("median", 50),
        ("upper_quartile", 75),
        ("percentile_90", 90),
    ]:
        assert row[name] == scores[max(1, len(scores) * percent // 100) - 1]
    for base in "ACGT":
        own = [score for each, score in found if each.replace("U", "T") == base]
        wanted = pytest.approx(statistics.mean(own)) if own else None
        assert row[f"quality_{base.lower()}"] == wanted
    by_score = rows(PER_CYCLE, state, "qualities_by_cycle")
    assert {each["quality"]: each["bases"] for each in by_score} == Counter(scores)


def test_long_reads_have_bins_of_several_cycles() -> None:
    length = 10_150
    state = state_of(batch(["A" * length], [text([20]) * length]), PER_CYCLE)
    found = rows(PER_CYCLE, state, "per_cycle")
    assert [(row["first_cycle"], row["last_cycle"], row["a"]) for row in found[997:1000]] == [
        (998, 998, 1),
        (999, 999, 1),
        (1000, 1009, 10),
    ]
    last = found[-1]
    assert (last["first_cycle"], last["last_cycle"], last["bases"]) == (10_100, 10_199, 51)
    assert sum(row["bases"] for row in found) == length
    assert {row["mean_quality"] for row in found} == {20}


def test_only_qualities() -> None:
    state = state_of(batch(None, [text([2, 30]), text([4])]), PER_CYCLE)
    one, two = rows(PER_CYCLE, state, "per_cycle")
    assert (one["bases"], one["mean_quality"], one["a"]) == (2, 3.0, None)
    assert (two["bases"], two["mean_quality"], two["median"]) == (1, 30.0, 30)


def test_mates_are_apart() -> None:
    reads = batch(["AA", "CCC", "AA", "C"], None, [1, 2, 1, 2])
    found = rows(PER_CYCLE, state_of(reads, PER_CYCLE), "per_cycle")
    assert [(row["group"], row["first_cycle"], row["a"], row["c"]) for row in found] == [
        ("mate 1", 1, 2, 0),
        ("mate 1", 2, 2, 0),
        ("mate 2", 1, 0, 2),
        ("mate 2", 2, 0, 1),
        ("mate 2", 3, 0, 1),
    ]


@pytest.mark.parametrize("reads", [batch([], []), batch(["", ""], ["", ""]), batch(None)])
def test_without_bases_the_tables_have_no_rows(reads: pa.RecordBatch) -> None:
    for state in ({}, state_of(reads, PER_CYCLE)):
        tables = PER_CYCLE.tables(state)
        assert [table.num_rows for table in tables.values()] == [0, 0]
        assert tables["per_cycle"].column_names[:4] == [
            "group",
            "first_cycle",
            "last_cycle",
            "bases",
        ]


@pytest.mark.parametrize("wrong", [" ", "\x7f", "\t", "\0"])
def test_what_is_not_phred33_is_an_error(wrong: str) -> None:
    with pytest.raises(DataError, match=r"not Phred\+33"):
        state_of(batch(["A" * 200] * 9, ["I" * 200] * 8 + ["I" * 199 + wrong]), PER_CYCLE)


def test_lengths_that_differ_are_an_error() -> None:
    with pytest.raises(DataError, match="differ in length in row 1"):
        state_of(batch(["ACGT", "ACGT"], ["IIII", "III"]), PER_CYCLE)


def test_reads_without_qualities_count_their_bases() -> None:
    """Nulls, and reports of reads with and without qualities that are added."""
    sequences, qualities = ["ACGTA", "AC", "AA", ""], [None, "I5", "!I", None]
    apart = [
        state_of(batch(sequences[:1]), PER_CYCLE),
        state_of(batch(["AC", "AA"], ["I5", "!I"]), PER_CYCLE),
    ]
    for state in (state_of(batch(sequences, qualities), PER_CYCLE), total(apart)):
        found = rows(PER_CYCLE, state, "per_cycle")
        assert [row["bases"] for row in found] == [3, 3, 1, 1, 1]
        assert [row["a"] for row in found] == [3, 1, 0, 0, 1]
        assert [row["mean_quality"] for row in found] == [20, 30, None, None, None]
        assert [row["quality_a"] for row in found] == [20, 40, None, None, None]
        assert [row["quality_c"] for row in found] == [None, 20, None, None, None]
        assert [row["median"] for row in found] == [0, 20, None, None, None]


def test_nulls_of_mates() -> None:
    reads = batch(["A", "CC", "G", "TT"], ["I", None, None, "I5"], [1, 2, 1, 2])
    found = rows(PER_CYCLE, state_of(reads, PER_CYCLE), "per_cycle")
    assert [(row["group"], row["bases"], row["mean_quality"]) for row in found] == [
        ("mate 1", 2, 40),
        ("mate 2", 2, 40),
        ("mate 2", 2, 20),
    ]


def test_reads_with_both_must_have_as_many_of_each() -> None:
    with pytest.raises(DataError, match="differ in length"):
        state_of(batch(["ACGT", "AC"], ["III", None]), PER_CYCLE)
