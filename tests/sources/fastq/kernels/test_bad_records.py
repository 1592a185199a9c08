"""What is kept of damaged files is certain, and of good files all is kept."""

from functools import partial
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from biometal_stream.sources.fastq.good_records import TolerantReader
from biometal_stream.sources.fastq.kernels.bad_records import copy_stretches
from biometal_stream.sources.fastq.parse import parse
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.fastq.source import FastqSource
from biometal_stream.sources.fastq.text import Lines
from biometal_stream.sources.fastq.text_reader import RecordTextReader
from biometal_stream.sources.text.lines import PADDING
from tests.sources import naive
from tests.sources.stand_ins import Bytes, run


def kept(data: bytes, chunk_bytes: int = 1 << 18) -> tuple[list[bytes], bytes, int]:
    """The bytes of each record that is kept, all that is set aside, and the bad records."""
    records: list[bytes] = []
    aside = b""
    with run() as lent:
        source = FastqSource(("x",), on_bad_record="skip")
        reader = TolerantReader(
            RecordTextReader(Bytes(data, (777,)), chunk_bytes, 1 << 20), source, lent
        )
        for good in reader.records():
            aside += good.bad()
            for start, stop in zip(good.starts, good.stops, strict=True):
                records.append(good.held[start:stop].tobytes())
        return records, aside, lent.counts.get("bad records", 0)


class Twin:
    """The rules of `find_records`, line by line."""

    def __init__(self, data: bytes) -> None:
        self.raw = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        self.cut = self.raw[-1] != b""
        if not self.cut:
            self.raw.pop()
        self.lines = [line.removesuffix(b"\r") for line in self.raw] + [b""]

    def at(self, line: int) -> bytes | None:
        return self.lines[line] if line < len(self.lines) else None

    def begins(self, line: int, mark: bytes) -> bool:
        return (self.at(line) or b"").startswith(mark)

    def can_start(self, line: int) -> bool:
        return self.begins(line, b"@") and self.begins(line + 2, b"+")

    def is_record(self, line: int) -> bool:
        try:
            naive.parse_record(self.lines[line : line + 4], 0)
        except (naive.Bad, ValueError):
            return False
        return True

    def is_certain(self, line: int) -> bool:
        quality, this = self.lines[line - 1], self.lines[line]
        own = len(this) > 1 and this[1:] in naive.repeated(self.lines[line - 4][1:])
        if this.startswith(b"+") and set(quality) <= naive.BASES and not own:
            return False
        if quality.startswith(b"@") and self.begins(line + 1, b"+") and set(this) <= naive.BASES:
            return False
        starts = self.begins(line + 1, b"@") and (
            self.at(line + 3) is None or self.begins(line + 3, b"+")
        )
        if not starts and self.at(line + 1):
            return True
        if this.startswith(b"@") and self.cut and line == len(self.lines) - 2:
            return True
        if quality.startswith(b"+") and (len(quality) == 1 or len(self.raw[line - 2]) > 1):
            return False
        printed = all(ord("!") <= byte <= ord("~") for byte in this)
        return this == quality or len(this) != len(quality) or not printed

    def find(self) -> list[int]:
        """The lines of the headers of the records that are kept."""
        found: list[int] = []
        line, lost, pending = 0, False, None
        while True:
            if lost:
                starts = range(line, len(self.lines) - 2)
                start = next((each for each in starts if self.can_start(each)), None)
                if start is None:
                    return found
                line, lost = start, False
            if self.is_record(line):
                found += [] if pending is None else [pending]
                pending, line = line, line + 4
                continue
            if not any(self.lines[line:]):
                return found + ([] if pending is None else [pending])
            if pending is not None and self.is_certain(line):
                found.append(pending)
            header, after = self.lines[line], self.at(line + 1)
            doubtful = header.startswith(b"@") and header != after and self.can_start(line + 1)
            line, lost, pending = line + 1 + doubtful, True, None

    def records(self) -> list[list[bytes]]:
        return [self.lines[line : line + 4] for line in self.find()]


def lines_of(record: bytes) -> list[bytes]:
    lines = [line.removesuffix(b"\r") for line in record.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    return [*lines, b""][:4]


def reads(most: int = 6) -> st.SearchStrategy[list[list[bytes]]]:
    """Records whose lines fit each other's places as often as can be."""
    name = st.text("@+Ax ", max_size=3).map(str.encode)
    lengths = [st.integers(0, 4), *map(st.just, range(5))]

    def record(length: int, *, repeats: bool) -> st.SearchStrategy[list[bytes]]:
        bases = st.text("ACN", min_size=length, max_size=length).map(str.encode)
        quality = st.text("@+AI!", min_size=length, max_size=length).map(str.encode)
        return st.tuples(name, bases, quality).map(
            lambda parts: [b"@" + parts[0], parts[1], b"+" + parts[0] * repeats, parts[2]]
        )

    return st.one_of(
        st.lists(length.flatmap(partial(record, repeats=repeats)), max_size=most)
        for length in lengths
        for repeats in (False, True)
    )


def joined(lines: list[bytes], end: bytes = b"\n") -> bytes:
    return b"".join(line + end for line in lines)


CHUNKS = st.sampled_from([16, 50, 1 << 18])


@given(reads(), CHUNKS, st.sampled_from([b"\n", b"\r\n"]), st.sampled_from([b"", b"\n\r\n\n"]))
def test_of_good_files_all_is_kept(
    records: list[list[bytes]], chunk_bytes: int, end: bytes, blank: bytes
) -> None:
    data = joined(list(chain.from_iterable(records)), end) + blank
    found, aside, bad = kept(data, chunk_bytes)
    assert [lines_of(record) for record in found] == records
    assert (aside, bad) == (b"", 0)
    assert b"".join(found) == (data if found else b"")


@given(reads(), st.data(), CHUNKS, st.integers(1, 3))
def test_no_record_is_kept_that_mixes_lines_of_two(
    records: list[list[bytes]], data: st.DataObject, chunk_bytes: int, lost: int
) -> None:
    """Of up to three lines that follow each other, and are lost anywhere.

    But where neighbours have one name and repeat it behind the plus: that name says that they are
    one record. And where all that is left is FASTQ: the last read has no bases, and its blank
    quality line stands as a blank line at the end of the file.
    """
    assume(all(one[2] == b"+" or one[2] != two[2] for one, two in pairwise(records)))
    lines = list(chain.from_iterable(records))
    at = data.draw(st.integers(0, max(0, len(lines) - lost)))
    left = lines[:at] + lines[at + lost :]
    found, aside, _ = kept(joined(left), chunk_bytes)
    mixed = [lines_of(record) for record in found if lines_of(record) not in records]
    if mixed:
        assert mixed == [left[-5:-1]]
        assert aside == left[-1] == records[-1][1] == b""
    # No more is lost than the records that have lost lines, and one on either side.
    touched = {*range(at // 4 - 1, (at + lost - 1) // 4 + 2)}
    far = [record for number, record in enumerate(records) if number not in touched]
    assert len(found) >= len(far)


def test_what_is_left_may_be_fastq() -> None:
    """A plus line in the place of a quality line, and a blank line at the end."""
    whole = [b"@a", b"A", b"+", b"I", b"@b", b"", b"+", b""]
    left = joined(whole[:3] + whole[6:])
    assert kept(left) == ([left], b"", 0)
    left = joined(whole[:3] + whole[6:] + whole[:4])
    assert kept(left)[0] == [joined(whole[:4])]


@given(reads(), st.data())
def test_a_lost_line_is_an_error_where_input_must_be_right(
    records: list[list[bytes]], data: st.DataObject
) -> None:
    lines = list(chain.from_iterable(records or [[b"@a", b"A", b"+", b"!"]]))
    at = data.draw(st.integers(0, len(lines) - 1))
    del lines[at]
    reader = RecordReader(Bytes(joined(lines)), 64, 1 << 20)
    bad = False
    while not bad and (count := reader.fill()):
        bad = parse((Lines.of(reader.take(count)),), "phred33").bad is not None
    # The quality line of an empty read at the end is blank, and need not be there.
    blank = at == len(lines) and bool(records) and not records[-1][1]
    assert blank != (bad or reader.rest() is not None)


@given(reads(), st.data(), CHUNKS)
def test_no_record_is_kept_that_has_a_line_too_many(
    records: list[list[bytes]], data: st.DataObject, chunk_bytes: int
) -> None:
    lines = list(chain.from_iterable(records))
    at = data.draw(st.integers(0, len(lines)))
    extra = data.draw(st.sampled_from(lines or [b"@a"]) | st.sampled_from([b"", b"+", b"@", b"A"]))
    found, _, _ = kept(joined([*lines[:at], extra, *lines[at:]]), chunk_bytes)
    assert all(lines_of(record) in records for record in found)


anything = (
    reads().map(lambda records: joined(list(chain.from_iterable(records))))
    | st.text("@+A\n", max_size=80).map(str.encode)
    | st.lists(st.sampled_from([b"@", b"@a", b"+", b"+a", b"A", b"", b"\xff", b"@\xc3\xa9"])).map(
        joined
    )
    | st.binary(max_size=60)
)


@given(anything, st.binary(max_size=3), CHUNKS)
@example(b"@a\n\n+bx\n", b"", 16)
@example(b"@a\n\n+\n", b"", 16)
@example(b"\xef\xbb\xbf@a\nA\n+\n", b"", 16)
def test_what_is_kept_is_what_the_rules_say(data: bytes, tail: bytes, chunk_bytes: int) -> None:
    twin = Twin(data + tail)
    found, aside, bad = kept(data + tail, chunk_bytes)
    assert [lines_of(record) for record in found] == twin.records()
    assert (bad == 0) == (aside == b"")


@given(st.lists(st.tuples(st.binary(max_size=200), st.binary(max_size=5)), max_size=6))
def test_copy_stretches(segments: list[tuple[bytes, bytes]]) -> None:
    data = b"".join(taken + left for taken, left in segments)
    bounds = np.cumsum([0, *(len(part) for pair in segments for part in pair)]).astype(np.uint64)
    text = np.frombuffer(data + bytes(PADDING), np.uint8)
    out = np.zeros(len(data) + PADDING, np.uint8)
    starts, stops = (np.ascontiguousarray(bounds[first::2]) for first in (0, 1))
    count = copy_stretches(text, starts[: len(segments)], stops, out)
    assert out[: int(count)].tobytes() == b"".join(taken for taken, _ in segments)


def small_rna(number: int) -> list[bytes]:
    name = b"@SRR12345678.10000%d" % number
    return [name, b"ACGT" * 4 + b"ACG", b"+", b"8B#:" * 4 + b"GIC"]


@pytest.mark.parametrize("lost", range(12))
def test_a_line_lost_of_small_rna(lost: int) -> None:
    """The next header is as long as the read."""
    records = [small_rna(number) for number in range(3)]
    lines = list(chain.from_iterable(records))
    found, aside, bad = kept(joined(lines[:lost] + lines[lost + 1 :]))
    assert bad
    left = [record for number, record in enumerate(records) if number != lost // 4]
    if lost in {3, 7}:  # the next record may also be the one that is lost a header
        left = [record for record in left if record != records[lost // 4 + 1]]
    assert [lines_of(record) for record in found] == left
    assert b"".join(found) + aside != b""


def test_the_first_record_that_is_doubtful_is_told_of() -> None:
    records = [small_rna(number) for number in range(3)]
    lines = list(chain.from_iterable(records))
    del lines[3]
    with run() as lent:
        source = FastqSource(("x",), on_bad_record="skip")
        reader = TolerantReader(
            RecordTextReader(Bytes(joined(lines)), 1 << 18, 1 << 20), source, lent
        )
        assert [len(good) for good in reader.records()] == [1]
        (warning,) = lent.warnings
    assert "record 1, line 1, byte 0: a line is missing or extra here" in warning
