"""Every snippet of the guides to the engines does what it says.

The snippets of a guide follow each other, as a reader would type them. Those of Spark are a program
of their own, since Spark takes relative paths to start where its session was made.
"""

import gzip
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, require_engines

GUIDES = sorted((REPOSITORY / "docs" / "engines").glob("[a-z]*.md"))  # and not the README
SAMPLE = REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the guides name."""
    reads = gzip.decompress(SAMPLE.read_bytes())
    (tmp_path / "reads").mkdir()
    for name in ("reads", "R1", "R2", "reads/lane1", "reads/lane2"):
        suffix = "fastq.gz" if "/" in name else "fq.gz"
        (tmp_path / f"{name}.{suffix}").write_bytes(gzip.compress(reads, 1))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _snippets(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide(guide: Path, folder: Path, request: pytest.FixtureRequest) -> None:
    snippets = _snippets(guide.read_text())
    assert snippets
    if guide.stem == "spark":
        request.getfixturevalue("spark")  # skips where it cannot run
        program = folder / "guide.py"
        program.write_text("\n".join(snippets))
        subprocess.run([sys.executable, program], check=True, capture_output=True)
        return
    require_engines("\n".join(snippets), request)
    names: dict[str, object] = {"__name__": "guide"}
    for snippet in snippets:
        with warnings.catch_warnings():
            # What the engines themselves deprecate is not for the guide to mend.
            warnings.simplefilter("ignore", DeprecationWarning)
            exec(compile(snippet, str(guide), "exec"), names)
