"""Every block of a page does what it says, in the order of the page, all in one folder.

A page that needs neither Ray nor Spark is run in a process of its own, in which nothing can be
imported but what the page says to install. The others are run in this process, with the session of
Spark and the cluster of Ray that the tests have.
"""

import gzip
import json
import os
import random
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from biometal_stream.indexes.shipped import shipped_indexes
from tests.conftest import REPOSITORY
from tests.pages import Block, Page, hidden, pages

SAMPLE = REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz"
FILES = ("reads", "R1", "R2", "lane1", "lane2")
RUN = {
    "README.md",
    "docs/index.md",
    "docs/models.md",
    "docs/plugins.md",
    "docs/presets.md",
    "docs/report.md",
    "docs/routes.md",
    "docs/encodings.md",
    "docs/sessions.md",
    "docs/adapters.md",
    "docs/barcodes.md",
    "docs/long-reads.md",
    "docs/trimming.md",
    "docs/where.md",
}
GUIDES = [
    page
    for page in pages()
    if page.name in RUN or re.match("docs/(engines|guide)/[a-z]", page.name)
]
ELSEWHERE = re.compile(r"^\s*(ray start|spark-submit|docker|#SBATCH)", re.MULTILINE)
"""What begins the lines of blocks that need a cluster; `test_pages.py` parses what they run."""

HIDING = """\
import json, os, sys


class Hider:
    names = frozenset(json.loads(os.environ["HIDDEN_MODULES"]))

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}: the page does not install it")


sys.meta_path.insert(0, Hider())
"""

PROGRAM = """\
import json, os, subprocess, sys, warnings

warnings.simplefilter("error")
warnings.simplefilter("ignore", DeprecationWarning)
names = {"__name__": "guide"}
for language, line, text in json.load(sys.stdin):
    if language == "sh":
        subprocess.run(["bash", "-ec", text], check=True, stdin=subprocess.DEVNULL)
    else:
        exec(compile("\\n" * (line - 1) + text, sys.argv[1], "exec"), names)
if "daft" in sys.modules:  # a thread of Daft's may enter Python while that ends, which aborts it
    sys.stdout.flush()
    os._exit(0)
"""


@pytest.fixture
def folder(tmp_path: Path, started: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the pages name."""
    mates = gzip.decompress(SAMPLE.read_bytes())
    (tmp_path / "reads").mkdir()
    for number, name in enumerate(FILES):
        text = re.sub(rb"(?m)^@(ERR\S+)", rb"@\1.l%d" % number, mates) if "lane" in name else mates
        if name == "R2":
            text = re.sub(rb"(?m)^(@ERR.*)/1$", rb"\1/2", mates)
        (tmp_path / f"{name}.fq.gz").write_bytes(gzip.compress(text, 1))
        if "lane" in name:
            (tmp_path / "reads" / f"{name}.fastq.gz").write_bytes(gzip.compress(text, 1))
    for name, text in (("human", _random_bases(1)), ("microbes", _random_bases(2))):
        (tmp_path / f"{name}.fa.gz").write_bytes(gzip.compress(f">{name}\n{text}\n".encode(), 1))
    shutil.copy(shipped_indexes()["phix"], tmp_path / "panhuman-1.k31w15.idx")
    theirs = REPOSITORY / "tests" / "data" / "models" / "bare.onnx"
    (tmp_path / "theirs.onnx").write_bytes(theirs.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{started}:{Path(sys.executable).parent}:/usr/bin:/bin")
    return tmp_path


def _random_bases(seed: int) -> str:
    """20,000 bases, the same for the same seed."""
    return "".join(random.Random(seed).choices("ACGT", k=20_000))


def run_by_itself(page: Page, blocks: list[Block], tmp: Path) -> None:
    """Runs blocks in a process that has only what the page installs."""
    (tmp / "sitecustomize.py").write_text(HIDING)  # Python imports it wherever it starts
    done = subprocess.run(
        ["python-code", PROGRAM, page.name],
        input=json.dumps([(block.language, block.line, block.text) for block in blocks]),
        env=os.environ
        | {"PYTHONPATH": str(tmp), "HIDDEN_MODULES": json.dumps(hidden(page.installed()))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{page.name}\n{done.stdout}\n{done.stderr}"


def run_here(page: Page, blocks: list[Block], whole: Callable[[str], str]) -> None:
    """Runs blocks in this process."""
    names: dict[str, object] = {"__name__": "guide"}
    for block in blocks:
        if block.language == "sh":
            done = subprocess.run(
                ["bash", "-ec", block.text], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, (block, done.stderr)
            continue
        with warnings.catch_warnings():
            # What the engines themselves deprecate is not for the guide to mend.
            warnings.simplefilter("ignore", DeprecationWarning)
            lines = "\n" * (block.line - 1) + whole(block.text)
            exec(compile(lines, page.name, "exec"), names)


def to_run(page: Page) -> list[Block]:
    """The blocks of a page, without those that install and those that need a cluster."""
    installs = re.compile(r"^pip install .*\n", re.MULTILINE)
    blocks = [
        Block(block.language, block.line, installs.sub("", block.text))
        for block in page.blocks
        if block.language in {"sh", "python"} and not ELSEWHERE.search(block.text)
    ]
    return [block for block in blocks if block.text.strip()]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_the_blocks_of_a_page_follow_each_other(
    page: Page,
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    modules, blocks = page.modules(), to_run(page)
    for module in modules:
        pytest.importorskip(module)
    if not modules & {"pyspark", "ray"}:
        run_by_itself(page, blocks, tmp_path_factory.mktemp("hiding"))
        return
    whole: Callable[[str], str] = str
    if "ray" in modules:
        cluster = request.getfixturevalue("ray_cluster")
        monkeypatch.setenv("RAY_ADDRESS", cluster.get_runtime_context().gcs_address)
    if "pyspark" in modules:
        request.getfixturevalue("spark")
        # Spark takes relative paths to start where its session was made.
        paths = re.compile(r'"((?:reads/|R[12]|reads\.)[^"]*gz)"')
        whole = lambda text: paths.sub(rf'"{folder}/\1"', text)  # noqa: E731
    run_here(page, blocks, whole)
