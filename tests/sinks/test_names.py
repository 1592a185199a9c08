"""The content never contradicts the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from biometal_stream.errors import ConfigurationError
from biometal_stream.sinks import ArrowSink, FastqSink, ParquetSink
from biometal_stream.sinks.names import check_text_name, compression_said_by, said_by


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ParquetSink("y.fq.gz"), "y.fq.gz: the name says FASTQ, but Parquet is to be w"),
        (lambda: ParquetSink("y.fq.gz"), "name it y.parquet, or write FASTQ (--format fastq; wri"),
        (lambda: ParquetSink("y.FASTQ", shards=2), "the name says FASTQ"),
        (lambda: ParquetSink("y.parquet.gz"), "compressed inside; name it y.parquet"),
        (lambda: ParquetSink("y.gz"), "compressed inside; name it y.parquet"),
        (lambda: ParquetSink("y.zst"), "compressed as a whole"),
        (lambda: ParquetSink("y.arrow"), "the name says an Arrow file, but Parquet"),
        (lambda: ParquetSink("y.csv"), "the name says CSV, but Parquet is to be written"),
        (lambda: ArrowSink("x.parquet"), "the name says Parquet, but an Arrow file"),
        (lambda: ArrowSink("x.fq"), "the name says FASTQ, but an Arrow file is to be written"),
        (lambda: ArrowSink("x.arrow.zst", compression="zstd"), "name it x.arrow"),
        (lambda: ArrowSink("x.arrows"), "the name says an Arrow stream, but an Arrow file"),
        (lambda: ArrowSink("x.feather", "stream"), "name it x.arrows, or write an Arrow file"),
        (lambda: FastqSink("r.parquet"), "the name says Parquet, but FASTQ is to be written"),
        (lambda: FastqSink("r.parquet.gz"), "name it r.fq.gz, or write Parquet"),
        (lambda: FastqSink("r.bam"), "r.bam: the name says BAM, but FASTQ is to be written; name"),
        (lambda: FastqSink("r.fa.gz"), "the name says FASTA, but FASTQ is to be written; name it"),
        (lambda: FastqSink("r.tar.gz"), "the name says a tar archive"),
        (lambda: FastqSink("o.fq.gz", compression="zstd"), "the name says gzip, but the compress"),
        (lambda: FastqSink("o.fq.gz", compression="zstd"), "name it o.fq.zst, or leave the compr"),
        (lambda: FastqSink("o.fq.gz", compression="none"), "compression is none; name it o.fq,"),
        (lambda: FastqSink("o.fq.zst", compression="gzip"), "name it o.fq.gz, or"),
        (lambda: FastqSink("o.gz", compression="none"), "name it o, or leave"),
        (lambda: FastqSink("a/o.fq", compression="gzip"), "says no compression, but the compres"),
        (lambda: FastqSink("1.fq.gz", mate="2.fq", compression="gzip"), "2.fq: the name says no"),
        (lambda: FastqSink("1.fq.gz", mate="2.bam"), "2.bam: the name says BAM"),
        (lambda: FastqSink("o.fq.zip"), "writing .zip is not supported; use .gz or .zst"),
        (lambda: FastqSink("o.fq.bz2", compression="gzip"), ".bz2 is read but not written"),
        (lambda: check_text_name("s.gz", "JSON", ".json"), "name it s.json"),
        (lambda: check_text_name("s.json.gz", "JSON", ".json"), "the name says a compressed file"),
        (lambda: check_text_name("s.parquet", "JSON", ".json"), "the name says Parquet, but JSON"),
        (lambda: check_text_name("s.csv", "JSON", ".json"), "the name says CSV"),
    ],
)
def test_what_contradicts_the_name(make, message):
    with pytest.raises(ConfigurationError) as error:
        make()
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "target", ["-", "out", "out.txt", "out.1", "/dev/fd/63", "/dev/stdout", "a.gz/out", ".hidden"]
)
def test_names_that_say_nothing(target):
    for compression in ("gzip", "zstd", "none", None):
        FastqSink(target, compression=compression)
    for compression in ("gzip", "zstd", "none", "snappy"):
        ParquetSink(target, compression=compression)
    ArrowSink(target)
    ArrowSink(target, "stream")
    check_text_name(target, "JSON", ".json")
    assert compression_said_by(target) == "none"


def test_names_that_say_the_same():
    FastqSink("r.FQ.GZ", compression="gzip")
    FastqSink("r.fq.bgz", compression="gzip")
    FastqSink("r.txt.gz", compression="gzip")
    FastqSink("r.fq.zst", compression="zstd")
    FastqSink("r.fq", compression="none")
    ParquetSink("r.snappy.parquet", compression="snappy")
    ParquetSink("r.gz.pq", compression="gzip")
    ArrowSink("r.arrow", "stream")
    ArrowSink("r.ipc", "stream")
    ArrowSink("r.arrows", "stream")
    check_text_name("s.json", "JSON", ".json")


def test_a_folder_may_have_any_name(tmp_path):
    (tmp_path / "run.fastq").mkdir()
    assert ParquetSink(tmp_path / "run.fastq").is_folder
    assert ParquetSink(f"{tmp_path}/other.fq/").is_folder


@pytest.mark.parametrize("target", ["a/b.fq.gz", "x.Fastq.Gz", "y.bam", "z", "a.b.c/d.parquet"])
def test_what_a_name_says_is_its_end(target):
    said = said_by(target)
    assert target.startswith(said.stem)
    assert Path(said.stem).parent == Path(target).parent
