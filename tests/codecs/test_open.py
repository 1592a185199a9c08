import bz2
import csv
import gzip
import io
import lzma
import os
import threading
from pathlib import Path

import pytest

from biometal_stream.codecs import open_bytes
from biometal_stream.errors import BiometalError, CompressedInputError, InputError

CASES = [
    "00_ok.fastq",
    "00_ok_gz.fastq.gz",
    "01_multimember_gz.fastq.gz",
    "02_bgzf.fastq.gz",
    "03_zst.fastq.zst",
    "04_gz_named_fastq.fastq",
    "05_plain_named_gz.fastq.gz",
    "10_gz_truncated.fastq.gz",
    "11_gz_no_trailer.fastq.gz",
    "12_gz_bad_crc.fastq.gz",
    "13_gz_bitflip.fastq.gz",
    "14_gz_trailing_junk.fastq.gz",
    "15_gz_trailing_text.fastq.gz",
    "16_gz_2nd_member_cut.fastq.gz",
    "17_bgzf_no_eof.fastq.gz",
    "20_empty_file.fastq",
    "21_empty_gz.fastq.gz",
    "22_zero_byte_gz.fastq.gz",
    "23_only_newline.fastq",
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("way", ["file", "pipe"])
def test_the_verdicts_on_malformed_files(case, way, shared_data, lend, read_all, piped):
    folder = shared_data / "malformed" / "cases"
    with (folder / "EXPECTED.tsv").open() as table:
        expected = {row["file"]: row["expected"] for row in csv.DictReader(table, delimiter="\t")}
    run = lend()

    def read():
        if way == "file":
            return read_all(folder / case, run)
        with piped((folder / case).read_bytes(), 4000) as source:
            return read_all(source, run)

    if expected[case] == "error":
        with pytest.raises(CompressedInputError) as caught:
            read()
        assert "\n" not in str(caught.value)
        assert "copy or download it again" in str(caught.value)
        return
    assert read().count(b"\n") == max(4 * int(expected[case]), int(case.startswith("23")))
    assert len(run.warnings) == case.startswith("17")


def test_all_cases_of_the_folder_are_tested(shared_data):
    names = {path.name for path in (shared_data / "malformed" / "cases").glob("[012]*")}
    assert names == set(CASES)


def test_real_files_against_gzip_of_python(shared_data, session_run, read_all):
    paths = sorted((shared_data / "reads").rglob("*.gz"), key=lambda path: path.stat().st_size)
    assert paths
    for path in paths[:8]:
        with gzip.open(path) as file:
            text = file.read()
        assert read_all(path, session_run) == text
        assert read_all(bz2.compress(text, 1), session_run) == text
        assert read_all(lzma.compress(text, preset=0), session_run) == text


@pytest.mark.parametrize("content", [b"", b"\n", b"@", b"@read\nA\n+\nI\n", b"A"])
def test_plain(content, lend, read_all, piped, tmp_path):
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(content)
    assert read_all(path, lend()) == content
    with piped(content, 1) as source:
        assert read_all(source, lend(), 1) == content
    reader = open_bytes(path, run=lend())
    assert (reader.codec, reader.name, reader.bytes_total) == ("plain", str(path), len(content))
    reader.close()


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            b"\x04\x22\x4d\x18",
            "compressed with lz4, which is not supported; pipe it in with 'lz4 -dc'",
        ),
        (b"\x1f\x9d\x90", "compress"),
    ],
)
@pytest.mark.parametrize("squeeze", [None, gzip.compress, bz2.compress], ids=["", "gzip", "bzip2"])
def test_compression_that_is_not_read(head, message, squeeze, lend, read_all, piped, tmp_path):
    content = head + b"some more bytes"
    if squeeze is not None:
        content = squeeze(content)
    path = tmp_path / "reads.fq"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_all(path, lend())
    assert str(caught.value).startswith(f"{path}: is ")
    with piped(content, 1) as source, pytest.raises(InputError, match=message):
        read_all(source, lend(), 1)


@pytest.mark.parametrize("content", [b"BAM\1", b"<html>", b"PAR1", b">s\nA\n", b"\0" * 600])
def test_codecs_judge_no_content(content, lend, read_all):
    assert read_all(content, lend()) == content
    assert read_all(gzip.compress(content), lend()) == content


@pytest.mark.parametrize("squeeze", [bytes, gzip.compress, lzma.compress])
@pytest.mark.parametrize("size", [1, 100, 1 << 17])
def test_a_look_at_the_first_bytes(size, squeeze, lend, piped, tmp_path):
    content = os.urandom(size)
    path = tmp_path / "data"
    path.write_bytes(squeeze(content))

    def seen(source, most):
        heads = []

        def look(head, name, /, *, ended):
            heads.append((head, ended))
            return len(head) >= most

        reader = open_bytes(source, run=lend(), look=look)
        target = bytearray(1 << 18)
        count = 0
        while found := reader.readinto(memoryview(target)[count:]):
            count += found
        reader.close()
        assert bytes(target[:count]) == content
        return heads

    for most in (1, 1 << 18):
        with piped(path.read_bytes(), 700) as source:
            for heads in (seen(path, most), seen(source, most)):
                assert all(content.startswith(head) for head, _ in heads)
                enough = min(most, size, 1 << 16)
                assert len(heads[-1][0]) >= enough
                assert heads[-1][1] or len(heads[-1][0]) >= most


def test_compressed_twice(text, lend, read_all):
    with pytest.raises(InputError, match="the decompressed data is gzip again; decompress it once"):
        read_all(gzip.compress(gzip.compress(text)), lend())


def test_nothing_stays_open(text, lend, bgzf, tmp_path):
    run = lend(2)
    run.executor.submit(int).result()
    inputs = [text, gzip.compress(text), bgzf(text, 100), bz2.compress(text), lzma.compress(text)]
    inputs += [packed[:-3] for packed in inputs[1:]]
    inputs += [b"PK\3\4", gzip.compress(b"BAM\1zzzz")]
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    path = tmp_path / "reads"

    def open_descriptors():
        return sum(1 for _ in Path("/dev/fd").iterdir())

    list(map(run.executor.submit, [int] * 4))  # all its threads
    before = (open_descriptors(), threading.active_count())
    for content in inputs:
        path.write_bytes(content)
        for steps in (0, 1, 1000):
            try:
                reader = open_bytes(path, run=run)
            except BiometalError:
                continue
            try:
                for _ in range(steps):
                    reader.readinto(memoryview(bytearray(100)))
            except BiometalError:
                pass
            finally:
                reader.close()
                reader.close()
    if os.uname().sysname == "Linux":
        open_bytes(fifo, run=run).close()
    assert (open_descriptors(), threading.active_count()) == before


def test_a_file_object_is_left_open(text, lend):
    source = io.BytesIO(gzip.compress(text))
    reader = open_bytes(source, run=lend())
    reader.close()
    assert not source.closed
