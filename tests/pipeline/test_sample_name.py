"""The name of a sample, by the names of its files."""

import io
from pathlib import Path

import pytest

from biometal_stream.pipeline.sample_name import names_of, sample_name


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (["liver.fq"], "liver"),
        (["a/b/liver.fastq.gz"], "liver"),
        (["liver.sorted.fq.zst"], "liver.sorted"),
        (["liver_R1.fq.gz", "liver_R2.fq.gz"], "liver"),
        (["liver_1.fq.gz"], "liver"),
        (["liver.r2.fq"], "liver"),
        (["liver_S1_L001_R1_001.fastq.gz"], "liver_S1_L001"),
        (["x_L001_R1_001.fastq.gz", "x_L002_R1_001.fastq.gz"], "x"),
        (["x_L001.fq", "x_L001.fq"], "x_L001"),
        (["a.fq", "b.fq"], "a"),
        (["R1.fq.gz"], "R1"),
        (["reads.parquet"], "reads"),
        (["reads.arrow"], "reads"),
        (["liver"], "liver"),
        (["-"], "reads"),
        (["/dev/stdin"], "reads"),
        (["/dev/fd/63", "/dev/fd/62"], "reads"),
        ([], "reads"),
        ([".fq"], ".fq"),
    ],
)
def test_names(files, name):
    assert sample_name(files) == name


def test_inputs_without_names_are_left_out():
    assert names_of(["a.fq", Path("b.fq"), io.BytesIO(), "-"]) == ("a.fq", "b.fq", "-")
