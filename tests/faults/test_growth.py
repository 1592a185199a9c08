"""Runs leave no thread, descriptor, hidden file or memory behind, however they end."""

from __future__ import annotations

import pytest

from tests.faults.growth import State, grow, has_grown

RUNS = 140
"""``python -m tests.faults.growth --runs 1000`` does more."""


# An interrupt that comes in a callback of a weak reference or in a finaliser is told and dropped by
# Python, and the run it was for ends well.
@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_many_runs_in_one_process() -> None:
    first, last, ends = grow(RUNS)
    assert not has_grown(first, last), (first, last)
    assert len(ends) >= 6


def test_what_counts_as_growth() -> None:
    first = State(0, 10, 100.0, 0)
    assert not has_grown(first, State(0, 10, 140.0, 0))
    assert has_grown(first, State(1, 10, 100.0, 0))
    assert has_grown(first, State(0, 11, 100.0, 0))
    assert has_grown(first, State(0, 10, 100.0, 1))
    assert has_grown(first, State(0, 10, 190.0, 0))
