"""Peak memory: what is run, and what is taken off."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from benches import inputs, markdown, memory, table
from benches.processes import Usage
from benches.tasks import LENGTH_N, Task

MIB = 1 << 20
PEAKS = {"modules": 400, "imports": 150, "once": 250, "longer": 260, "tight": 210}


@pytest.fixture
def runs(monkeypatch):
    """Pretends to run commands; records which."""
    seen = []

    def pretend(command) -> Usage:
        words = command.words
        if words[-1].endswith("imports.py"):
            kind = "imports"
            assert command.stdin is not None
            assert Path(command.stdin).read_text() == "numpy\nnumba"
        elif words[1].endswith("imports.py"):
            kind = "modules"
        elif "--memory" in words:
            kind = "tight"
        else:
            kind = "longer" if words.count("/in/reads.fastq.gz") > 1 else "once"
        seen.append((kind, words))
        return Usage(1.0, 1.0, 0.0, PEAKS[kind] * MIB, "numpy\nnumba")

    monkeypatch.setattr(memory.processes, "run", pretend)
    return seen


def test_the_imports_are_taken_off(runs, tmp_path) -> None:
    reads = inputs.Input("", 1, 10, 10, 10, 10, 10, 0, {"gzip": 1}, {}, "/in")
    few = replace(reads, folder="/few")
    task = Task("gzip", "Parquet", LENGTH_N)
    (found,) = memory.measure_memory([task], reads, few, tmp_path, lambda _: None)
    assert [kind for kind, _ in runs] == ["modules", "imports", "once", "longer", "tight"]
    longer = runs[3][1]
    assert longer.count("/in/reads.fastq.gz") == found.times == 10
    assert longer[longer.index("read") + 11 :][:2] == ("min-length", "50")
    assert (found.imports, found.once, found.longer, found.tight) == tuple(
        size * MIB for size in (150, 100, 110, 60)
    )
    out = Console(file=io.StringIO(), width=200)
    table.print_memory(out, [found])
    assert "110" in out.file.getvalue()  # type: ignore[attr-defined]
    assert "| 100 | 110 | 60 |" in markdown._memory({"memory": [vars(found)]})
