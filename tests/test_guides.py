"""Every snippet of the guides to the engines does what it says.

The snippets of a guide follow each other, as a reader would type them. Only in that of Spark paths
are made whole, since Spark takes relative ones to start where its session was made.
"""

import gzip
import re
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
        snippets = [
            re.sub(r'"((?:reads/|R[12]|reads\.)[^"]*gz)"', rf'"{folder}/\1"', s) for s in snippets
        ]
    require_engines("\n".join(snippets), request)
    names: dict[str, object] = {"__name__": "guide"}
    for snippet in snippets:
        with warnings.catch_warnings():
            # What the engines themselves deprecate is not for the guide to mend.
            warnings.simplefilter("ignore", DeprecationWarning)
            exec(compile(snippet, str(guide), "exec"), names)
