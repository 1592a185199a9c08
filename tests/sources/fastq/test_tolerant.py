"""Bad records are set aside: nothing good is lost, and no byte of what is bad."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.sources.fastq import good_records
from biometal_stream.sources.fastq.good_records import TolerantReader
from biometal_stream.sources.fastq.parse import Parsed
from biometal_stream.sources.fastq.parse import parse as parse_text
from biometal_stream.sources.fastq.source import FastqSource
from biometal_stream.sources.fastq.text import Lines
from biometal_stream.sources.fastq.text_reader import RecordTextReader
from tests.sources.naive import Record, parse
from tests.sources.stand_ins import Bytes, fastq, run
from tests.stand_ins import Collect

GOOD = st.integers(0, 40).map(
    lambda length: fastq([Record(f"r{length}", None, "A" * length, "@" * length)])
)
MARK = b"\xef\xbb\xbf"
BAD = [
    b"\n",
    b"@short\nACGT\n+\nII\n",
    b"@nonbase\nAC.T\n+\nIIII\n",
    b"@noplus\nACGT\nIIII\n",
    b"noat\nACGT\n+\nIIII\n",
    b"@control\nAC\n+\nI\x01\n",
    b"@latin\xe9\nAC\n+\nII\n",
    b"AC GT\n",
    b"@cut\nACGT\n",
    b"\x00\x01\x02\n",
    b"@other\nAC\n+name\nII\n",
]


def read(data: bytes, chunk_bytes: int = 1 << 18) -> tuple[list[tuple[str, bytes]], int]:
    """What is kept and what is set aside, in order, and the number of bad stretches."""
    log: list[tuple[str, bytes]] = []
    with run() as lent:
        source = FastqSource(("x",), on_bad_record="skip")
        text = RecordTextReader(Bytes(data, (777,)), chunk_bytes, 1 << 20)
        for good in TolerantReader(text, source, lent).records():
            aside = b""
            for row in range(len(good)):
                one = good.slice(row, row + 1)
                before = one.held[one.begin : one.starts[0]].tobytes()
                log += [
                    ("aside", before),
                    ("kept", one.held[one.starts[0] : one.stops[0]].tobytes()),
                ]
                aside += before
            last = int(good.stops[-1]) if len(good) else good.begin
            log.append(("aside", good.held[last : good.end].tobytes()))
            assert good.bad() == aside + log[-1][1]
        return [(kind, segment) for kind, segment in log if segment], lent.counts.get(
            "bad records", 0
        )


def part(log: list[tuple[str, bytes]], kind: str) -> bytes:
    return b"".join(segment for of, segment in log if of == kind)


def assert_whole(log: list[tuple[str, bytes]], data: bytes) -> None:
    """In the log stands every byte, in order; blank lines alone are no records, nor bad ones."""
    joined = b"".join(segment for _, segment in log)
    assert joined == data or (not joined and not data.removeprefix(MARK).strip(b"\r\n"))


@given(st.lists(GOOD | st.sampled_from(BAD), max_size=12), st.sampled_from([64, 500, 1 << 18]))
def test_good_records_between_bad_ones_are_kept(segments: list[bytes], chunk_bytes: int) -> None:
    log, bad = read(b"".join(segments), chunk_bytes)
    assert_whole(log, b"".join(segments))
    assert (bad == 0) == (part(log, "aside") == b"")
    parse(part(log, "kept"))  # all of it is FASTQ
    for before, segment in zip([b"@r", *segments], segments, strict=False):
        if before.startswith(b"@r") and segment.startswith(b"@r"):
            assert segment in part(log, "kept")


@pytest.mark.parametrize("chunk_bytes", [100, 1 << 18])
@pytest.mark.parametrize("bad", BAD)
def test_one_bad_record_costs_no_neighbour(bad: bytes, chunk_bytes: int) -> None:
    good = fastq([Record(f"r{k}", None, "ACGT", "IIII") for k in range(50)])
    log, count = read(good + bad + good, chunk_bytes)
    assert part(log, "kept") == good + good
    assert part(log, "aside") == bad
    assert count == 1


@given(
    st.binary(max_size=300) | st.text("@+A\n", max_size=300).map(str.encode),
    st.sampled_from([16, 1 << 18]),
)
def test_no_byte_of_anything_is_lost(data: bytes, chunk_bytes: int) -> None:
    log, _ = read(data, chunk_bytes)
    assert_whole(log, data)


def test_a_large_stretch_without_records_counts_once() -> None:
    good = fastq([Record("r", None, "ACGT", "IIII")])
    junk = b">x\nACGT\n" * 10_000
    log, count = read(good + junk + good, 1000)
    assert (part(log, "kept"), part(log, "aside"), count) == (good + good, junk, 1)


def mates(tmp_path: Path, ones: list[bytes], twos: list[bytes]) -> tuple[list[str], dict[str, int]]:
    """The names of mates 1 that are kept, and the counters."""
    (tmp_path / "1.fq").write_bytes(b"".join(ones))
    (tmp_path / "2.fq").write_bytes(b"".join(twos))
    pipeline = bs.read_fastq(tmp_path / "1.fq", mate=tmp_path / "2.fq", on_bad_record="skip")
    sink = Collect()
    whole = ones == twos and BAD[1] not in ones
    with nullcontext() if whole else pytest.warns(bs.InputWarning, match="left out"):
        report = pipeline.with_options(threads=1).run(sink)
    names = [name for batch in sink.got for name in batch.column("name").to_pylist()]
    assert names[0::2] == names[1::2]
    return names[0::2], dict(report.counts)


def named(numbers: range) -> list[bytes]:
    return [fastq([Record(f"r{k}", None, "ACGT", "IIII")]) for k in numbers]


@pytest.mark.parametrize(
    ("first", "second"), [(5, 6), (6, 5), (5, 5), (0, 1), (298, 299), (3, 200)]
)
def test_a_bad_record_in_each_file_costs_two_pairs(tmp_path: Path, first: int, second: int) -> None:
    ones, twos = named(range(300)), named(range(300))
    ones[first] = twos[second] = BAD[1]
    kept, counts = mates(tmp_path, ones, twos)
    assert kept == [f"r{k}" for k in range(300) if k not in {first, second}]
    orphan = 0 if first == second else 2
    assert (counts["bad records"], counts.get("reads without their mate", 0)) == (2, orphan)


@given(st.sets(st.integers(0, 59)), st.sets(st.integers(0, 59)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_pairs_of_two_good_records_are_kept(
    tmp_path: Path, bad_ones: set[int], missing_twos: set[int]
) -> None:
    ones = [BAD[1] if k in bad_ones else each for k, each in enumerate(named(range(60)))]
    twos = [each for k, each in enumerate(named(range(60))) if k not in missing_twos]
    kept, _ = mates(tmp_path, ones, twos)
    assert kept == [f"r{k}" for k in range(60) if k not in bad_ones | missing_twos]


def test_a_long_stretch_without_mates_is_bridged(tmp_path: Path) -> None:
    kept, counts = mates(tmp_path, named(range(5000)), named(range(4000, 6000)))
    assert kept == [f"r{k}" for k in range(4000, 5000)]
    assert counts["reads without their mate"] == 4000 + 1000


@pytest.mark.parametrize("bad", [b"", BAD[1]])
def test_neighbours_without_mates_are_left_out(tmp_path: Path, bad: bytes) -> None:
    reads = named(range(400))
    path = tmp_path / "both.fq"
    doubled = [read + bad + read if k % 100 == 7 else read for k, read in enumerate(reads)]
    path.write_bytes(b"".join(doubled))
    sink = Collect()
    pipeline = bs.read_fastq(path, interleaved=True, on_bad_record="skip")
    with pytest.warns(bs.InputWarning, match="left out"):
        report = pipeline.with_options(threads=1).run(sink)
    names = [name for batch in sink.got for name in batch.column("name").to_pylist()]
    assert names == [f"r{k}" for k in (7, 7, 107, 107, 207, 207, 307, 307)]
    assert report.counts["reads without their mate"] == 396


def test_the_work_grows_with_the_input_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands behind a bad record is not parsed again and again."""
    parsed = 0

    def count(texts: tuple[Lines, ...], *how: Any) -> Parsed:
        nonlocal parsed
        parsed += texts[0].text.records
        return parse_text(texts, *how)

    monkeypatch.setattr(good_records, "parse", count)
    records = 4000
    read((fastq([Record("r", None, "ACGT", "IIII")]) + BAD[1]) * (records // 2))
    assert parsed <= 100 * records


def test_a_quarantine_does_not_replace_an_input(tmp_path: Path) -> None:
    path = tmp_path / "reads.fq"
    path.write_bytes(b"".join(named(range(3))))
    (tmp_path / "link.fq").symlink_to(path)
    pipeline = bs.read_fastq(path, on_bad_record="quarantine", quarantine=tmp_path / "link.fq")
    with pytest.raises(bs.SinkError, match="is an input; the quarantine must be another file"):
        pipeline.run(Collect())
    assert path.read_bytes() == b"".join(named(range(3)))
