"""Phred+64 and Solexa as they are written, and read again."""

import gzip
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, DataError
from biometal_stream.sinks.fastq.quality_encoding import encoded

TEXT = pa.string()
SCORES = st.lists(st.lists(st.integers(0, 62), max_size=9), max_size=6)
SOLEXA = [-5, -5, -2, 0, 2, 3, 5, 6, 7, 8, 10]
"""Those of Phred 0 to 10: Cock et al. 2010, and the maq_sol2sanger of MAQ and seqtk inverted."""


def batch_of(scores, kind=TEXT):
    text = pa.array(["".join(chr(33 + q) for q in read) for read in scores], pa.string())
    names = pa.array([f"r{number}" for number in range(len(scores))], pa.string())
    return pa.record_batch({"name": names, "quality": text.cast(kind)})


def written(batch, encoding):
    return [[ord(c) - 64 for c in read] for read in encoded(batch, encoding)["quality"].to_pylist()]


@given(SCORES, st.sampled_from([pa.string(), pa.large_string(), pa.string_view()]), st.integers(0))
def test_every_score_is_written_as_it_is_defined(scores, kind, first):
    first = min(first, len(scores))
    batch = batch_of(scores, kind).slice(first)
    assert written(batch, "phred64") == scores[first:]
    solexa = [[SOLEXA[q] if q <= 10 else q for q in read] for read in scores[first:]]
    assert written(batch, "solexa") == solexa


def test_the_formula_gives_the_table():
    exact = [10 * math.log10(10 ** (q / 10) - 1) for q in range(1, 11)]
    assert [max(-5, round(each)) for each in exact] == SOLEXA[1:]


@pytest.mark.parametrize("encoding", ["phred64", "solexa"])
def test_a_quality_that_does_not_fit_is_an_error_that_names_the_read(encoding):
    with pytest.raises(
        DataError, match=r"read 'r1', row 1 of its batch: has quality 63; Phred\+64"
    ):
        encoded(batch_of([[40], [2, 63], [3]]), encoding)
    bad = pa.record_batch({"name": ["a"], "quality": ["I "]})
    with pytest.raises(DataError, match=r"has byte 32, which is not Phred\+33"):
        encoded(bad, encoding)


def test_nulls_stay_for_the_error_about_them():
    batch = pa.record_batch({"name": ["a", "b"], "quality": ["I", None]})
    assert encoded(batch, "phred64").column("quality").to_pylist() == ["h", None]


@pytest.fixture
def reads(tmp_path):
    path = tmp_path / "in.fq"
    text = "".join(chr(33 + q) for q in range(63))
    path.write_text(f"@a\n{'A' * 63}\n+\n{text}\n@b\nAC\n+\nII\n")
    return path


def test_phred64_reads_back_as_it_was(reads, tmp_path):
    out = tmp_path / "out.fq.gz"
    words = ["read", reads, "write", out, "--quality-encoding", "phred64", "--quiet"]
    assert main(list(map(str, words))) == 0
    assert gzip.decompress(out.read_bytes()).endswith(b"@b\nAC\n+\nhh\n")
    again = bs.read_fastq(out, quality_encoding="phred64").batches()
    first = bs.read_fastq(reads).batches()
    assert [b.to_pylist() for b in again] == [b.to_pylist() for b in first]


def test_mates_and_reads_set_aside_are_written_alike(reads, tmp_path):
    one, two, rejected = (tmp_path / f"{name}.fq" for name in ("1", "2", "rejected"))
    (tmp_path / "mate.fq").write_text("@a\nA\n+\n5\n@b\nC\n+\n6\n")
    pipeline = bs.read_fastq(reads, mate=tmp_path / "mate.fq") | bs.MaxLength(10)
    pipeline.write_fastq(one, mate=two, rejected=rejected, quality_encoding="solexa")
    assert one.read_text() == "@b\nAC\n+\nhh\n"
    assert two.read_text() == "@b\nC\n+\nU\n"
    assert rejected.read_text().endswith("\nA\n+\nT\n")


def test_it_is_for_fastq_only_and_one_of_three(reads, tmp_path, capsys):
    words = ["read", str(reads), "write", str(tmp_path / "out.fa"), "--quality-encoding", "phred64"]
    assert main(words) == 2
    assert "quality-encoding is for FASTQ, but this is FASTA" in capsys.readouterr().err
    with pytest.raises(ConfigurationError, match="the quality encoding"):
        bs.read_fastq(reads).write_fastq(tmp_path / "out.fq", quality_encoding="phred")


def test_all_bytes_that_are_written_are_quality_characters():
    batch = batch_of([list(range(63))])
    for encoding in ("phred64", "solexa"):
        data = np.frombuffer(encoded(batch, encoding)["quality"][0].as_buffer(), np.uint8)
        assert data.min() >= 59
        assert data.max() <= 126
