"""Bins of cycles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.quality.cycles import bins_of, edges_of, first_cycles, num_bins


def plain_bins(longest: int) -> list[int]:
    firsts, cycle = [], 1
    while cycle <= longest:
        firsts.append(cycle)
        cycle += 10 ** max(0, len(str(cycle)) - 3)
    return [*firsts, cycle]


@pytest.mark.parametrize("longest", [1, 2, 150, 999, 1000, 1009, 1010, 9_999, 10_000, 123_456])
def test_first_cycles(longest: int) -> None:
    firsts = plain_bins(longest)
    assert num_bins(longest) == len(firsts) - 1
    assert first_cycles(len(firsts) - 1).tolist() == firsts
    assert edges_of(len(firsts) - 1).tolist() == firsts


@given(st.integers(1, 10**9))
def test_the_bin_of_the_last_cycle(longest: int) -> None:
    assert num_bins(longest) == int(bins_of(np.array([longest]))[0]) + 1


def test_no_cycles() -> None:
    assert num_bins(0) == 0
    assert edges_of(0).tolist() == [1]


def java_groups(longest: int) -> list[tuple[int, int]]:
    """`BaseGroup.makeLinearBaseGroups` of FastQC 0.12.1, for more than 75 cycles."""
    interval = next(
        size
        for factor in (10**power for power in range(9))
        for size in (2 * factor, 5 * factor, 10 * factor)
        if 9 + -(-(longest - 9) // size) < 75
    )
    groups, start = [], 1
    while start <= longest:
        end = start + interval - 1
        if start < 10:
            end = start
        if start == 10 and interval > 10:
            end = interval - 1
        groups.append((start, min(end, longest)))
        start = start + 1 if start < 10 else interval if start == 10 < interval else end + 1
    return groups


@given(st.integers(76, 10**8))
def test_groups_of_fastqc_are_made_of_whole_bins(longest: int) -> None:
    firsts = set(first_cycles(num_bins(longest)).tolist())
    assert all(start in firsts for start, _ in java_groups(longest))
