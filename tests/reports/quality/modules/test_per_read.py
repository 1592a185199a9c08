"""The mean quality and the GC content of reads."""

from __future__ import annotations

import pytest

from biometal_stream.errors import DataError
from biometal_stream.reports.quality.modules.per_read import PerRead
from tests.reports.quality.batches import batch, rows, state_of

PER_READ = PerRead()


def test_means_are_rounded_down_and_have_no_gaps() -> None:
    state = state_of(batch(None, ["II", "IH", "%%%", "", "("]), PER_READ)
    found = {row["quality"]: row["reads"] for row in rows(PER_READ, state, "per_read_quality")}
    assert list(found) == list(range(4, 41))
    assert {score: reads for score, reads in found.items() if reads} == {4: 1, 7: 1, 39: 1, 40: 1}


def test_gc_of_reads_of_100_bases() -> None:
    """Each count but the first and the last claims two percentages, and each is claimed twice."""
    state = state_of(batch(["G" * 40 + "A" * 60, "c" * 40 + "N" * 60 + "G" * 99]), PER_READ)
    found = rows(PER_READ, state, "per_read_gc")
    assert [row["gc_percent"] for row in found] == list(range(101))
    assert {row["gc_percent"]: row["reads"] for row in found if row["reads"]} == {40: 1.0, 41: 1.0}
    assert sum(row["theoretical"] for row in found) == pytest.approx(2, rel=0.01)


def test_without_spread_there_is_no_theoretical_distribution() -> None:
    found = rows(PER_READ, state_of(batch(["A" * 2000]), PER_READ), "per_read_gc")
    assert {row["theoretical"] for row in found} == {None}


def test_reads_without_bases_are_left_out() -> None:
    for state in ({}, state_of(batch([], []), PER_READ), state_of(batch(["", ""]), PER_READ)):
        assert [table.num_rows for table in PER_READ.tables(state).values()] == [0, 0]


def test_what_is_not_phred33_is_an_error() -> None:
    with pytest.raises(DataError, match=r"not Phred\+33"):
        state_of(batch(["AC"], ["I\n"]), PER_READ)
