"""The package of steps in `examples/primers`, installed as a user would, offline."""

from __future__ import annotations

import importlib
import multiprocessing
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

import biometal_stream as bs
from biometal_stream.cli.demo import sample_path
from biometal_stream.cli.main import main
from biometal_stream.registry.installed import installed_steps
from tests.conftest import REPOSITORY

PACKAGE = "biometal_stream_primers"
SOURCE = REPOSITORY / "examples" / "primers"
PRIMER = "CCTACGGGNGGCWGCAG"


def forget() -> dict[str, ModuleType]:
    """Has the package be found and imported anew; returns what was imported of it."""
    importlib.invalidate_caches()
    installed_steps.cache_clear()
    names = [name for name in sys.modules if name.partition(".")[0] == PACKAGE]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the package is installed in."""
    source = tmp_path_factory.mktemp("source") / "primers"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    target = tmp_path_factory.mktemp("site")
    words = "pip install --quiet --no-deps --no-build-isolation --no-index --target"
    subprocess.run([sys.executable, "-m", *words.split(), str(target), str(source)], check=True)
    return target


@pytest.fixture
def site(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same, on the path."""
    monkeypatch.syspath_prepend(str(installed))
    before = forget()
    yield installed
    forget()
    sys.modules.update(before)


def test_its_steps_run_from_the_command_line(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out.fq")
    steps = ["has-primer", PRIMER, "count-starts", "3", "trim-primer", PRIMER]
    with sample_path() as path:
        assert main(["read", str(path), *steps, "write", out]) == 0, capsys.readouterr().err
        reads = [read for read in bs.read_fastq(path).records() if read.sequence[:8] == PRIMER[:8]]
    kept = list(bs.read_fastq(out).records())
    assert len(kept) > 1000
    assert sys.modules[PACKAGE].__file__ == str(site / PACKAGE / "__init__.py")
    found = {read.name: read for read in reads}
    for read in kept:
        assert read.sequence == found[read.name].sequence[len(PRIMER) :]
        assert read.quality == found[read.name].quality[len(PRIMER) :]


def test_its_steps_are_in_the_help(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    page = capsys.readouterr().out
    assert "Steps of plugins:\n  count-starts  Counts the first bases of reads" in page
    assert main(["has-primer", "--help"]) == 0
    assert "--max-mismatches" in capsys.readouterr().out


def test_python_sends_its_steps_to_other_processes(site: Path, tmp_path: Path) -> None:
    primers = importlib.import_module(PACKAGE)
    steps = primers.HasPrimer(PRIMER) | primers.TrimPrimer(PRIMER) | bs.MinLength(1)
    assert pickle.loads(pickle.dumps(steps)) == steps
    with sample_path() as path:
        reads = bs.read_fastq(str(path)) | steps
        report = (reads | primers.CountStarts(1)).write_fastq(str(tmp_path / "out.fq"))
        assert sum(report.results["count-starts"].values()) == report.reads_out
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            assert pool.submit(bs.Pipeline.count, reads).result() == reads.count() > 1000


def own_tests() -> dict[str, object]:
    """The tests that the package has itself; they are collected here."""
    spec = spec_from_file_location("primers_tests", SOURCE / "tests" / "test_primers.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.path.insert(0, str(SOURCE))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(SOURCE))
    return {name: value for name, value in vars(module).items() if name.startswith("test_")}


globals().update(own_tests())
