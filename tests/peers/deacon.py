"""deacon's wheel, which has no program: a Python that can import it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

_PROGRAM = """
import json, sys
import deacon
index, reads, folder, settings = sys.argv[1:]
loaded = deacon.Index(index)
print(json.dumps(loaded.info()))
for number, each in enumerate(json.loads(settings)):
    output = f"{folder}/{number}.fa"
    loaded.filter(reads, output=output, threads=1, ordered=True, **each)
"""


@cache
def deacon_python() -> str | None:
    """A Python that has deacon: this one, or another on the PATH."""
    versions = ["", "3", *(f"3.{minor}" for minor in range(11, 16))]
    found = [sys.executable, *(shutil.which(f"python{version}") for version in versions)]
    for python in dict.fromkeys(filter(None, found)):
        done = subprocess.run([python, "-c", "import deacon"], capture_output=True, check=False)
        if done.returncode == 0:
            return python
    return None


def kept_by_deacon(
    index: Path, reads: Path, folder: Path, settings: Sequence[dict[str, object]]
) -> tuple[dict[str, object], list[list[str]]]:
    """What deacon says of an index, and the names of the reads that it keeps with some settings.

    The test is skipped where deacon is not installed.
    """
    python = deacon_python()
    if python is None:
        pytest.skip("no Python on the PATH has deacon")
    words = [python, "-c", _PROGRAM, str(index), str(reads), str(folder), json.dumps(settings)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kept = [
        [line[1:] for line in (folder / f"{number}.fa").read_text().split("\n") if line[:1] == ">"]
        for number in range(len(settings))
    ]
    return json.loads(done.stdout.splitlines()[0]), kept
