"""The cutter: whole records, wherever a buffer ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import RecordTooLongError
from biometal_stream.sources.fastq.held import HeldRecords
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.fastq.text_reader import RecordTextReader
from tests.sources.stand_ins import Bytes, cut

RECORDS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 200)).map(
        lambda sizes: (
            b"@" + b"n" * sizes[0] + b"\n" + b"A" * sizes[1] + b"\n+\n" + b"I" * sizes[1] + b"\n"
        )
    ),
    max_size=20,
)
SIZES = st.lists(st.integers(1, 300), min_size=1, max_size=5).map(tuple)


@given(RECORDS, st.integers(1, 700), SIZES, st.sampled_from([b"", b"\n", b"\r\n\n", b"\n" * 9]))
def test_chunks_hold_all_records_in_order(
    records: list[bytes], chunk_bytes: int, sizes: tuple[int, ...], blank: bytes
) -> None:
    reader = RecordReader(Bytes(b"".join(records) + blank, sizes), chunk_bytes, 1 << 20)
    seen, taken, offset = b"", 0, 0
    while count := reader.fill():
        text = reader.take(count)
        segment = bytes(text.bytes[text.start : text.stop])
        assert segment == b"".join(records[taken : taken + count])
        assert (text.first_record, text.offset) == (taken, offset)
        seen += segment
        taken += count
        offset += len(segment)
    assert taken == len(records)
    assert seen == b"".join(records)
    assert reader.rest() is None


@given(RECORDS, st.integers(1, 700), st.integers(1, 3))
def test_taking_fewer_leaves_the_others(records: list[bytes], chunk_bytes: int, step: int) -> None:
    reader = RecordReader(Bytes(b"".join(records)), chunk_bytes, 1 << 20)
    seen = []
    while count := reader.fill():
        text = reader.take(min(step, count))
        seen.append(bytes(text.bytes[text.start : text.stop]))
    assert b"".join(seen) == b"".join(records)


@pytest.mark.parametrize("ending", ["", "\n", "\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("chunk_bytes", [1, 5, 100])
def test_the_last_newline_may_be_missing(ending: str, chunk_bytes: int) -> None:
    data = b"@a\nACGT\n+\nIIII" + ending.encode()
    (text,) = cut(data, chunk_bytes)
    assert bytes(text.bytes[text.start : text.stop]).strip() == b"@a\nACGT\n+\nIIII"
    assert text.at_end or chunk_bytes < 100  # where the last segment is full nobody knows yet


@pytest.mark.parametrize("data", [b"@a\n\n+\n\n", b"@a\n\n+\n", b"@a\n\n+", b"@a\n\n+\n\n\n\n\n\n"])
def test_an_empty_read_at_the_end(data: bytes) -> None:
    (text,) = cut(data, 3)
    assert text.records == 1


@pytest.mark.parametrize(
    "data", [b"@a", b"@a\n", b"@a\nAC", b"@a\nAC\n", b"@a\nAC\n+", b"@a\nA\n+\n"]
)
def test_a_record_that_is_cut_is_left_over(data: bytes) -> None:
    reader = RecordReader(Bytes(b"@x\nA\n+\nI\n" + data), 8, 1 << 20)
    assert reader.fill() == 1
    reader.take(1)
    assert reader.fill() == 0
    rest = reader.rest()
    assert rest is not None
    assert bytes(rest.bytes[rest.start : rest.stop]).strip() == data.strip()
    assert rest.first_record == 1


def test_a_byte_order_mark_is_stripped() -> None:
    (text,) = cut(b"\xef\xbb\xbf@a\nA\n+\nI\n", 64)
    assert bytes(text.bytes[text.start : text.stop]) == b"@a\nA\n+\nI\n"
    assert text.offset == 3


@pytest.mark.parametrize("kind", [RecordReader, RecordTextReader])
def test_a_byte_order_mark_that_is_cut_is_text(
    kind: type[HeldRecords], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stood in the buffer before: here the rest of a mark."""

    def used(size: int) -> np.ndarray:
        return np.full(size, 0xBF, np.uint8)

    monkeypatch.setattr("biometal_stream.sources.fastq.held.allocate", used)
    monkeypatch.setattr("biometal_stream.sources.text.segments.allocate", used)
    reader = kind(Bytes(b"\xef\xbb"), 64, 1 << 20)  # type: ignore[call-arg, arg-type]
    reader.fill() if isinstance(reader, RecordReader) else reader.read()  # type: ignore[attr-defined]
    assert bytes(reader.bytes[reader.start : reader.filled]) == b"\xef\xbb\n"


def test_blank_lines_alone_are_no_records() -> None:
    assert list(cut(b"\n" * 1000, 64)) == []
    assert list(cut(b"", 64)) == []


def test_mates_that_follow_each_other_are_not_parted() -> None:
    data = b"@a\nACGT\n+\nIIII\n" * 10
    for chunk_bytes in range(1, 100):
        assert all(text.records % 2 == 0 for text in cut(data, chunk_bytes, unit=2))


@pytest.mark.parametrize("data", [b"@" + b"n" * 5000, b"\n" * 5000, b"@a\n" + b"A" * 5000])
def test_a_runaway_file_is_an_error(data: bytes) -> None:
    good = b"@x\nA\n+\nI\n"
    with pytest.raises(RecordTooLongError, match=r"reads.fq: record 2, line 5, byte 9: .* 1,000"):
        list(cut(good + data, 64, limit=1000))


def test_a_slow_mate_does_not_make_the_buffer_grow() -> None:
    """Where few records are taken at a time, half a chunk is held when one more is read."""
    reader = RecordReader(Bytes(b"@r\nACGT\n+\nIIII\n" * 5000), 1000, 1 << 20)
    while reader.fill():
        text = reader.take(1)
        assert len(text.bytes) <= 500 + 1000 + 128
