"""The comparison of verdicts with deacon's, with a stand-in for deacon."""

import gzip
import json
import random
from pathlib import Path

import pytest

import biometal_stream as bs
from benches.depletion import __main__ as bench
from benches.depletion import sources, verdicts
from benches.depletion.simulate import Kind
from benches.processes import Usage


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """Genomes and reads in small."""
    chance = random.Random(3)
    monkeypatch.setattr(sources, "INDEXED", (0, 2000))
    monkeypatch.setattr(verdicts, "SHORT", (Kind(100), Kind(100, paired=True)))
    monkeypatch.setattr(verdicts, "LONG", ())
    folders = [tmp_path / "genomes", tmp_path / "reads" / "illumina"]
    for folder in folders:
        folder.mkdir(parents=True)
    genomes = {
        "train_human": ["chr20"],
        "train_prokaryote": ["b"],
        "train_virus": ["v"],
        "phage": ["p"],
        "negative_eukaryotes": [f"x set={kind}" for kind in ("mouse", "yeast", "celegans")],
    }
    human = ""
    for name, headers in genomes.items():
        text = ""
        for header in headers:
            bases = "".join(chance.choices("ACGT", k=3000))
            human = human or bases
            text += f">{header}\n{bases}\n"
        (folders[0] / f"{name}.fa.gz").write_bytes(gzip.compress(text.encode()))
    for mate in (1, 2):
        at = 150 * mate
        reads = [human[at : at + 100], human[-100:], "ACGT"]
        text = "".join(f"@r{n}/{mate}\n{r}\n+\n{'I' * len(r)}\n" for n, r in enumerate(reads))
        (folders[1] / f"some_R{mate}.fastq.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").touch()
    return tmp_path


def depleted(job, index):
    """What deacon keeps, by our own steps."""
    source = bs.read(job["inputs"][0], mate=job["inputs"][1] if job["inputs"][1:] else None)
    kept = source | bs.Deplete(index, min_hits=job["hits"], min_fraction=job["fraction"])
    return [(read.name, read.sequence) for read in kept.records()]


@pytest.mark.parametrize("right", [True, False])
def test_runs_that_differ_are_counted(shared, monkeypatch, capsys, right):
    def run(command):
        index = command.words[2]
        for line in Path(command.stdin).read_text().splitlines():
            job = json.loads(line)
            mates = len(job["outputs"])
            kept = depleted(job, index) if right else [("r", "A")] * mates
            for mate, output in enumerate(job["outputs"]):
                text = "".join(f">{name} x\n{bases}\n" for name, bases in kept[mate::mates])
                Path(output).write_text(text)
        return Usage(1.0, 1.0, 0.0, 1, "")

    monkeypatch.setattr(verdicts, "run", run)
    words = ["verdicts", "--shared", str(shared), "--peers", str(shared / "venv")]
    assert bench.main([*words, "--bases", "2000"]) == 0
    text = capsys.readouterr().out
    differ = "0" if right else "6"
    assert f"| real, single | 6 | 18 | 6 | {differ} |" in text
    assert f"| real, pairs | 3 | 9 | 3 | {0 if right else 3} |" in text
    assert "| simulated, pairs | 27 | 270 |" in text


def test_an_environment_is_needed(shared):
    with pytest.raises(SystemExit, match="not an environment with a Python"):
        bench.main(["verdicts", "--peers", str(shared)])
