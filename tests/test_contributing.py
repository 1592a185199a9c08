"""The new operator of CONTRIBUTING.md does all that is said of it, in a copy of the repository."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text()
SAMPLE = REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz"
PREFIX = "CCTACGGGAGGC"


class Copy:
    """A copy of what the example needs of the repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        unneeded = shutil.ignore_patterns("__pycache__")
        for name in ("biometal_stream", "operators", "schemas", "models"):
            shutil.copytree(REPOSITORY / name, folder / name, symlinks=True, ignore=unneeded)
        tests = folder / "tests"
        shutil.copytree(REPOSITORY / "tests" / "operators", tests / "operators", ignore=unneeded)
        for name in ("pyproject.toml", "tests/__init__.py", "tests/conftest.py"):
            shutil.copy(REPOSITORY / name, folder / name)

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *map(str, words)],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder), "TERM": "dumb"},
            capture_output=True,
            text=True,
            check=False,
        )

    def insert(self, file: str, before: str, lines: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert text.count(before) == 1, (file, before)
        path.write_text(text.replace(before, lines + before))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The copy, with the file that CONTRIBUTING.md shows in its place."""
    copy = Copy(tmp_path_factory.mktemp("copy"))
    (snippet,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    (place,) = set(re.findall(r"`(operators/[a-z_]+\.py)`:\n", TEXT))
    (copy.folder / place).write_text(snippet)
    return copy


def test_it_is_on_the_command_line(copy: Copy, tmp_path: Path) -> None:
    done = copy.run("biometal_stream", "starts-with", "--help")
    assert "PREFIX  The bases that a read must begin with." in done.stdout
    assert "starts-with" in copy.run("biometal_stream", "--help").stdout

    target = tmp_path / "out.fq"
    done = copy.run("biometal_stream", "read", SAMPLE, "starts-with", PREFIX, "write", target)
    assert done.returncode == 0, done.stderr
    lines = gzip.decompress(SAMPLE.read_bytes()).decode().splitlines(keepends=True)
    records = [lines[first : first + 4] for first in range(0, len(lines), 4)]
    kept = [record for record in records if record[1].startswith(PREFIX)]
    assert 0 < len(kept) < len(records)
    assert target.read_text() == "".join(line for record in kept for line in record)


def test_the_suite_proves_it(copy: Copy) -> None:
    suite = ("pytest", "-q", "-p", "no:cacheprovider", "tests/operators/test_conformance.py")
    chosen = (*suite, "-k", "starts-with or StartsWith or the_package_names")
    done = copy.run(*chosen)
    assert "add an example of starts-with" in done.stdout  # what is forgotten is said
    assert "test_the_package_names_what_its_folder_holds" in done.stdout

    module = "biometal_stream.operators"
    imports = f"    from {module}.starts_with import StartsWith\n"
    copy.insert("operators/__init__.py", f"    from {module}.where import Where\n", imports)
    copy.insert("operators/__init__.py", '    "Where",\n', '    "StartsWith",\n')
    copy.insert("biometal_stream/__init__.py", "        Where,\n", "        StartsWith,\n")
    copy.insert("biometal_stream/__init__.py", '    "Where",\n', '    "StartsWith",\n')
    example = '    "starts-with": operators.StartsWith("AC"),\n'
    copy.insert("tests/operators/conformance.py", '    "where": operators.Where(', example)

    done = copy.run(*chosen)
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 20
