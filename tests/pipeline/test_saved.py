"""A pipeline in a file is the same pipeline."""

import io
import shlex
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.commands import commands
from biometal_stream.cli.preset import operators_of_words
from biometal_stream.cli.saved import load
from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.base import ReadFilter
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.saved import saved
from biometal_stream.settings import as_typed, option
from tests.operators.test_conformance import ALL

READS = b"@a\nACGTACGT\n+\nIIIIIIII\n@b\nAC\n+\nII\n"
OURS = [operator for operator in ALL if type(operator).__module__.startswith("biometal_stream.")]


@pytest.fixture
def reads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.fq").write_bytes(READS)
    return bs.read_fastq("r.fq")


@pytest.mark.parametrize("operator", OURS, ids=repr)
def test_every_operator_comes_back(operator, reads):
    replace(reads, operators=(operator,)).save("p.toml")
    (found,) = load("p.toml", commands()).operators
    assert found == operator
    assert type(found) is type(operator)


@pytest.mark.parametrize("operator", OURS, ids=repr)
def test_an_operator_as_it_is_typed_comes_back(operator):
    assert operators_of_words(shlex.split(as_typed(operator, options=True))) == (operator,)


@pytest.mark.parametrize(
    "pipeline",
    [
        bs.read_fastq("r.fq"),
        bs.read_fastq(["r.fq", "é ü.fq"], mate=["m.fq", 'a"b\\c.fq'], sample="S 1"),
        bs.read_fastq(["r.fq", "s.fq"], mate=["m.fq", "n.fq"], index=["a", "b", "c", "d"]),
        bs.read_fastq("r.fq", interleaved=True, quality_encoding="auto", max_record_bytes=4096),
        bs.read_fastq("r.fq", on_bad_record="quarantine", quarantine="q.fq"),
        bs.read_fasta("r.fa", sample="é"),
        bs.read_parquet("folder"),
        bs.read_arrow("-"),
        bs.read_fastq("r.fq").with_options(threads=3, memory="64M", min_reads=1, pairs="split"),
        bs.read_fastq("r.fq").with_options(memory=100_000_001, pairs="either"),
    ],
    ids=repr,
)
def test_sources_and_options_come_back(pipeline, tmp_path):
    pipeline.save(tmp_path / "p.toml")
    assert bs.load_pipeline(tmp_path / "p.toml") == pipeline


def test_the_file_is_plain(reads):
    (reads | bs.TrimQuality(20) | bs.MinLength(3)).with_options(pairs="split").save("p.toml")
    lines = Path("p.toml").read_text().splitlines()
    assert lines[0].startswith("# A pipeline of biometal_stream ")
    assert lines[2:5] == ["[read]", 'files = ["r.fq"]', 'format = "fastq"']
    assert "min-length = { length = 3 }" in lines
    assert lines[-2:] == ["[options]", 'pairs = "split"']


def test_all_settings_are_written_so_that_new_defaults_change_nothing(reads):
    text = saved(reads | bs.TrimQuality(20)).text()
    (step,) = tomllib.loads(text)["steps"]
    assert step["trim-quality"].keys() >= {"quality", "algorithm"}


def test_what_was_learnt_can_be_saved(reads):
    learnt = (reads | bs.TrimAdapters()).learn()
    learnt.save("p.toml")
    assert bs.load_pipeline("p.toml") == learnt
    assert not any(getattr(each, "look", None) for each in learnt.operators)


def test_sources_without_names_are_refused(reads, tmp_path):
    table = bs.from_arrow(pa.table({"sequence": ["A"]}))
    with pytest.raises(ConfigurationError, match="reads files by their names"):
        table.save(tmp_path / "p.toml")
    with pytest.raises(ConfigurationError, match="has none"):
        bs.read_fastq(io.BytesIO(READS)).save(tmp_path / "p.toml")
    with pytest.raises(ConfigurationError, match="only text in UTF-8"):
        bs.read_fastq("r\udcff.fq").save(tmp_path / "p.toml")
    assert not (tmp_path / "p.toml").exists()


@dataclass(frozen=True)
class KeepsSome(ReadFilter):
    """Has settings that cannot be typed."""

    needs = ()

    some: object = option("Anything.", default=None)


def test_settings_that_cannot_be_typed_are_refused(reads):
    with pytest.raises(ConfigurationError, match="keeps-some: some cannot be saved"):
        (reads | KeepsSome(some={1, 2})).save("p.toml")


def test_an_operator_that_is_no_step_is_found_out_when_it_is_read(reads):
    (reads | KeepsSome()).save("p.toml")
    with pytest.raises(ConfigurationError, match=r"step 1: there is no step 'keeps-some'"):
        bs.load_pipeline("p.toml")


def test_a_name_of_another_format_is_refused(reads):
    with pytest.raises(ConfigurationError, match="TOML is written there"):
        reads.save("p.fq.gz")


def test_pipelines_that_were_not_saved_are_unchanged(reads):
    assert isinstance(reads, Pipeline)
    reads.save("p.toml")
    before = Path("p.toml").read_text()
    with pytest.raises(ConfigurationError):
        bs.from_arrow(pa.table({"sequence": ["A"]})).save("p.toml")
    assert Path("p.toml").read_text() == before
