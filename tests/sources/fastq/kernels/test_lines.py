"""The kernels that find lines, against their plain-Python twins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sources.fastq.kernels.lines import find_lines, find_records, measure_lines
from biometal_stream.sources.text.lines import PADDING, count_newlines, drop_lines
from tests.sources.stand_ins import padded

LINES = st.lists(st.sampled_from([b"", b"A", b"@x y", b"ACGT" * 40, b"\r"]), max_size=40)


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


@given(st.lists(st.lists(st.integers(0, 200), min_size=4, max_size=4), max_size=8))
def test_find_records_does_both(lengths: list[list[int]]) -> None:
    lines = [b"x" * length + b"\n" for record in lengths for length in record]
    data, records = b"".join(lines), np.uint64(len(lengths))
    ends, expected = (np.zeros(len(lines) + PADDING, np.uint32) for _ in range(2))
    span = padded(data), np.uint64(0), np.uint64(len(data))
    found = find_records(*span, records, ends)
    find_lines(*span, expected)
    assert ends.tolist() == expected.tolist()
    assert found == measure_lines(expected, np.uint64(0), records)
