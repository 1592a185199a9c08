"""Bad records are set aside: nothing good is lost, and no byte of what is bad."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sources.fastq import FastqSource
from biometal_stream.sources.text import TextReader
from biometal_stream.sources.tolerant import TolerantReader
from tests.sources.naive import Record, parse
from tests.sources.stand_ins import Bytes, fastq, run

GOOD = st.integers(0, 40).map(
    lambda length: fastq([Record(f"r{length}", None, "A" * length, "@" * length)])
)
BAD = [
    b"\n",
    b"@short\nACGT\n+\nII\n",
    b"@nonbase\nAC.T\n+\nIIII\n",
    b"@noplus\nACGT\nIIII\n",
    b"noat\nACGT\n+\nIIII\n",
    b"@control\nAC\n+\nI\x01\n",
    b"@latin\xe9\nAC\n+\nII\n",
    b"ACGT\n",
    b"@cut\nACGT\n",
    b"\x00\x01\x02\n",
    b"@other\nAC\n+name\nII\n",
]


def read(data: bytes, chunk_bytes: int = 1 << 18) -> tuple[list[tuple[str, bytes]], int]:
    """What is kept and what is set aside, in order, and the number of bad stretches."""
    log: list[tuple[str, bytes]] = []
    with run() as lent:
        source = FastqSource(("x",), on_bad_record="skip")
        text = TextReader(Bytes(data, (777,)), chunk_bytes, 1 << 20)
        reader = TolerantReader(text, source, lent, lambda piece: log.append(("aside", piece)))
        for good in reader.records():  # not extended: the log is written meanwhile
            log += [("kept", good.raw(0, len(good)))]
        return log, lent.counts.get("bad records", 0)


def part(log: list[tuple[str, bytes]], kind: str) -> bytes:
    return b"".join(piece for of, piece in log if of == kind)


def assert_whole(log: list[tuple[str, bytes]], data: bytes) -> None:
    """In the log stands every byte but for blank lines at the end; a newline may be added."""
    joined = b"".join(piece for _, piece in log)
    if len(joined) >= len(data):
        assert joined.removeprefix(data) in {b"", b"\n", b"\n\n"}
    else:
        assert data.removeprefix(joined).strip(b"\r\n") == b""


@given(st.lists(GOOD | st.sampled_from(BAD), max_size=12), st.sampled_from([64, 500, 1 << 18]))
def test_good_records_between_bad_ones_are_kept(pieces: list[bytes], chunk_bytes: int) -> None:
    log, bad = read(b"".join(pieces), chunk_bytes)
    assert_whole(log, b"".join(pieces))
    assert (bad == 0) == (part(log, "aside") == b"")
    parse(part(log, "kept"))  # all of it is FASTQ
    for before, piece in zip([b"@r", *pieces], pieces, strict=False):
        if before.startswith(b"@r") and piece.startswith(b"@r"):
            assert piece in part(log, "kept")


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
    assert_whole(log, data.removeprefix(b"\xef\xbb\xbf"))


def test_a_large_stretch_without_records_counts_once() -> None:
    good = fastq([Record("r", None, "ACGT", "IIII")])
    junk = b">x\nACGT\n" * 10_000
    log, count = read(good + junk + good, 1000)
    assert (part(log, "kept"), part(log, "aside"), count) == (good + good, junk, 1)
