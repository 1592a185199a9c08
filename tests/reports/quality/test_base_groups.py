"""The groups of cycles, against a port of FastQC's loop."""

from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.quality.base_groups import base_groups


def fastqc(length):
    """`BaseGroup.makeLinearBaseGroups` of FastQC 0.12.1, line by line."""
    if length <= 75:
        return [(cycle, cycle) for cycle in range(1, length + 1)]
    intervals = (base * 10**power for power in range(9) for base in (2, 5, 10))
    interval = next(
        each for each in intervals if 9 + (length - 9) // each + ((length - 9) % each != 0) < 75
    )
    start, groups = 1, []
    while start <= length:
        end = start + interval - 1
        if start < 10:
            end = start
        if start == 10 and interval > 10:
            end = interval - 1
        groups.append((start, min(end, length)))
        if start < 10:
            start += 1
        elif start == 10 and interval > 10:
            start = interval
        else:
            start += interval
    return groups


@given(st.integers(0, 10_000) | st.integers(0, 10_000_000))
def test_fastqc_makes_the_same_groups(length):
    assert [(group.first, group.last) for group in base_groups(length)] == fastqc(length)


def test_all_lengths_of_short_reads():
    for length in range(700):
        assert [(group.first, group.last) for group in base_groups(length)] == fastqc(length)


def test_labels():
    assert [str(group) for group in base_groups(100)][8:11] == ["9", "10-11", "12-13"]
    assert str(base_groups(100)[-1]) == "100"
