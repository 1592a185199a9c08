"""Columns that are made for nothing are told of; those of which one is used are not."""

import gzip
import warnings
from dataclasses import dataclass

import pytest

import biometal_stream as bs
from biometal_stream.cli.demo import sample_path
from biometal_stream.errors import InputWarning
from biometal_stream.operators.base import StatelessOperator


@pytest.fixture(scope="module")
def reads(tmp_path_factory):
    path = tmp_path_factory.mktemp("untaken") / "reads.fq"
    with sample_path() as sample, gzip.open(sample) as file:
        path.write_bytes(b"".join(file.readlines()[:400]))
    return bs.read_fastq(path)


@dataclass(frozen=True)
class LookAtAll(StatelessOperator):
    """Reads every column, and says nothing of itself."""

    def __call__(self, batch, /):
        return batch


LOST = [
    ([bs.Extract(["2M+T"])], "extract: its columns are not written: umi, umi_quality"),
    (
        [bs.Extract(["2M1B+T"], name_as="fastp")],
        "extract: its columns are not written: barcode, barcode_quality",
    ),
    ([bs.Measure()], "measure: its columns are not written: length, mean_quality, expected_errors"),
    ([bs.Measure(("gc",)), bs.Head(5)], "'tag-description gc' puts it into the description"),
    ([bs.DecodeQuality()], "its column is not written: phred; FASTQ holds only name, description"),
    ([bs.EncodeReads("one-hot/1", 20)], "Parquet and Arrow hold every column"),
    ([bs.Predict("quality")], "tag-description quality_label quality_probability"),
    ([bs.Measure(("gc",)), bs.Rename(("gc=share",))], "rename: its column is not written: share"),
    ([bs.Measure(("gc",)), bs.Sample(fraction=0.5), bs.MinLength(5)], "not written: gc"),
]
USED = [
    [bs.Extract(["2M+T"], name_as="umi-tools")],
    [bs.Extract(["2M1B+T"], tags=True)],
    [bs.MinLength(5)],
    [bs.Measure(), bs.Where("gc > 0.5")],
    [bs.Predict("quality"), bs.KeepLabel("quality", "PASS")],
    [bs.Measure(), bs.TagDescription(("gc",))],
    [bs.Measure(), bs.Select(("name", "sequence", "quality"))],
    [bs.DecodeQuality(), LookAtAll()],
    [bs.Measure(("gc",)), bs.Rename(("gc=share",)), bs.Where("share > 0.5")],
]


def piped(reads, operators):
    for operator in operators:
        reads = reads | operator
    return reads


@pytest.mark.parametrize(("operators", "said"), LOST, ids=lambda part: str(part)[:40])
def test_what_fastq_cannot_carry(reads, tmp_path, operators, said):
    with pytest.warns(InputWarning) as caught:
        report = piped(reads, operators).write_fastq(tmp_path / "o.fq")
    (warning,) = report.warnings
    assert [str(one.message) for one in caught] == [warning]
    assert said in warning


@pytest.mark.parametrize("operators", USED, ids=lambda part: str(part)[:40])
def test_what_is_used(reads, tmp_path, operators):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        piped(reads, operators).write_fastq(tmp_path / "o.fq")


@pytest.mark.parametrize(("operators", "said"), LOST, ids=lambda part: str(part)[:40])
def test_what_holds_every_column(reads, tmp_path, operators, said):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        piped(reads, operators).write_parquet(tmp_path / "o.parquet")
        assert sum(batch.num_rows for batch in piped(reads, operators).batches())


def test_the_fastq_is_the_same(reads, tmp_path):
    with pytest.warns(InputWarning, match="not written"):
        (reads | bs.Measure()).write_fastq(tmp_path / "o.fq")
    reads.write_fastq(tmp_path / "same.fq")
    assert (tmp_path / "o.fq").read_bytes() == (tmp_path / "same.fq").read_bytes()


def test_what_a_summary_does_not_count(reads):
    from biometal_stream.sinks import DiscardSink

    with pytest.warns(InputWarning, match="phred; without 'write' a run ends with a summary"):
        (reads | bs.DecodeQuality() | bs.Summarize()).run(DiscardSink())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (reads | bs.Measure() | bs.Predict("quality") | bs.Summarize()).run(DiscardSink())
