"""What is no FASTQ is named, compressed or not, on files and pipes, and nothing of it is read."""

import bz2
import gzip
import io
import lzma
import tarfile

import pytest
from backports import zstd

import biometal_stream as bs
from biometal_stream.errors import InputError
from tests.pipes import piped
from tests.stand_ins import Collect

RECORDS = b"@r1\nACGT\n+\nIIII\n@r2\nACGT\n+\nIIII\n"
TEXTS = {
    "a web page": [
        b"<!DOCTYPE html>\n<html><head></head><body>Not found</body></html>\n",
        b"\n  <!-- saved --> <HTML lang='en'>\n",
        b"404: Not Found",
        b"HTTP/1.1 403 Forbidden\r\n\r\n",
    ],
    "XML": [b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', b"<Error/>"],
    "JSON": [b'{"error": "expired"}', b"[]", b'[\n {"a": 1}]'],
    "a Git LFS pointer": [b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n"],
    "a git-annex pointer": [b"/annex/objects/SHA256E-s1--0.fq.gz\n"],
    "SAM": [
        b"@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:100\nr1\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tIIII\n",
        b"@SQ\tSN:chr1\tLN:100\n",
        b"r1\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tIIII\n",
        b"r1\t99\tchr1\t7\t60\t4M\t=\t37\t39\tACGT\tIIII\tNM:i:0\n",
    ],
    "VCF": [b"##fileformat=VCFv4.2\n#CHROM\tPOS\n", b"#CHROM\tPOS\tID\n"],
    "GFF": [
        b"##gff-version 3\nchr1\t.\tgene\t1\t9\t.\t+\t.\tID=1\n",
        b"a\tb\texon\t1\t9\t.\t-\t0\tx\n",
    ],
    "PAF": [b"q\t100\t0\t50\t+\tt\t900\t5\t55\t50\t50\t60\n"],
    "GFA": [b"H\tVN:Z:1.0\n", b"S\t1\tACGT\n"],
    "BED": [b"chr1\t0\t100\n", b"track name=x\nchr1\t0\t100\tgene\n"],
    "GenBank": [b"LOCUS       SCU49845     5028 bp    DNA\n"],
    "EMBL": [b"ID   X56734; SV 1; linear; mRNA; STD; PLN; 1859 BP.\n"],
    "a list of checksums": [
        b"d41d8cd98f00b204e9800998ecf8427e  reads.fq.gz\n",
        b"d41d8cd98f00b204e9800998ecf8427e\n",
        b"da39a3ee5e6b4b0d3255bfef95601890afd80709 *reads.fq.gz\n",
        b"MD5 (reads.fq) = d41d8cd98f00b204e9800998ecf8427e\n",
    ],
    "FASTA": [b">s\nACGT\n", b";c\n>s\nACGT\n", b"# c\n# d\n>s\nACGT", b"\n\r\n>s\r\nACGT\r\n"],
    "a table with tabs": [b"sample\tfile\na\tb.fq\n"],
    "a table with commas (CSV)": [b"sample,fastq_1,fastq_2\na,b.fq,c.fq\n"],
    "a script": [b"#!/bin/bash\necho\n"],
    "text in UTF-16": ["@r\nA\n+\nI\n".encode("utf-16")],
}


def tar(form: int = tarfile.GNU_FORMAT, name: str = "reads.fq") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(RECORDS)
        archive.addfile(info, io.BytesIO(RECORDS))
    return packed.getvalue()


def old_tar() -> bytes:
    """As of the seventh edition of Unix, without a magic."""
    packed = bytearray(tar())
    packed[257:512] = bytes(255)
    packed[148:156] = b" " * 8
    packed[148:156] = b"%06o\0 " % sum(packed[:512])
    return bytes(packed)


TEXTS["a tar archive"] = [
    tar(),
    tar(tarfile.USTAR_FORMAT),
    tar(tarfile.PAX_FORMAT, "n" * 300),
    tar(name="@reads.fq"),
    old_tar(),
]
CASES = [(what, content) for what, contents in TEXTS.items() for content in contents]
SQUEEZES = {"": bytes, "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}
SQUEEZES["zstd"] = zstd.compress


def read(source, mode):
    sink = Collect()
    bs.read_fastq(source, on_bad_record=mode).with_options(threads=1).run(sink)
    return sum(batch.num_rows for batch in sink.got)


@pytest.mark.parametrize("squeeze", SQUEEZES)
@pytest.mark.parametrize(("what", "content"), CASES)
def test_what_is_no_fastq_is_named(tmp_path, what, content, squeeze):
    path = tmp_path / "reads.fq"
    path.write_bytes(SQUEEZES[squeeze](content))
    for mode in ("stop", "skip"):
        with pytest.raises(InputError) as caught:
            read(path, mode)
        assert str(caught.value).startswith(f"{path}: is {what}, not FASTQ; ")
        if content[:1] == b"@" and what == "a tar archive" and not squeeze:
            continue  # of a pipe the first byte is enough
        with piped(path.read_bytes(), 100) as source, pytest.raises(InputError) as caught:
            read(source, mode)
        assert f": is {what}, not FASTQ; " in str(caught.value)


@pytest.mark.parametrize("squeeze", SQUEEZES)
def test_a_long_page_is_named_before_anything_is_read(tmp_path, squeeze):
    path = tmp_path / "reads.fq"
    path.write_bytes(SQUEEZES[squeeze](b"<html>" + b"<p>text\n" * 100_000 + RECORDS))
    with pytest.raises(InputError, match="is a web page"):
        read(path, "skip")


def test_every_lane_is_looked_at(tmp_path):
    (tmp_path / "1.fq").write_bytes(RECORDS)
    (tmp_path / "2.fq").write_bytes(gzip.compress(TEXTS["a web page"][0]))
    for order in (("1.fq", "2.fq"), ("2.fq", "1.fq")):
        with pytest.raises(InputError, match=r"2\.fq: is a web page"):
            bs.read_fastq([tmp_path / name for name in order]).run(Collect())
    with pytest.raises(InputError, match=r"2\.fq: is a web page"):
        bs.read_fastq(tmp_path / "1.fq", mate=tmp_path / "2.fq").run(Collect())


@pytest.mark.parametrize("squeeze", ["", "zstd"])
@pytest.mark.parametrize(
    "junk", [c for what, c in CASES if what not in {"a tar archive", "text in UTF-16", "SAM"}]
)
def test_fastq_behind_such_lines_is_read_where_bad_records_are_left_out(tmp_path, junk, squeeze):
    path = tmp_path / "reads.fq"
    junk += b"" if junk.endswith(b"\n") else b"\n"
    path.write_bytes(SQUEEZES[squeeze](junk + RECORDS))
    with pytest.warns(bs.InputWarning, match="bad records are left out"):
        assert read(path, "skip") == 2
    with pytest.raises(bs.FastqError, match="record 1, line 1, byte"):
        read(path, "stop")


@pytest.mark.parametrize(
    "name",
    [b"@HD\tVN:1.6", b"@SQ\tSN:1", b"@CO\tx", b"@a,b,c", b"@r\t4\t*\t0\t0\t*\t*\t0\t0\tA\tI"],
)
@pytest.mark.parametrize("bases", [4, 100_000])
def test_names_that_look_like_other_formats(tmp_path, name, bases):
    path = tmp_path / "reads.fq"
    path.write_bytes(name + b"\n" + b"A" * bases + b"\n+\n" + b"I" * bases + b"\n")
    assert read(path, "stop") == 1


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"BAM\1", "BAM file, not FASTQ; convert it with 'samtools fastq'"),
        (b"CRAM\3\0", "CRAM file, not FASTQ; convert it with 'samtools fastq'"),
        (b"NCBI.sra", "SRA file, not FASTQ; convert it with 'fasterq-dump'"),
        (b"\x89HDF\r\n\x1a\n", "HDF5 file"),
        (b"\x8bPOD\r\n\x1a\n", "POD5 file"),
        (b"PAR1", "Parquet, not FASTQ; read it with --format parquet"),
        (b"ARROW1\0\0", "Arrow, not FASTQ; read it with --format arrow"),
        (b"\xff\xff\xff\xff\x78\0\0\0", "Arrow, not FASTQ; read it with --format arrow"),
        (b"PK\x03\x04", "zip archive, not FASTQ; unpack it"),
    ],
)
@pytest.mark.parametrize("squeeze", [None, gzip.compress, bz2.compress], ids=["", "gzip", "bzip2"])
def test_formats_that_are_not_read(head, message, squeeze, tmp_path):
    content = head + b"some more bytes"
    if squeeze is not None:
        content = squeeze(content)
    path = tmp_path / "reads.fq"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read(path, "stop")
    assert str(caught.value).startswith(f"{path}: is ")
    with piped(content, 1) as source, pytest.raises(InputError, match=message):
        read(source, "stop")
