"""Gzip files with an index, in partitions."""

import gzip
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from biometal_stream.codecs.gzip.indexed import INDEX
from biometal_stream.errors import (
    InputError,
    MissingExtraError,
)
from biometal_stream.sources.fastq.source import FastqSource
from tests.sources.fastq.partitions.whole import (
    MANY,
    Write,
    check,
    check_error,
    raised_by,
    read,
    record,
)


def index(path: str) -> None:
    """Makes an index as a user does."""
    command = Path(sys.executable).with_name("rapidgzip")
    if not command.exists():
        pytest.skip("there is no rapidgzip")
    subprocess.run(
        [command, "-q", "--export-index", path + INDEX, "--count", path],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def large() -> bytes:
    """More than is inflated at a time."""
    return b"".join(record(n, 100 + n % 50, quality=f"{n * 7919:x}") for n in range(60_000))


def test_gzip_with_an_index(write: Write, large: bytes) -> None:
    path = write(gzip.compress(large, 1), "reads.fq.gz")
    source = FastqSource((path,))
    size = Path(path).stat().st_size
    check(source, size // 4, parts=1)
    index(path)
    assert len(check(source, size // 4)) > 2
    assert len(FastqSource((path,), on_bad_record="skip").partitions(size // 4)) == 1


def test_mates_in_gzip_with_an_index(write: Write, large: bytes) -> None:
    """Cut at the same records, by their number: names may repeat."""
    same = large.replace(b"@r", b"@r x")
    mates = (same, same.replace(b"ACGT", b"TGCA"))
    paths = [write(gzip.compress(text, 1), f"{n}.fq.gz") for n, text in enumerate(mates)]
    source = FastqSource((paths[0],), mate=(paths[1],))
    size = sum(Path(path).stat().st_size for path in paths)
    index(paths[0])
    check(source, size // 4, parts=1)
    index(paths[1])
    assert len(check(source, size // 4)) > 2
    assert len(check(FastqSource((paths[0],), interleaved=True), size // 8)) > 2


def test_gzip_of_several_members_with_an_index(write: Write, large: bytes) -> None:
    half = len(large) // 2
    data = gzip.compress(large[:half], 1) + gzip.compress(large[half:], 1) + bytes(20)
    path = write(data[:-20], "reads.fq.gz")
    index(path)
    assert len(check(FastqSource((path,)), len(data) // 4)) > 2


def test_bad_gzip_with_an_index(write: Write, large: bytes) -> None:
    """It is found out when the file is divided, and said where it is read."""
    data = gzip.compress(large, 1)
    path = write(data, "reads.fq.gz")
    index(path)
    source = FastqSource((path,))
    splits = source.partitions(len(data) // 4)
    damaged = bytearray(data)
    damaged[-7] ^= 1  # the check sum, which no part reads
    write(bytes(damaged), "reads.fq.gz")
    assert check_error(source, len(data) // 4) == 1
    assert "checksum mismatch" in str(raised_by(source))
    write(data, "reads.fq.gz")
    other = replace(splits[1].ranges[0], crc=1)
    with pytest.raises(
        InputError,
        match=r"in partitions \(.*with the index .*\.gzidx \(the whole file has different text",
    ):
        read(replace(splits[1], ranges=(other,)))


def test_without_rapidgzip_an_index_is_of_no_use(
    write: Write, large: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(gzip.compress(large, 1), "reads.fq.gz")
    index(path)
    splits = FastqSource((path,)).partitions(200_000)
    assert len(splits) > 1
    monkeypatch.setitem(sys.modules, "rapidgzip", None)
    with pytest.raises(MissingExtraError, match=r"biometal-stream\[rapidgzip\]"):
        read(splits[0])
    monkeypatch.setattr("biometal_stream.codecs.gzip.indexed.find_spec", lambda _: None)
    assert len(FastqSource((path,)).partitions(200_000)) == 1


def test_the_index_of_another_file(write: Write, large: bytes) -> None:
    path = write(gzip.compress(large, 1), "reads.fq.gz")
    other = write(gzip.compress(MANY, 1), "other.fq.gz")
    index(other)
    Path(other + INDEX).rename(path + INDEX)
    with pytest.raises(InputError, match=r"is not an index of .* make it again with 'rapidgzip"):
        FastqSource((path,)).partitions(100_000)
