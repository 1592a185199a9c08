"""The exercises of CONTRIBUTING.md do all that is said of them, in a copy of the repository.

Each is one new file and at most one line elsewhere.
"""

from __future__ import annotations

import gzip
import json
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
RECORDS = gzip.decompress(SAMPLE.read_bytes()).decode()
ENDS = "    from biometal_stream.operators.where import Where as Where\n"
"""The last of the lines that tell type checkers of our operators."""


def block(heading: str, language: str = "python") -> str:
    """The code below a heading."""
    section = TEXT.partition(f"### {heading}\n")[2].partition("\n##")[0]
    (found,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return str(found)


class Copy:
    """A copy of what the exercises need of the repository, with the machine code of kernels."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("biometal_stream", "operators", "schemas", "models", "tests/operators"):
            shutil.copytree(REPOSITORY / name, folder / name, symlinks=True)
        for name in ("pyproject.toml", "tests/__init__.py", "tests/conftest.py"):
            shutil.copy(REPOSITORY / name, folder / name)

    def run(self, *words: str | Path, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *map(str, words)],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder), "TERM": "dumb"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def script(self, text: str) -> dict[str, object]:
        """Runs Python that prints a line with ``JSON`` and a result."""
        (self.folder / "script.py").write_text(text)
        return dict(json.loads(self.run("script").partition("\nJSON ")[2].splitlines()[0]))

    def operator(self, heading: str, module: str, name: str) -> None:
        """Adds an operator: its file, and the line elsewhere."""
        (self.folder / "operators" / f"{module}.py").write_text(block(heading))
        line = f"    from biometal_stream.operators.{module} import {name} as {name}\n"
        self.replace("operators/__init__.py", ENDS, line + ENDS)

    def replace(self, file: str, before: str, after: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert text.count(before) == 1, (file, before)
        assert len(set(after.splitlines()) - set(text.splitlines())) == 1  # one line
        path.write_text(text.replace(before, after))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy for all exercises: what one adds is of no matter to another."""
    return Copy(tmp_path_factory.mktemp("copy"))


def sequences(text: str) -> list[str]:
    return text.splitlines()[1::4]


def test_a_trimmer(copy: Copy) -> None:
    copy.operator("A trimmer", "trim_poly_a", "TrimPolyA")
    found = copy.script(
        "import json, biometal_stream as bs\n"
        "from biometal_stream.cli.main import main\n"
        f"words = ['read', {str(SAMPLE)!r}, 'trim-poly-a', '--min-length', '2']\n"
        "assert main([*words, 'write', 'out.fq', '--quiet']) == 0\n"
        "assert main(['trim-poly-a', '--help']) == 0\n"
        "found = {'name': bs.TrimPolyA().name, 'in all': 'TrimPolyA' in bs.__all__}\n"
        "print('\\nJSON', json.dumps(found))\n"
    )
    assert found == {"name": "trim-poly-a", "in all": True}
    wanted = [re.sub("AA+$", "", each) for each in sequences(RECORDS)]
    trimmed = (copy.folder / "out.fq").read_text()
    assert sequences(trimmed) == wanted
    assert [len(line) for line in trimmed.splitlines()[3::4]] == [len(each) for each in wanted]


def test_an_observer(copy: Copy) -> None:
    copy.operator("An observer", "count_bases", "CountBases")
    found = copy.script(
        "import json, biometal_stream as bs\n"
        f"reads = bs.read_fastq({str(SAMPLE)!r}) | bs.CountBases\n"
        "results = [\n"
        "    reads.with_options(threads=threads).write_fastq('out.fq').results['count-bases']\n"
        "    for threads in (1, 3)\n"
        "]\n"
        "assert results[0] == results[1]\n"
        "print('\\nJSON', json.dumps(results[0]))\n"
    )
    bases = "".join(sequences(RECORDS))
    assert found == {base: bases.count(base) for base in sorted(set(bases))}


def test_a_source_format(copy: Copy) -> None:
    (copy.folder / "biometal_stream" / "sources" / "tab.py").write_text(block("A source format"))
    file = "biometal_stream/sources/formats.py"
    entries = re.search(r"^_ENTRIES = .*\)$", (copy.folder / file).read_text(), re.MULTILINE)
    assert entries is not None
    copy.replace(file, entries[0], f'{entries[0][:-1]}, "tab")')

    lines = RECORDS.splitlines()
    rows = zip(lines[0::4], lines[1::4], lines[3::4], strict=True)
    text = "".join(f"{name[1:]}\t{bases}\t{quality}\n" for name, bases, quality in rows)
    (copy.folder / "reads.tab.gz").write_bytes(gzip.compress(text.encode(), 1))
    (copy.folder / "bad.tab").write_text("a\tAC\tII\nb\tAC\tI\n")
    found = copy.script(
        "import json, biometal_stream as bs\n"
        "from biometal_stream.cli.main import main\n"
        "assert main('--quiet read reads.tab.gz write out.fq'.split()) == 0\n"
        "assert main('--quiet read bad.tab --format tab write bad.fq'.split()) == 1\n"
        "assert main('read --help'.split()) == 0\n"
        "print('\\nJSON', json.dumps({'reads': bs.read('reads.tab.gz').count()}))\n"
    )
    assert found == {"reads": 2000}
    assert (copy.folder / "out.fq").read_text() == RECORDS
    assert "tab-separated reads" in copy.run("biometal_stream", "read", "--help")


def test_an_operator_in_a_package_of_ones_own(tmp_path: Path) -> None:
    package, site = tmp_path / "package", tmp_path / "site"
    package.mkdir()
    heading = "An operator in a package of your own"
    (package / "pyproject.toml").write_text(block(heading, "toml"))
    (package / "starts_with.py").write_text(block(heading))
    words = "pip install --quiet --no-deps --no-build-isolation --no-index --target"
    subprocess.run([sys.executable, "-m", *words.split(), str(site), str(package)], check=True)

    def run(line: str, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "biometal_stream", *line.split()],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY), "TERM": "dumb"} | more,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    page = run("starts-with --help", PYTHONPATH=f"{site}{os.pathsep}{REPOSITORY}")
    assert "PREFIX  The bases that a read must begin with." in page
    shutil.move(package / "starts_with.py", tmp_path / "steps.py")
    kept = run(f"--plugin steps.py --quiet read {SAMPLE} starts-with CCTACGGGAGGC write -")
    wanted = [each for each in sequences(RECORDS) if each[:12] == "CCTACGGGAGGC"]
    assert sequences(kept) == wanted
    assert len(wanted) > 100


def test_the_suite_proves_them_and_says_what_is_forgotten(copy: Copy) -> None:
    shutil.rmtree(copy.folder / "operators")
    shutil.copytree(REPOSITORY / "operators", copy.folder / "operators")
    copy.operator("A trimmer", "trim_poly_a", "TrimPolyA")
    copy.operator("An observer", "count_bases", "CountBases")
    forgotten = block("A trimmer").replace("TrimPolyA", "Forgotten").replace(">>> ", "")
    (copy.folder / "operators" / "forgotten.py").write_text(forgotten)
    suite = ("pytest", "-q", "-p", "no:cacheprovider", "tests/operators/test_conformance.py")
    chosen = "TrimPolyA or CountBases or trim-poly-a or count-bases or an_example or package_names"
    said = copy.run(*suite, "-k", chosen, status=1)
    assert "add an example of forgotten to its docstring, as '>>> Forgotten(...)'" in said
    assert "write it into operators/__init__.py" in said
    counts = re.search(r"2 failed, (\d+) passed", said)
    assert counts is not None, said
    assert int(counts[1]) > 40
