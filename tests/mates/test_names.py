"""The rule for mates in plain Python, and what files show."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.mates.names import (
    contradicting_neighbours,
    contradiction,
    mark_of,
    shown_by_neighbours,
    shown_separator,
    split_mark,
)

SEPARATORS = st.sampled_from(["/", ".", "_"])
NAMES = st.text("a1270/._", max_size=6)


@pytest.mark.parametrize(
    ("ones", "twos", "separator"),
    [
        ("a.1 b.1 c.1", "a.2 b.2 c.2", "."),
        ("a_1 b_1", "a_2 b_2", "_"),
        ("a.1 b.1", "b.2 c.2", "."),  # the first mate 2 is lost
        ("SRR1.1 SRR1.3", "SRR1.2 SRR1.3", "/"),
        ("SRR1.1 SRR1.2", "SRR1.2 SRR1.3", "/"),
        ("run_1 run_3", "run_2 run_4", "/"),
        ("a.1", "a.2", "/"),  # one pair shows nothing
        ("a.1 a.1", "a.2 a.2", "/"),
        ("a.1 b.1 b.2", "a.2 b.2 b.3", "/"),
        ("a.1 b_1", "a.2 b_2", "/"),
        ("a.2 b.2", "a.1 b.1", "/"),
        ("a.1 b.1", "a.1 b.1", "/"),
        ("a/1 b/1", "a/2 b/2", "/"),
        ("a b", "a b", "/"),
        ("", "", "/"),
    ],
)
def test_what_two_files_show(ones: str, twos: str, separator: str) -> None:
    first, second = (names.encode().split() for names in (ones, twos))
    assert shown_separator(first, second) == separator


@pytest.mark.parametrize(
    ("names", "separator"),
    [
        ("a.1 a.2 b.1 b.2 c.1", "."),
        ("a_1 a_2 b_1 b_2", "_"),
        ("a.1 b.1 b.2 c.1 c.2", "."),
        ("SRR1.1 SRR1.2 SRR1.3 SRR1.4", "/"),
        ("SRR1.1 SRR1.2", "/"),
        ("SRR1.1 SRR1.1 SRR1.2 SRR1.2", "/"),
        ("a.1 a.2", "/"),
        ("a/1 a/2 b/1 b/2", "/"),
    ],
)
def test_what_neighbours_show(names: str, separator: str) -> None:
    assert shown_by_neighbours(names.encode().split()) == separator


@pytest.mark.parametrize(
    ("header", "mark"),
    [
        ("@a 1:N:0:ATC", 1),
        ("@a 2:Y:18:ATC+GGA", 2),
        ("@a\t2:N:0:", 2),
        ("a/2 1:N:0:ATC", 2),
        ("a/1", 1),
        ("a 3:N:0:ATC", 0),
        ("a 1:N:0", 0),
        ("a 11:N:0:A", 0),
        ("a x 1:N:0:A", 0),
        ("a.1", 0),
        ("a 40838091/1", 0),
        ("a", 0),
    ],
)
def test_marks_of_headers(header: str, mark: int) -> None:
    assert mark_of(header.encode()) == mark


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_files_contradict_where_all_of_their_marks_do(ones: list[int], twos: list[int]) -> None:
    one, two = ({*marks} - {0} for marks in (ones, twos))
    found = contradiction(ones, twos)
    assert (found is not None) == (one == {2} or two == {1})
    assert found is None or found[0] == 2 or found[1] == 1


def test_neighbours_contradict_where_no_pair_is_in_order() -> None:
    def reads(*pairs: tuple[str, int]) -> list[tuple[bytes, int]]:
        return [(name.encode(), mark) for name, mark in pairs]

    swapped = reads(("a/2", 2), ("a/1", 1), ("b/2", 2), ("b/1", 1))
    assert contradicting_neighbours(swapped) == 0
    assert contradicting_neighbours([(b"z/1", 1), *swapped]) == 1
    assert contradicting_neighbours(reads(("a", 1), ("a", 1), ("b", 1), ("b", 1))) == 0
    assert contradicting_neighbours(reads(("a", 1), ("a", 1), ("a", 2))) is None
    assert contradicting_neighbours(reads(("a", 1), ("b", 1), ("c", 2))) is None
    assert contradicting_neighbours(reads(("a", 0), ("a", 0))) is None
    assert contradicting_neighbours([]) is None


@given(NAMES, SEPARATORS)
def test_a_mark_is_split_from_its_stem(name: str, separator: str) -> None:
    stem, mate = split_mark(name.encode(), separator.encode())
    assert mate in {0, 1, 2}
    assert stem.decode() + (f"{separator}{mate}" if mate else "") == name
    assert mate or not name.endswith((f"{separator}1", f"{separator}2"))
    assert np.all(split_mark(name.encode(), b"/._")[1] >= mate)
