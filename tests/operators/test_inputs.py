"""The files that operators read, which no output replaces."""

from __future__ import annotations

import pickle
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import SinkError
from biometal_stream.interfaces import FileOperator
from biometal_stream.registry.builtin import operator_classes
from biometal_stream.settings import setting_of
from tests.operators.test_drop_duplicates import fastq

FASTA = ">a/1\nAGATCGGAAGAGCACACGTC\n"
READERS = {
    "demultiplex": {"sheet": "a\tACGTACGT\nb\tTTTTAAAA\n", "read_structure": ("8B+T",)},
    "drop-names": {"file": "a\nb\n"},
    "keep-names": {"file": "a\nb\n"},
    "match-adapters": {"adapters": FASTA},
    "split-adapters": {"adapters": FASTA},
    "trim-adapters": {"adapters": FASTA},
}
"""The settings of each, with the content of the file in place of its name."""


def reader(name: str, path: Path, **others: Any) -> Any:
    """An operator that reads a file, and the file."""
    (setting, content), *rest = READERS[name].items()
    path.write_text(str(content))
    return operator_classes()[name](**{setting: str(path), **dict(rest), **others})


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_an_operator_reads_is_not_replaced(name, tmp_path):
    reads, file = tmp_path / "in.fq", tmp_path / "read.fq"
    reads.write_bytes(fastq(["ACGT" * 5] * 3))
    operator = reader(name, file)
    assert isinstance(operator, FileOperator)
    before = file.read_bytes()
    pipeline = bs.read_fastq(str(reads)) | pickle.loads(pickle.dumps(operator))
    with pytest.raises(SinkError, match=r"read.fq: is an input; name another file"):
        pipeline.write_fastq(str(file))
    with pytest.raises(SinkError, match=r"read.fq: is an input"):
        pipeline.write_fastq(str(tmp_path / "out.fq"), rejected=str(file))
    assert file.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"in.fq", "read.fq"}


def test_adapters_matched_by_rules_are_also_a_file_that_is_read(tmp_path):
    operator = reader("trim-adapters", tmp_path / "a.fa", times=2)
    assert operator.inputs == (str(tmp_path / "a.fa"),)
    assert bs.TrimAdapters(adapter=("ACGTACGT",)).inputs == ()


@pytest.mark.parametrize("operator", [bs.MatchAdapters, bs.TrimAdapters])
def test_so_are_files_in_the_place_of_an_adapter(operator):
    ends = {"front": ("^file:one.fa", "ACGT"), "mate_anywhere": ("file:two.fa;e=0.2",)}
    assert operator(adapter=("file$:a b.fa",), times=1, **ends).inputs == (
        "a b.fa",
        "one.fa",
        "two.fa",
    )


@pytest.mark.parametrize("name", READERS)
def test_a_line_that_is_shown_reads_no_file(name, capsys):
    setting = next(iter(READERS[name]))
    cls = operator_classes()[name]
    (field,) = (field for field in fields(cls) if field.name == setting)
    words = ["none.txt"] if setting_of(field).positional else [f"--{setting}", "none.txt"]
    assert main(["read", "none.fq", name, *words, "--show"]) == 0
    assert capsys.readouterr().out.split()[3:] == [name, *words]
    assert main(["read", "none.fq", name, *words, "--save-pipeline", "none/p.toml"]) == 1


@pytest.mark.parametrize("option", ["--stats", "--save-pipeline"])
def test_reports_replace_no_file_that_an_operator_reads(option, tmp_path, capsys):
    (tmp_path / "in.fq").write_bytes(fastq(["ACGT"]))
    file = tmp_path / "names"
    file.write_text("a\n")
    words = ["read", str(tmp_path / "in.fq"), "keep-names", str(file), option, str(file)]
    assert main(words) == 1
    assert f"names: is an input; {option} must be another file" in capsys.readouterr().err
    assert file.read_text() == "a\n"


def test_a_model_is_an_input_if_it_is_a_file():
    assert bs.Predict("./mine.onnx").inputs == ("./mine.onnx",)
    assert bs.Predict("quality").inputs == ()


def test_every_operator_with_an_option_for_a_file_is_tested():
    with_file = {
        name
        for name, cls in operator_classes().items()
        if any(setting_of(field).metavar == "FILE" for field in fields(cls))
    }
    assert with_file <= set(READERS)
