"""The kernel that copies records, against its plain-Python twin."""

from contextlib import suppress
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.simd.bases import IUPAC
from biometal_stream.sources.fastq.kernels.lines import find_lines
from biometal_stream.sources.fastq.kernels.records import (
    DESCRIPTION,
    MARK,
    NAME,
    QUALITY,
    SEQUENCE,
    copy_records,
)
from biometal_stream.sources.text.lines import PADDING
from tests.sources import naive
from tests.sources.stand_ins import padded

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
    good, ascii_only, number_described = copy_records(
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
            assert number_described == sum(value is not None for value in values)
    if DESCRIPTION not in wanted:
        assert described.tolist() == [255]
    if MARK in wanted:
        assert marks[:good].tolist() == [naive.mark(record) for record in expected]
    else:
        assert marks.tolist() == [255]
