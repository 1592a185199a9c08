"""``preset``: a chain of steps under one name."""

import re
import shlex
from typing import get_args

import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.cli.preset import operators_of_words
from biometal_stream.errors import ConfigurationError
from biometal_stream.joined import Joined
from biometal_stream.presets import PRESETS, PresetName
from biometal_stream.settings import as_typed
from tests.conftest import REPOSITORY


@pytest.fixture
def here(inputs, monkeypatch):
    monkeypatch.chdir(inputs)
    return inputs


every_preset = pytest.mark.parametrize("name", PRESETS)


@every_preset
def test_a_preset_is_the_line_that_it_prints(name, here, capsys):
    long = name in {"ont", "pacbio"}
    files, target = "R1.fq.gz --mate R2.fq.gz", "R{mate}.fq.gz"
    if long:
        files, target = "reads.fq.gz", "R1.fq.gz"
    assert main(shlex.split(f"preset {name} {files} write a_{target}")) == 0
    first, *_ = capsys.readouterr().err.splitlines()
    steps = first.removeprefix(f"preset {name}: ")
    assert steps == PRESETS[name].steps
    assert main(shlex.split(f"read {files} {steps} write b_{target} --quiet")) == 0
    assert main(shlex.split(f"read {files} preset {name} write c_{target} --quiet")) == 0
    assert "preset" not in capsys.readouterr().err
    for mate in "1" if long else "12":
        made = (here / f"a_R{mate}.fq.gz").read_bytes()
        assert (here / f"b_R{mate}.fq.gz").read_bytes() == made
        assert (here / f"c_R{mate}.fq.gz").read_bytes() == made


@every_preset
def test_a_preset_can_be_shown(name, capsys):
    steps = PRESETS[name].steps
    for words in (["preset", name], ["preset", name, "--show"]):
        assert main(words) == 0
        assert capsys.readouterr().out == f"{steps}\n"
    assert main(["preset", name, "a.fq", "write", "o 1.fq", "--show"]) == 0
    line = capsys.readouterr().out
    assert line.startswith("biometal-stream read a.fq ")
    assert line.endswith(" write 'o 1.fq'\n")
    assert main(["preset", "--help"]) == 0
    assert f"{name}: " in capsys.readouterr().out


@every_preset
def test_the_same_steps_in_python(name):
    chain = bs.preset(name)
    assert isinstance(chain, Joined)
    assert tuple(chain) == chain.operators == operators_of_words(shlex.split(PRESETS[name].steps))
    typed = " ".join(as_typed(operator, options=True) for operator in chain)
    assert operators_of_words(shlex.split(typed)) == chain.operators
    assert (bs.read_fastq("r.fq") | chain | bs.Head(1)).operators == (*chain, bs.Head(1))


def test_the_page_of_presets_has_all_of_them():
    page = (REPOSITORY / "docs" / "presets.md").read_text()
    sections = re.findall(r"^### (.+)\n\n(.+)\n\n```text\n(.+)\n```\n\n\S", page, re.MULTILINE)
    assert sections == [(each.name, each.about, each.steps) for each in PRESETS.values()]


def test_a_preset_is_one_step_of_a_line(here):
    line = "read lane1.fq.gz min-length 3 preset illumina max-length 249 measure write o.parquet"
    assert main(line.split()) == 0
    written = pq.read_schema("o.parquet").metadata[b"biometal_stream.command"].decode()
    inside = " ".join(as_typed(each, options=True) for each in bs.preset("illumina"))
    assert written == f"biometal-stream {line.replace('preset illumina', inside)}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("preset ilumina a.fq", "'ilumina' is not one of"),
        ("preset", "missing argument"),
        ("preset illumina write o.fq", "no files are named; write 'preset illumina FILES...'"),
        ("preset illumina a.fq --mate b.fq c.fq", "--mate names 1 file for 2 files"),
        ("read a.fq preset illumina min-lenght 3", "no such step after 'preset': 'min-lenght'. D"),
        ("read a.fq preset illumina --mate b.fq", "--mate is an option of 'read', and belongs af"),
        ("read a.fq write o.fq preset illumina", "'write' is the last step, but 'preset' follow"),
        ("preset illumina a.fq read b.fq", "'read' comes once, at the start"),
        ("read a.fq run p.toml", "'run' comes once, at the start"),
    ],
)
def test_faults_are_one_line(here, capsys, line, said):
    assert main(line.split()) == 2
    *_, last = capsys.readouterr().err.splitlines()
    assert said in last


def test_type_checkers_know_the_names():
    assert set(get_args(PresetName)) == set(PRESETS)


def test_python_names_the_presets():
    with pytest.raises(ConfigurationError, match=r"preset must be one of illumina.*: 'x'"):
        bs.preset("x")
