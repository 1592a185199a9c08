"""The rule for mates: the kernels against the plain Python, and against each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.mates.kernels import first_mispaired, name_mates
from biometal_stream.mates.names import Separator, mate_name, split_mark
from biometal_stream.operators.kernels.names import hash_names
from biometal_stream.simd.words import WIDTH
from tests.sources import naive

NAMES = st.sampled_from(
    [
        *("", "a", "r1", "r/1", "r/2", "r.1", "r.2", "r_1", "r_2", "/1", "/2", "1", ".1", ".2"),
        *("r.7", "r_12", "r.", "r.1/1", "r.1/2", "r.1.1", "r.1.2", "7"),
    ]
)
SEPARATORS = st.sampled_from(["/", ".", "_"])
PAIRS = st.tuples(NAMES, NAMES, st.sampled_from([0, 1, 2]), st.sampled_from([0, 1, 2]))


def mispaired_row(pairs: list[tuple[str, str, int, int]], separator: str) -> int:
    names = [name for one, two, *_ in pairs for name in (one, two)]
    marks = [mark for *_, one, two in pairs for mark in (one, two)]
    for index, name in enumerate(names):
        marks[index] = naive.mark(naive.Record(name, None, "", "")) or marks[index]
    offsets = np.cumsum([0, *map(len, names)]).astype(np.int32)
    data = np.frombuffer("".join(names).encode() + b"\n", np.uint8)
    marked = np.array(marks, np.uint8)
    return first_mispaired(offsets, data, marked, np.uint8(ord(separator)), np.uint64(len(names)))


@given(st.lists(PAIRS, max_size=6), SEPARATORS)
def test_first_mispaired(pairs: list[tuple[str, str, int, int]], separator: str) -> None:
    expected = 2 * len(pairs)
    for index, (one, two, mark, other) in reversed(list(enumerate(pairs))):
        one_mark, two_mark = (naive.mark(naive.Record(name, None, "", "")) for name in (one, two))
        misplaced = (one_mark or mark) == 2 or (two_mark or other) == 1
        if misplaced or not naive.are_mates(one, two, separator):
            expected = 2 * index
    assert mispaired_row(pairs, separator) == expected


@pytest.mark.parametrize(
    ("one", "two", "separator", "mates"),
    [
        ("r/1", "r/2", "/", True),
        ("r/1", "r/1", "/", False),
        ("r/2", "r/2", "/", False),
        ("SRR1.7.1", "SRR1.7.2", "/", False),
        ("SRR1.7.1", "SRR1.7.2", ".", True),
        ("SRR1.7.1", "SRR1.7.2", "_", False),
        ("r_1", "r_2", "_", True),
        ("r_7", "r_7", "_", False),
        ("SRR1.7", "SRR1.7", "/", True),
        ("r/2", "r/1", "/", False),
        ("r1", "r2", "/", False),
        ("r/1", "s/2", "/", False),
    ],
)
def test_the_marks_of_mates(one: str, two: str, separator: str, mates: bool) -> None:
    assert mispaired_row([(one, two, 0, 0)], separator) == (2 if mates else 0)


@pytest.mark.parametrize(("mark", "other"), [(2, 1), (1, 1), (2, 2), (2, 0), (0, 1)])
def test_marks_go_before_names(mark: int, other: int) -> None:
    assert mispaired_row([("r", "r", 1, 2), ("r", "r", 0, 0), ("r", "r", mark, other)], "/") == 4


@given(st.lists(st.tuples(NAMES, st.sampled_from([0, 1, 2]))), SEPARATORS)
def test_the_name_that_a_mate_has(reads: list[tuple[str, int]], separator: Separator) -> None:
    names = [name.encode() for name, _ in reads]
    marks = [
        split_mark(name, b"/")[1] or mark for name, (_, mark) in zip(names, reads, strict=True)
    ]
    offsets = np.cumsum([0, *map(len, names)]).astype(np.int32)
    data = np.frombuffer(b"".join(names) + bytes(WIDTH), np.uint8).copy()
    alone = np.empty(len(names), np.bool_)
    name_mates(offsets, data, np.array(marks, np.uint8), np.uint8(ord(separator)), alone)
    for row, (name, mark) in enumerate(zip(names, marks, strict=True)):
        expected = None if mark == 2 else mate_name(name, separator)
        assert alone[row] == (expected is None)
        assert expected is None or bytes(data[offsets[row] : offsets[row + 1]]) == expected


@given(st.lists(st.text("a1270/._", max_size=9)))
def test_a_sample_ignores_the_marks_that_mates_can_have(names: list[str]) -> None:
    def hashes(names: list[bytes]) -> list[int]:
        offsets = np.cumsum([0, *map(len, names)]).astype(np.int32)
        data = np.frombuffer(b"".join(names) + bytes(WIDTH), np.uint8)
        found = np.empty(len(names), np.uint64)
        hash_names(offsets[:-1], offsets[1:], data, np.uint64(0), found)
        return found.tolist()

    whole = [name.encode() for name in names]
    stems = [split_mark(name)[0] for name in whole]
    again = [split_mark(stem)[1] for stem in stems]  # of two marks the last alone is one
    found = zip(again, hashes(whole), hashes(stems), strict=True)
    assert all(mark or one == other for mark, one, other in found)
