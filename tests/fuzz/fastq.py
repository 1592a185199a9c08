"""The parser, the reader that goes on behind bad records, and the cutter, against plain Python."""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache

import dnaio
import numpy as np
from dnaio.exceptions import FastqFormatError

from biometal_stream import budget
from biometal_stream.codecs.ranges import VirtualOffset
from biometal_stream.errors import PairError, RecordError
from biometal_stream.sources.alone import batches_of
from biometal_stream.sources.fastq import good_records
from biometal_stream.sources.fastq.good_records import TolerantReader
from biometal_stream.sources.fastq.parse import parse
from biometal_stream.sources.fastq.partitions.boundaries import Records
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.fastq.source import FastqSource
from biometal_stream.sources.fastq.strict import StrictReads
from biometal_stream.sources.fastq.text import Lines, RecordText
from biometal_stream.sources.fastq.text_reader import RecordTextReader
from tests.fuzz.target import QuietRun, Target, check_message, magnitude
from tests.sources import naive
from tests.sources.naive import Record
from tests.sources.stand_ins import Bytes, header_of, to_records

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

GOOD = (
    b"@r1 first\nACGTN\n+\nIIII!\n@r2\tBC:Z:AC\nGG\n+r2\tBC:Z:AC\n~5\n",
    b"@SIM:1:FCX:1:15:6329:1045 1:N:0:2\nTCGCACTCAACGC\n+\n<>;##=><9=AAA\n",
    b"@a\r\nACG\r\n+\r\nIII\r\n@b\r\n\r\n+\r\n\r\n",
    BYTE_ORDER_MARK + "@é\nA\n+\nI\n\n\n".encode(),
    b"@a/1\nA\n+\n@\n@a/2\nC\n+\n+",
    b"@" + b"n" * 70 + b"\n" + b"ACGT" * 40 + b"\n+\n" + b"IIII" * 40 + b"\n",
)
BAD = (
    b"@a\nAC.T\n+\nIIII\n@b\nA\n+\nI\n",
    b"@a\nACGT\nACGT\n+\nIIII\nIIII\n@b\nA\n+\nI\n",
    b">a\nACGT\n>b\nAC\n",
    b"@a\nACGT\n+b\nIIII\n",
    b"@a\nACGT\n+\nIII\n@b\nA\n+\nI\n",
    b"@a\nACGT\n+\nII\x7f\x80\n",
    b"\n@a\nA\n+\nI\n",
    b"@a\xe9\nA\n+\nI\n@b\nA\n+\nI\n",
    b"@a\rA\r+\rI\r",
    b"@cut\nACGT\n",
)
WORDS = (
    *(b"\n", b"\r\n", b"\r", b"@", b"+", b"\n+\n", b"\n\n", b" ", b"\t", b"\0", b"\x1b", b"\xff"),
    *(b"A", b"ACGT", b"N", b"n", b".", b"-", b"!", b"~", b"\x7f", b"/1", b"/2", b">", b"\n@"),
    *(
        BYTE_ORDER_MARK,
        "é".encode(),
        b"\xc3",
        b"@a\nA\n+\nI\n",
        b"@b\n\n+\n\n",
        b"I" * 64,
        b"A" * 64,
    ),
)


class _Lanes:
    """Inputs of one lane, in memory."""

    def __init__(self, *readers: Bytes) -> None:
        self._readers = readers

    def lanes(self) -> Iterator[tuple[Bytes, ...]]:
        yield self._readers


@lru_cache
def _source(paired: bool, encoding: str, limit: int = 1 << 20) -> FastqSource:
    mates = ("y",) if paired else ()
    return FastqSource(("x",), mate=mates, quality_encoding=encoding, max_record_bytes=limit)


@contextmanager
def chunks_of(size: int) -> Iterator[None]:
    """Lets the strict reader cut chunks of so many bytes."""
    usual = budget._SMALLEST_CHUNK, budget._LARGEST_CHUNK
    budget._SMALLEST_CHUNK = budget._LARGEST_CHUNK = size
    try:
        yield
    finally:
        budget._SMALLEST_CHUNK, budget._LARGEST_CHUNK = usual


def strictly(
    *files: bytes, encoding: str = "phred33", pieces: int = 1 << 20
) -> tuple[list[Record], RecordError | None]:
    """The records up to the first bad one, and what is said of that."""
    reads = StrictReads(
        _source(len(files) == 2, encoding),
        _Lanes(*(Bytes(file, (pieces,)) for file in files)),  # type: ignore[arg-type]
        QuietRun(),  # type: ignore[arg-type]
    )
    records: list[Record] = []
    try:
        for batch in batches_of(reads):
            batch.validate(full=True)
            columns = [column.to_pylist() for column in batch.columns[:4]]
            records += [Record(*row) for row in zip(*columns, strict=True)]
    except RecordError as error:
        return records, error
    return records, None


def naively(data: bytes) -> tuple[list[Record] | None, int]:
    """The records, or none and the number of the first bad one, by the oracle."""
    try:
        return naive.parse(data), -1
    except naive.Bad as bad:
        return None, bad.args[0]


def by_dnaio(data: bytes) -> list[tuple[str, str, str]] | None:
    """What dnaio reads: headers, sequences, qualities; ``None`` where it refuses."""
    try:
        with dnaio.FastqReader(io.BytesIO(data), buffer_size=4096) as reader:
            return [(each.name, each.sequence, each.qualities or "") for each in reader]
    except (FastqFormatError, UnicodeDecodeError, ValueError):
        return None


def kind_of(error: RecordError | None) -> str:
    """What is wrong, without what stood there."""
    return "" if error is None else f"{type(error).__name__} {error.reason[:24]}"


def check_parser(data: bytes) -> Hashable:
    """The parser reads what the oracle reads and refuses what it refuses, at the same place."""
    records, error = strictly(data)
    wanted, bad = naively(data)
    assert (error is None) == (wanted is not None), error
    if error is None:
        assert records == wanted
        theirs = by_dnaio(data)
        if theirs is not None:
            ours = [(header_of(r.name, r.description), r.sequence, r.quality) for r in records]
            assert ours == theirs
        return "good", magnitude(len(records)), theirs is None
    check_message(str(error))
    _check_place(data, error, bad)
    return kind_of(error), magnitude(bad)


def _check_place(data: bytes, error: RecordError, bad: int) -> None:
    """The place lies in the line that it names, and that in the first bad record."""
    place = error.location
    assert place.record == bad + 1
    assert (place.line - 1) // 4 == bad
    lines = data.removeprefix(BYTE_ORDER_MARK).split(b"\n")
    first = len(data) - sum(len(line) + 1 for line in lines[place.line - 1 :]) + 1
    assert first <= place.offset <= first + len(lines[place.line - 1])


_TEXT = np.full(4096, ord("\n"), np.uint8)


def check_records(data: bytes) -> Hashable:
    """The kernels alone, on lines in fours: the records before the first bad one."""
    lines = data.split(b"\n")[:1000]
    count = len(lines) // 4
    stop = sum(len(line) + 1 for line in lines[: 4 * count])
    _TEXT[:stop] = np.frombuffer(b"\n".join([*lines[: 4 * count], b""]), np.uint8)
    text = RecordText(_TEXT, 0, stop, stop, count, "reads.fq", 0, 0, at_end=False)
    parsed = parse((Lines.of(text),), "phred33")
    lines = [line.removesuffix(b"\r") for line in lines]
    wanted = []
    with suppress(naive.Bad):
        for number in range(count):
            record = lines[4 * number : 4 * number + 4]
            wanted.append(naive.parse_record(record, number))
    assert parsed.records == len(wanted)
    assert (parsed.bad is None) == (len(wanted) == count)
    assert to_records(parsed) == wanted
    return magnitude(count), magnitude(len(wanted)), len(data) >> 6


def check_encodings(data: bytes) -> Hashable:
    """With qualities that are translated or guessed, the rest is read as it is without."""
    plain, error = strictly(data)
    outcomes = []
    for encoding in ("auto", "phred64", "solexa"):
        records, other = strictly(data, encoding=encoding)
        outcomes.append(kind_of(other))
        if other is not None:
            check_message(str(other))
        elif error is None:
            parts = [(r.name, r.description, r.sequence) for r in plain]
            assert [(r.name, r.description, r.sequence) for r in records] == parts
        assert all("!" <= byte <= "~" for r in records for byte in r.quality)
    return kind_of(error), *outcomes


def check_tolerant(data: bytes) -> Hashable:
    """What is kept and what is set aside are the input, in order, and all kept is FASTQ."""
    size = (1 << 18, 16, 100)[len(data) % 3]
    log: list[bytes] = []
    kept: list[bytes] = []
    run = QuietRun()
    text = RecordTextReader(Bytes(data, (777,)), size, 1 << 20)
    rows: list[Record] = []
    for good in TolerantReader(text, _source(False, "phred33"), run).records():
        good.batch.validate(full=True)
        columns = [column.to_pylist() for column in good.batch.columns[:4]]
        rows += [Record(*row) for row in zip(*columns, strict=True)]
        kept += [
            good.held[start:stop].tobytes()
            for start, stop in zip(good.starts, good.stops, strict=True)
        ]
        log.append(good.all())
        assert len(good.all()) == len(good.bad()) + sum(good.stops - good.starts)
    aside = run.counts[good_records.BAD_RECORDS]
    joined = b"".join(log)
    blank = not data.removeprefix(BYTE_ORDER_MARK).strip(b"\r\n")
    assert joined == data or (blank and not joined)
    assert naive.parse(b"".join(kept)) == rows
    for warning in run.warnings:
        check_message(warning)
    wanted, _ = naively(data)
    if wanted is not None:
        assert (rows, aside) == (wanted, 0)
    else:
        assert aside > 0
    return magnitude(len(rows)), magnitude(aside), size


def check_cutter(data: bytes) -> Hashable:
    """The size of chunks, and of what the input gives at a time, change nothing.

    All sizes up to the whole for short inputs; for longer ones some, and one of them drawn by
    the input. From 3 on, since a byte order mark must fit; real chunks have 256 KiB or more.
    """
    records, error = strictly(data)
    longest = len(data) + 2
    sizes = range(3, longest) if longest <= 24 else {3, 64, 3 + sum(data) % longest, longest}
    for size in sizes:
        with chunks_of(size):
            cut, other = strictly(data, pieces=1 + size % 7)
        assert type(other) is type(error), (size, error, other)
        if error is None:
            assert cut == records
        else:
            assert other is not None
            # The words and the line may differ: messages look ahead, as far as there is text.
            assert other.location.record == error.location.record
            assert cut == records[: len(cut)] or records == cut[: len(records)]
    return kind_of(error), magnitude(len(records))


def check_pairs(data: bytes) -> Hashable:
    """Mates in two files: each pair has one name, whatever the size of chunks."""
    first, _, second = data.partition(b"\0")
    records, error = strictly(first, second)
    with chunks_of(1 + len(data) % 50):
        cut, other = strictly(first, second, pieces=3)
    if (
        "holds the same reads" not in f"{error} {other}"
    ):  # a copy shows in a first chunk of real size
        assert (error is None) == (other is None)
    if error is None and other is None:
        assert cut == records
    if error is None:
        assert records[0::2] == naively(first)[0]
        assert records[1::2] == naively(second)[0]
        for one, two in zip(records[0::2], records[1::2], strict=True):
            same = one.name[:-1] == two.name[:-1] and one.name[-2:-1] in set("/._")
            ends = (one.name[-1:], two.name[-1:])
            assert one.name == two.name or (same and ends == ("1", "2"))
    else:
        check_message(str(error))
        if not isinstance(error, PairError):
            assert naively(first)[0] is None or naively(second)[0] is None
    return kind_of(error), magnitude(len(records))


class _Memory:
    """An excerpt of bytes, which gives few of them at a time."""

    def __init__(self, data: bytes, first: int) -> None:
        self.text = bytearray()
        self.exhausted = self.at_end = False
        self.reach = first
        self._data = data

    def read(self) -> None:
        piece = self._data[self.reach : self.reach + 7]
        self.text += piece
        self.reach += len(piece)
        self.exhausted = self.at_end = not piece

    def position(self, index: int) -> VirtualOffset:
        return VirtualOffset(self.reach - len(self.text) + index)


def find_cut(data: bytes, byte: int) -> int | None:
    """Where the data can be cut, at a byte or behind it."""
    records = Records(_Memory(data, max(0, byte - 1)), 1 << 20)
    start = records.first()
    return None if start is None else records.excerpt.position(start).byte


def _part(data: bytes, *, ends: bool) -> tuple[list[Record], RecordError | None]:
    """As `strictly`, of a part."""
    usual = StrictReads._reader
    StrictReads._reader = lambda _, reader: RecordReader(  # type: ignore[method-assign]
        reader, 64, 1 << 20, ends=ends
    )
    try:
        return strictly(data)
    finally:
        StrictReads._reader = usual  # type: ignore[method-assign]


def check_cuts(data: bytes) -> Hashable:
    """In FASTQ each byte leads to the next record; cut anywhere, parts are refused or the whole.

    The parts of what is no FASTQ are never all accepted.
    """
    wanted, _ = naively(data)
    found = [find_cut(data, byte) for byte in range(1, len(data) + 1)]
    if wanted is not None:
        lines = data.split(b"\n")
        starts = [sum(len(line) + 1 for line in lines[: 4 * n]) for n in range(len(wanted))]
        for byte, cut in enumerate(found, 1):
            assert cut == next((start for start in starts if start >= byte), None), (byte, cut)
    places = sorted({cut for cut in found if cut is not None})
    chosen = [place for number, place in enumerate(places) if (number + len(data)) % 3]
    for cuts in (places, chosen):
        records: list[Record] = []
        error: RecordError | None = None
        for first, stop in zip([0, *cuts], [*cuts, len(data)], strict=True):
            part, error = _part(data[first:stop], ends=stop == len(data))
            records += part
            if error is not None:
                break
        assert (error is None) == (wanted is not None), error
        if error is None:
            assert records == wanted
    return wanted is None, magnitude(len(places))


_PAIRS = (
    *(good + b"\0" + good for good in GOOD[:3]),
    b"@a/1\nA\n+\nI\n@b/1\nC\n+\nI\n\0@a/2\nG\n+\nI\n@b/2\nT\n+\nI\n",
    b"@a/1\nA\n+\nI\n\0@a/2\nG\n+\nI\n@b/2\nT\n+\nI\n",
    b"@a.1 x\nA\n+\nI\n\0@a.2 y\nGG\n+\nI\n",
)

TARGETS = (
    Target("parser", check_parser, GOOD + BAD, WORDS),
    Target("records", check_records, (*GOOD, *BAD, GOOD[0] * 5, GOOD[0] + BAD[0]), WORDS),
    Target("encodings", check_encodings, GOOD + BAD, (*WORDS, b"h" * 40, b";")),
    Target("tolerant", check_tolerant, GOOD + BAD, WORDS),
    Target("cutter", check_cutter, GOOD + BAD, WORDS, longest=300),
    Target("cuts", check_cuts, GOOD + BAD, (*WORDS, b"\n@", b"\n+", b"@\n"), longest=200),
    Target("pairs", check_pairs, _PAIRS, WORDS, longest=600),
)
