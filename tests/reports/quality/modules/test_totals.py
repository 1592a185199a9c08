"""Reads and bases in all, and the lengths of reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.operators.summarize import Summarize
from biometal_stream.reports.quality.modules.lengths import Lengths
from biometal_stream.reports.quality.modules.per_cycle import PerCycle
from biometal_stream.reports.quality.modules.totals import Totals
from biometal_stream.view import BatchView
from tests.reports.quality.batches import batch, rows, state_of

TOTALS, LENGTHS, PER_CYCLE = Totals(), Lengths(), PerCycle()
ALL = (TOTALS, LENGTHS, PER_CYCLE)


@given(st.lists(st.text("ACGTUNacgtnR", max_size=12), max_size=8), st.integers(0, 93))
def test_the_figures_are_those_of_a_summary(sequences: list[str], score: int) -> None:
    qualities = ["".join(chr(33 + (score + i) % 94) for i in range(len(s))) for s in sequences]
    reads = batch(sequences, qualities)
    (row,) = rows(TOTALS, state_of(reads, *ALL), "totals")
    summary = Summarize().finish(Summarize().observe(BatchView(reads)))
    for name in (
        "reads",
        "bases",
        "min_length",
        "mean_length",
        "median_length",
        "max_length",
        "n50",
        "mean_quality",
        "arithmetic_mean_quality",
    ):
        assert row[name] == getattr(summary, name)
    for name in ("gc", "q20", "q30", "n"):
        assert row[f"{name}_share"] == getattr(summary, name)
    assert row["gc_bases"] == sum(read.upper().count(base) for read in sequences for base in "GC")
    assert row["n_bases"] == sum(read.upper().count("N") for read in sequences)
    scores = [ord(each) - 33 for quality in qualities for each in quality]
    assert row["q20_bases"] == sum(each >= 20 for each in scores)
    assert row["q30_bases"] == sum(each >= 30 for each in scores)


def test_without_qualities() -> None:
    (row,) = rows(TOTALS, state_of(batch(["ACG", "T"]), *ALL), "totals")
    assert (row["reads"], row["bases"], row["q30_bases"]) == (2, 4, None)
    assert row["gc_share"] == 0.5


def test_without_sequences() -> None:
    (row,) = rows(TOTALS, state_of(batch(None, ["III", "I"]), *ALL), "totals")
    assert (row["reads"], row["bases"], row["max_length"], row["gc_bases"]) == (2, 4, 3, None)
    assert row["mean_quality"] == pytest.approx(40)


def test_mates_have_a_row_each() -> None:
    reads = batch(["A", "CC", "AAA", ""], None, [1, 2, 1, 2])
    found = rows(TOTALS, state_of(reads, *ALL), "totals")
    assert [(row["group"], row["reads"], row["bases"]) for row in found] == [
        ("mate 1", 2, 4),
        ("mate 2", 2, 2),
    ]


def test_lengths() -> None:
    state = state_of(batch(["A" * 20_000, "", "AC", "GT"]), LENGTHS)
    assert rows(LENGTHS, state, "lengths") == [
        {"group": "reads", "length": 0, "reads": 1},
        {"group": "reads", "length": 2, "reads": 2},
        {"group": "reads", "length": 20_000, "reads": 1},
    ]


def test_nothing_was_counted() -> None:
    assert TOTALS.tables({})["totals"].num_rows == 0
    assert LENGTHS.tables({})["lengths"].num_rows == 0
    assert rows(TOTALS, state_of(batch([], []), *ALL), "totals")[0]["mean_length"] is None
