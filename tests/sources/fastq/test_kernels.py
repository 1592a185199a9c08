"""Each kernel against its plain-Python twin."""

from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.simd.bases import IUPAC
from biometal_stream.sources.fastq.kernels import (
    DESCRIPTION,
    MARK,
    NAME,
    PADDING,
    QUALITY,
    SEQUENCE,
    copy_records,
    count_newlines,
    drop_lines,
    find_lines,
    first_mispaired,
    measure_lines,
    translate,
)
from tests.sources import naive

LINES = st.lists(st.sampled_from([b"", b"A", b"@x y", b"ACGT" * 40, b"\r"]), max_size=40)


def padded(data: bytes) -> np.ndarray:
    """The bytes, followed by newlines that no kernel may count."""
    return np.frombuffer(data + b"\n" * PADDING, np.uint8)


@st.composite
def spans(draw: st.DrawFn) -> tuple[bytes, int, int]:
    data = b"\n".join(draw(LINES))
    start = draw(st.integers(0, len(data)))
    return data, start, draw(st.integers(start, len(data)))


def naive_ends(data: bytes, start: int, stop: int) -> list[int]:
    return [index for index in range(start, stop) if data[index] == ord("\n")]


@given(spans())
def test_count_newlines(span: tuple[bytes, int, int]) -> None:
    data, start, stop = span
    found = count_newlines(padded(data), np.uint64(start), np.uint64(stop))
    assert found == len(naive_ends(data, start, stop))


@given(spans(), st.integers(0, 50))
def test_drop_lines(span: tuple[bytes, int, int], number: int) -> None:
    data, start, stop = span
    ends = naive_ends(data, start, stop)
    expected = ends[-number - 1] + 1 if number < len(ends) else start
    found = drop_lines(padded(data), np.uint64(start), np.uint64(stop), np.uint64(number))
    assert found == expected


@given(spans())
def test_find_lines(span: tuple[bytes, int, int]) -> None:
    data, start, stop = span
    expected = naive_ends(data, start, stop)
    ends = np.zeros(len(expected) + PADDING, np.uint32)
    assert find_lines(padded(data), np.uint64(start), np.uint64(stop), ends) == len(expected)
    assert ends[: len(expected)].tolist() == expected


@given(st.lists(st.lists(st.integers(0, 300), min_size=4, max_size=4), max_size=8))
def test_measure_lines(lengths: list[list[int]]) -> None:
    ends, start = [], 7
    for length in np.ravel(np.array(lengths, int)):
        ends.append(start + length)
        start += length + 1
    found = measure_lines(np.array(ends, np.uint32), np.uint64(7), np.uint64(len(lengths)))
    headers, sequences, longest = found
    assert headers == sum(record[0] for record in lengths)
    assert sequences == sum(record[1] + 1 for record in lengths)
    assert longest == max((sum(record) + 4 for record in lengths), default=0)


PARTS = {NAME: "name", DESCRIPTION: "description", SEQUENCE: "sequence", QUALITY: "quality"}
RECORDS = st.builds(
    lambda header, bases, plus, quality: b"\n".join([header, bases, plus, quality, b""]),
    st.sampled_from(
        [
            *(b"@r", b"@read1 1:N:0", b"@r \tBC:A", b"@" + b"n" * 70 + b" x", b"@", b"r"),
            *(b"@r/1 x", b"@/2", b"@r 2:Y:18:ATC", b"@r\t1:N:0:", b"@r 3:N:0:A", b"@r 1:N::A"),
            *(
                b"@r/2 1:N:0:A",
                b"@r 1:N:0:A+C",
                b"@r 1:X:0:A",
                b"@r 1:N:0",
                b"@" + b"n" * 63 + b"/1",
            ),
        ]
    ),
    st.sampled_from([b"", b"ACGT", b"acgtnRY" * 10, b"ACGT\r", b"AC T"]),
    st.sampled_from([b"+", b"+r", b"+\r", b"", b"+r x", b"+r/1", b"+r/1 x", b"+r 1:N:0:A", b"+x"]),
    st.sampled_from([b"", b"IIII", b"!~5#I+@" * 10, b"II I", b"IIII\r"]),
)


def naive_records(data: bytes, records: int) -> list[naive.Record]:
    """The records before the first bad one."""
    lines = [line.removesuffix(b"\r") for line in data.split(b"\n")]
    good: list[naive.Record] = []
    with suppress(naive.Bad):
        for number in range(records):
            record = lines[4 * number : 4 * number + 4]
            good.append(naive.parse_record(record, number))
    return good


@given(st.lists(RECORDS, max_size=6), st.sets(st.sampled_from([*PARTS, MARK])), st.booleans())
def test_copy_records(texts: list[bytes], wanted: set[np.uint64], twice: bool) -> None:
    data, number = b"".join(texts), len(texts)
    ends = np.zeros(4 * number + PADDING, np.uint32)
    find_lines(padded(data), np.uint64(0), np.uint64(len(data)), ends)
    rows = 2 * number if twice else number
    text = (padded(data), ends, np.uint64(0))

    def room(size: int, *parts: np.uint64) -> np.ndarray:
        """Nothing may be written for a part that is not wanted, however small its output."""
        return np.full(size if wanted.intersection(parts) else 1, 255, np.uint8)

    offsets, data_of = {}, {}
    for parts in ((NAME,), (DESCRIPTION,), (SEQUENCE, QUALITY)):
        shared = room(4 * (rows + 1), *parts)
        for part in parts:
            offsets[part] = shared[: len(shared) // 4 * 4].view(np.int32)
            data_of[part] = room(2 * len(data) + PADDING, part)
    described, marks = room(rows, DESCRIPTION), room(rows, MARK)
    good, ascii_only = copy_records(
        *(*text, *text, np.uint64(2 if twice else 1), np.uint64(rows)),
        *(np.uint64(sum(map(int, wanted))), IUPAC),
        *(offsets[NAME], data_of[NAME], offsets[DESCRIPTION], data_of[DESCRIPTION], described),
        *(offsets[SEQUENCE], data_of[SEQUENCE], data_of[QUALITY], marks),
    )
    expected = naive_records(data, number)
    if twice:
        expected = [record for record in expected for _ in range(2)]
    assert (good, ascii_only) == (len(expected), True)
    for part, name in PARTS.items():
        if part not in wanted:
            assert data_of[part].tolist() == [255]
            continue
        values = [getattr(record, name) for record in expected]
        bounds = [int(bound) for bound in offsets[part][: good + 1]]
        found = [bytes(data_of[part][a:b]).decode() for a, b in pairwise(bounds)]
        assert found == [value or "" for value in values]
        if name == "description":
            assert described[:good].tolist() == [value is not None for value in values]
    if DESCRIPTION not in wanted:
        assert described.tolist() == [255]
    if MARK in wanted:
        assert marks[:good].tolist() == [naive.mark(record) for record in expected]
    else:
        assert marks.tolist() == [255]


NAMES = st.sampled_from(
    [
        *("", "a", "r1", "r/1", "r/2", "r.1", "r.2", "r_1", "r_2", "/1", "/2", "1", ".1", ".2"),
        *("r.7", "r_12", "r.", "r.1/1", "r.1/2", "r.1.1", "r.1.2", "7"),
    ]
)
SEPARATORS = st.sampled_from(["/", ".", "_"])
PAIRS = st.tuples(NAMES, NAMES, st.sampled_from([0, 1, 2]), st.sampled_from([0, 1, 2]))


def strangers(pairs: list[tuple[str, str, int, int]], separator: str) -> int:
    names = [name for one, two, *_ in pairs for name in (one, two)]
    marks = [mark for *_, one, two in pairs for mark in (one, two)]
    for index, name in enumerate(names):
        marks[index] = naive.mark(naive.Record(name, None, "", "")) or marks[index]
    offsets = np.cumsum([0, *map(len, names)]).astype(np.int32)
    data = np.frombuffer("".join(names).encode() + b"\n", np.uint8)
    marked = np.array(marks, np.uint8)
    return first_mispaired(offsets, data, marked, np.uint8(ord(separator)), np.uint64(len(names)))


@given(st.lists(PAIRS, max_size=6), SEPARATORS)
def test_first_stranger(pairs: list[tuple[str, str, int, int]], separator: str) -> None:
    expected = 2 * len(pairs)
    for index, (one, two, mark, other) in reversed(list(enumerate(pairs))):
        one_mark, two_mark = (naive.mark(naive.Record(name, None, "", "")) for name in (one, two))
        misplaced = (one_mark or mark) == 2 or (two_mark or other) == 1
        if misplaced or not naive.are_mates(one, two, separator):
            expected = 2 * index
    assert strangers(pairs, separator) == expected


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
    assert strangers([(one, two, 0, 0)], separator) == (2 if mates else 0)


@pytest.mark.parametrize(("mark", "other"), [(2, 1), (1, 1), (2, 2), (2, 0), (0, 1)])
def test_marks_go_before_names(mark: int, other: int) -> None:
    assert strangers([("r", "r", 1, 2), ("r", "r", 0, 0), ("r", "r", mark, other)], "/") == 4


@given(st.binary(max_size=40))
def test_translate(data: bytes) -> None:
    table = np.arange(256, dtype=np.uint8)[::-1].copy()  # 255 has no translation
    values = np.frombuffer(data, np.uint8).copy()
    expected = data.find(b"\xff") if b"\xff" in data else len(data)
    assert translate(values, np.uint64(len(values)), table) == expected
    assert values.tolist() == [255 - b for b in data[:expected]] + list(data[expected:])
