"""Type checkers refuse what does not work, and nothing else: see `uses.py`."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

USES = Path(__file__).with_name("uses.py")
LINES = USES.read_text().splitlines()
WRONG = [number for number, line in enumerate(LINES, 1) if line.endswith("# wrong")]


def lines_of(text: str) -> list[int]:
    return sorted(
        {int(line) for line in re.findall(r"uses\.py:(\d+)(?::\d+)?(?: -|:) error:", text)}
    )


def test_mypy(tmp_path):
    """Without the packages that ours builds on, which have no types or take long to read."""
    pytest.importorskip("mypy")
    config = tmp_path / "mypy.ini"
    config.write_text(
        "[mypy]\nstrict = True\nno_site_packages = True\nignore_missing_imports = True\n"
    )
    words = ["--config-file", config, "--cache-dir", tmp_path, "--no-incremental", USES]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *map(str, words)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lines_of(done.stdout) == WRONG, done.stdout + done.stderr


def test_pyright(tmp_path):
    program = shutil.which("pyright") or shutil.which("basedpyright")
    if program is None:
        pytest.skip("pyright is not installed")
    settings = {
        "extraPaths": [str(REPOSITORY)],
        "include": [str(USES)],
        "typeCheckingMode": "standard",
        "reportMissingImports": False,
        "reportUnusedExpression": False,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [program, "--project", str(tmp_path), "--pythonpath", sys.executable, "--level", "error"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert lines_of(done.stdout) == WRONG, done.stdout + done.stderr
