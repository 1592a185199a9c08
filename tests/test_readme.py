"""Every command and every snippet of the README, and of the page on models, does what it says.

The two lines that install are run by `test_packaging.py` and by CI.
"""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, require_engines

TEXT = (REPOSITORY / "README.md").read_text()
PAGES = TEXT + (REPOSITORY / "docs" / "models.md").read_text()
SAMPLE = REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz"
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGES, re.DOTALL)
    for line in block.splitlines()
    if line and not line.startswith(("#", "pip install"))
]
SNIPPETS = re.findall(r"```python\n(.*?)```", PAGES, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the README names."""
    reads = gzip.decompress(SAMPLE.read_bytes())
    for name in ("reads", "R1", "R2", "lane1", "lane2"):
        (tmp_path / f"{name}.fq.gz").write_bytes(gzip.compress(reads, 1))
    theirs = REPOSITORY / "tests" / "data" / "models" / "bare.onnx"
    (tmp_path / "theirs.onnx").write_bytes(theirs.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    return tmp_path


def test_there_is_something_to_run() -> None:
    assert len(COMMANDS) >= 8
    assert len(SNIPPETS) >= 3


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command(folder: Path, command: str) -> None:
    done = subprocess.run(["bash", "-ec", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr
    targets = re.findall(r"write (?!-)(\S+)|> (\S+)$", command)
    for target in (name for names in targets for name in names if name):
        assert (folder / target).exists()


@pytest.mark.parametrize("snippet", SNIPPETS)
@pytest.mark.usefixtures("folder")
def test_a_snippet(
    snippet: str, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    require_engines(snippet, request)
    exec(compile(snippet, "README.md", "exec"), {})
    assert capsys.readouterr().out


def test_the_demo_of_the_first_command(folder: Path) -> None:
    assert "pip install . && biometal-stream demo" in TEXT
    done = subprocess.run(
        ["biometal-stream", "demo"], capture_output=True, text=True, check=True, cwd=folder
    )
    assert (folder / "biometal-stream-demo.parquet").exists()
    assert "DuckDB" in done.stdout
