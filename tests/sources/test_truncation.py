"""Input that ends too early: an error, or exactly the records that were whole."""

import bz2
import gzip
import lzma
import os
import struct
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

import biometal_stream as bs
from biometal_stream.errors import CompressedInputError, FastqError, PairError
from biometal_stream.sources.fastq.source import FastqSource
from tests.sources import naive
from tests.stand_ins import Collect

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"@r1 a\nACGT\n+\nIIII\n@r2\nGG\n+r2\n@+\n@r3\n\n+\n\n@r4\r\nN\r\n+\r\n!\r\n"
FIRST, REST = TEXT[:29], TEXT[29:]  # parted within a record
WHOLE, OTHER = TEXT[:33], TEXT[33:]  # and between two


def bgzf(text: bytes) -> bytes:
    """One block."""
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    deflated = squeeze.compress(text) + squeeze.flush()
    field = b"BC" + struct.pack("<HH", 2, 25 + len(deflated))
    head = b"\x1f\x8b\x08\x04" + bytes(4) + b"\0\xff" + struct.pack("<H", 6) + field
    return head + deflated + struct.pack("<II", zlib.crc32(text), len(text))


SQUEEZES: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda text: gzip.compress(text, mtime=0),
    "bgzf": bgzf,
    "zstd": zstd.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


@contextmanager
def piped(data: bytes) -> Iterator[BinaryIO]:
    """A pipe that holds all of the data, and its end."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(data)  # less than a pipe takes at once
    with os.fdopen(reading, "rb", buffering=0) as source:
        yield source


@contextmanager
def filed(data: bytes, path: Path) -> Iterator[Path]:
    path.write_bytes(data)
    yield path


def read(*sources: Path | BinaryIO) -> list[naive.Record]:
    """All records, in this thread alone."""
    records = []
    source = FastqSource(sources[:1], mate=sources[1:])
    for batch in source.batches():
        columns = [column.to_pylist() for column in batch.columns[:4]]
        records += [naive.Record(*row) for row in zip(*columns, strict=True)]
    return records


def check(cut: bytes, wanted: list[naive.Record] | None, told: type[Exception], path: Path) -> None:
    """The same on a file and on a pipe: the records, or an error of that kind."""
    for lent in (filed(cut, path), piped(cut)):
        with lent as source, warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*end-of-file block", bs.InputWarning)
            if wanted is None:
                with pytest.raises(told):
                    read(source)
            else:
                assert read(source) == wanted


def records_of(text: bytes) -> list[naive.Record] | None:
    """The records, or none where the text is cut within one."""
    try:
        return naive.parse(text)
    except naive.Bad:
        return None


def test_plain_text_cut_at_every_byte(tmp_path: Path) -> None:
    ends = 0
    for stop in range(len(TEXT) + 1):
        wanted = records_of(TEXT[:stop])
        check(TEXT[:stop], wanted, FastqError, tmp_path / "cut.fq")
        ends += wanted is not None
    # Nothing; each record with its newline; without, but for the empty quality of r3, which may
    # also lack the whole line; and the orphan carriage return of r4, whose newline is cut.
    assert ends == 11


@pytest.mark.parametrize("squeeze", SQUEEZES.values(), ids=SQUEEZES.keys())
@pytest.mark.parametrize("parts", [(FIRST, REST), (WHOLE, OTHER)], ids=["within", "between"])
def test_compressed_text_cut_at_every_byte(
    squeeze: Callable[[bytes], bytes], parts: tuple[bytes, bytes], tmp_path: Path
) -> None:
    """Between two streams a file cannot be told from a whole one; the parser sees the rest."""
    first, second = map(squeeze, parts)
    whole = first + second
    for stop in range(len(whole) + 1):
        text = {0: b"", len(first): parts[0], len(whole): TEXT}.get(stop)
        wanted = None if text is None else records_of(text)
        told = CompressedInputError if text is None else FastqError
        check(whole[:stop], wanted, told, tmp_path / "cut.fq")


@pytest.mark.parametrize("name", ["plain", *SQUEEZES])
def test_through_a_pipeline(name: str, tmp_path: Path) -> None:
    """A target is whole or absent, whatever was cut."""
    path, target = tmp_path / "cut.fq", tmp_path / "out.fq"
    packed = TEXT if name == "plain" else SQUEEZES[name](TEXT)
    for stop in range(0, len(packed), 7):
        path.write_bytes(packed[:stop])
        pipeline = bs.read_fastq(path).with_options(threads=1)
        wanted = records_of(packed[:stop]) if name == "plain" or not stop else None
        if wanted is None:
            with pytest.raises((CompressedInputError, FastqError)):
                pipeline.write_fastq(target)
            assert not target.exists()
        else:
            assert pipeline.write_fastq(target).reads_out == len(wanted)
            target.unlink()


@pytest.mark.parametrize("name", ["plain", *SQUEEZES])
def test_with_bad_records_skipped(name: str) -> None:
    """Of plain text the whole records stay; what is compressed is trusted to its check sum."""
    packed = TEXT if name == "plain" else SQUEEZES[name](TEXT)
    for stop in range(1, len(packed)):
        with piped(packed[:stop]) as source, warnings.catch_warnings():
            warnings.simplefilter("ignore", bs.InputWarning)
            pipeline = bs.read_fastq(source, on_bad_record="skip").with_options(threads=1)
            if name != "plain":
                with pytest.raises(CompressedInputError):
                    pipeline.run(Collect())
                continue
            report = pipeline.run(Collect())
        whole = max(
            (found for end in range(stop + 1) if (found := records_of(TEXT[:end])) is not None),
            key=len,
        )
        assert report.reads_out == len(whole)
        assert (report.counts == {}) == (records_of(TEXT[:stop]) is not None)


@pytest.mark.parametrize("name", ["plain", "gzip", "bgzf", "zstd", "xz"])
@pytest.mark.parametrize("which", [0, 1])
def test_one_of_two_files_with_mates_is_cut(name: str, which: int, tmp_path: Path) -> None:
    """Its last whole record may be the end of a file; the other file then has reads left."""
    squeeze = SQUEEZES.get(name, bytes)
    path = tmp_path / "cut.fq"
    packed = squeeze(TEXT)
    for stop in range(len(packed)):
        if name == "plain" and records_of(TEXT[:stop]) == naive.parse(TEXT):
            continue  # only the last newline is missing
        path.write_bytes(packed[:stop])
        with piped(squeeze(TEXT)) as whole, warnings.catch_warnings():
            warnings.simplefilter("ignore", bs.InputWarning)
            sources = [whole, whole]
            sources[which] = path
            between = stop == 0 or name == "plain"
            error = (PairError, FastqError) if between else CompressedInputError
            with pytest.raises(error):
                read(*sources)
