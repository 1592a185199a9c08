"""The bench of whole runs: its commands, its comparison, its goal."""

import gzip
from pathlib import Path
from types import SimpleNamespace

import pytest

from benches import inputs
from benches.depletion import whole
from benches.depletion.genomes import Genome
from benches.inputs import Input
from benches.processes import Usage

READ = b"@%d\nACGT\n+\nIIII\n"


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """The commands that were run. Each writes reads: those with depletion and deacon fewer."""
    found = []

    def run(command):
        found.append(command.words)
        outputs = [word for word in command.words if word.startswith(str(tmp_path / "data"))]
        outputs = [Path(word) for word in outputs if "/out" in word]
        depleted = "deplete" in command.words or command.words[0].endswith("venv/bin/python")
        for output in outputs:
            texts = [READ % number for number in range(9 if depleted else 10)]
            output.write_bytes(gzip.compress(b"".join(texts)))
        return Usage(1.2 if depleted else 1.0, 1.0, 0.0, 1, "")

    def prepare(files, reads, folder):
        return Input("", 1, reads, 1, 1, 1, 1, reads // 2, {"gzip": 1}, {}, str(tmp_path))

    def build(genome, scheme, folder):
        return SimpleNamespace(stem="k31w15")

    monkeypatch.setattr(whole, "run", run)
    monkeypatch.setattr(whole, "build", build)
    monkeypatch.setattr(inputs, "prepare", prepare)
    monkeypatch.setattr(inputs, "find_reads", lambda source: [])
    monkeypatch.setattr(whole.Sources, "indexed", Genome("none", None))
    (tmp_path / "data").mkdir()
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").touch()
    return found


def asked(tmp_path, **more):
    settings = {"source": None, "reads": 4000, "repeats": 3, "threads": 2, "index": None}
    folders = {"data": tmp_path / "data", "shared": tmp_path, "peers": tmp_path / "venv"}
    return SimpleNamespace(**settings | folders | more)


def test_it_times_runs_with_and_without_depletion_and_deacon(commands, tmp_path):
    single, pairs = whole.sections(asked(tmp_path))
    assert single.startswith("### gzip → FASTQ.gz level 1\n")
    assert pairs.startswith("### pairs → FASTQ.gz level 1\n")
    assert (
        "with the compact index: 1.20 times the run without, goal at most 1.15: missed;" in single
    )
    assert "processor time 1.00 times, +0.00 µs a read" in single
    assert "without 10, compact index 9, exact index 9, deacon 9; deacon and the exact" in single
    assert len(commands) == 2 * 4 * (1 + 3)  # a run on few reads, then the rounds
    (deacon, *_) = (each for each in commands if each[0].endswith("venv/bin/python"))
    assert deacon[1].endswith("deplete_with_deacon.py")
    assert deacon[2].endswith("k31w15.idx")
    (ours, *_) = (each for each in commands if "deplete" in each)
    assert ours[ours.index("deplete") + 1].endswith("k31w15.compact")


def test_another_index_can_be_used(commands, tmp_path):
    single, _ = whole.sections(asked(tmp_path, index=Path("pan.compact"), peers=None))
    assert "exact index" not in single
    assert {each[each.index("deplete") + 1] for each in commands if "deplete" in each} == {
        "pan.compact"
    }
