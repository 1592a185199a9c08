"""A shell's view of the program, and inputs made of the bundled reads."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from biometal_stream.cli.demo import sample_path

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Shell:
    """Runs lines as a user types them, in a folder of their own."""

    folder: Path
    programs: Path

    def environment(self) -> dict[str, str]:
        path = f"{self.programs}{os.pathsep}{os.environ.get('PATH', '')}"
        modules = os.pathsep.join(map(os.path.abspath, sys.path))
        return os.environ | {"PATH": path, "PYTHONPATH": modules, "TERM": "dumb"}

    def run(self, line: str, *, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    program = tmp_path / ".bin" / "biometal-stream"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m biometal_stream "$@"\n')
    program.chmod(0o755)
    return Shell(tmp_path, program.parent)


@pytest.fixture
def quick_shell(tmp_path: Path, started: Path) -> Shell:
    """One in which the program starts with its modules loaded, for tests of many lines."""
    return Shell(tmp_path, started)


@pytest.fixture(scope="session")
def sample_text() -> str:
    with sample_path() as path, gzip.open(path, "rt") as file:
        return file.read()


@pytest.fixture
def inputs(tmp_path: Path, sample_text: str) -> Path:
    """A folder with ``reads.fq.gz``, two lanes and a pair of files, 500 to 2,000 reads each."""
    lines = sample_text.splitlines(keepends=True)
    half = "".join(lines[:2000])

    def write(name: str, text: str) -> None:
        with gzip.open(tmp_path / name, "wt", compresslevel=1) as file:
            file.write(text)

    write("reads.fq.gz", sample_text)
    write("lane1.fq.gz", half)
    write("lane2.fq.gz", "".join(lines[2000:4000]))
    write("R1.fq.gz", half)
    write("R2.fq.gz", half.replace("/1\n", "/2\n"))
    return tmp_path
