"""A start imports what its job needs, and a run leaves nothing but its output."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from biometal_stream.simd.shipped import VARIABLE, shipped
from tests.conftest import REPOSITORY

READ = b"@r\nACGT\n+\nIIII\n"


def program(folder: Path, code: str, *words: str) -> tuple[int, str, str]:
    """Runs the program after some code; returns its status and what it printed."""
    start = "from biometal_stream.__main__ import program; sys.exit(program())"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\n{start}", *words],
        cwd=folder,
        env={
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *filter(None, sys.path)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            VARIABLE: os.environ.get(VARIABLE, ""),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


MODULES = """
import atexit, json
atexit.register(lambda: open("modules.json", "w").write(json.dumps(sorted(sys.modules))))
"""

FOREIGN = {"html", "importlib.metadata", "importlib.resources", "onnxruntime", "rich", "ssl"} | {
    "numba",
    "pyarrow.compute",
    "pyarrow.parquet",
    "tempfile",
    "thrift",
}
"""Modules of others that no job of these needs."""


@pytest.mark.parametrize(
    ("words", "without"),
    [
        (["--help"], {"numpy", "pyarrow", "biometal_stream.pipeline.pipeline"}),
        (["read", "r.fq", "write", "r.parquet"], set()),
        (["read", "r.fq", "write", "o.fq"], {"biometal_stream.sinks.parquet.sink"}),
        (["read", "r.fq", "head", "1"], {"biometal_stream.sinks.parquet.sink"}),
    ],
)
def test_what_a_start_imports(tmp_path: Path, words: list[str], without: set[str]) -> None:
    (tmp_path / "r.fq").write_bytes(READ)
    status, _, said = program(tmp_path, MODULES, *words)
    assert status == 0, said
    loaded = set(json.loads((tmp_path / "modules.json").read_text()))
    foreign = FOREIGN if shipped().image else set()  # numba imports some of them
    assert not loaded & (foreign | without)
    if words != ["--help"]:  # which lists all steps and commands
        prefix = "biometal_stream.operators."
        steps = {name.removeprefix(prefix) for name in loaded if name.startswith(prefix)}
        assert steps <= {"base", "head", "summarize"}
        assert not {name for name in loaded if name.startswith("biometal_stream.models")}
        assert not {"biometal_stream.cli.demo", "biometal_stream.cli.train"} & loaded


WRITES = """
import os
written = []

def note(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and isinstance(path, (str, bytes)):
            written.append(os.path.realpath(os.fsdecode(path)))
    elif event in {"os.mkdir", "os.symlink", "os.link", "os.rename"}:
        written.extend(os.path.realpath(os.fsdecode(each)) for each in arguments[:2]
                       if isinstance(each, (str, bytes)))

sys.addaudithook(note)
import atexit
atexit.register(lambda: sys.stderr.write("\\n".join(written)))
"""


@pytest.mark.skipif(shipped().image is None, reason="numba keeps what it compiles")
@pytest.mark.parametrize("target", ["out/o.parquet", "out/o.fq.gz", "out/new/"])
def test_a_run_writes_nothing_but_its_output(tmp_path: Path, target: str) -> None:
    """No folder for a cache, of whatever name, where there is no home."""
    (tmp_path / "r.fq").write_bytes(READ)
    (tmp_path / "out").mkdir()
    format = ["--format", "parquet"] if target == "out/new/" else []
    status, _, said = program(tmp_path, WRITES, "--quiet", "read", "r.fq", "write", target, *format)
    assert status == 0, said
    written = {Path(each) for each in said.splitlines()}
    assert written
    assert not {each for each in written if not each.is_relative_to(tmp_path / "out")}
    assert not list(tmp_path.glob("out/.*"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "r.fq"]


ENDS = """
import atexit, gc, threading, time
atexit.register(print, "the end")
class Kept:
    def __del__(self):
        print("deleted")
kept = Kept()
"""


def test_the_end_of_the_program_is_short_and_complete(tmp_path: Path) -> None:
    """Objects of modules are not deleted, but nothing that was asked for is left out."""
    (tmp_path / "r.fq").write_bytes(READ)
    status, out, _ = program(tmp_path, ENDS, "read", "r.fq", "write", "-")
    assert (status, out) == (0, READ.decode() + "the end\n")


ALGEBRA = """
import atexit, os
atexit.register(lambda: print(os.environ["OPENBLAS_NUM_THREADS"]))
"""


def test_numpy_starts_no_threads_unless_asked_to(tmp_path: Path) -> None:
    asked = 'import os; os.environ["OPENBLAS_NUM_THREADS"] = "3"'
    assert program(tmp_path, ALGEBRA, "--version")[1].splitlines()[1:] == ["1"]
    assert program(tmp_path, f"{asked}{ALGEBRA}", "--version")[1].splitlines()[1:] == ["3"]


THREAD = """
import threading
main = threading.main_thread()
threading.Thread(target=lambda: (main.join(), print("the thread"))).start()
"""


def test_a_thread_that_still_runs_is_awaited(tmp_path: Path) -> None:
    status, out, _ = program(tmp_path, ENDS + THREAD, "--version")
    assert (status, out.splitlines()[1:]) == (0, ["the thread", "the end", "deleted"])


@pytest.mark.parametrize(("words", "status"), [(["red"], 2), (["read", "none.fq", "head", "1"], 1)])
def test_the_exit_status(tmp_path: Path, words: list[str], status: int) -> None:
    assert program(tmp_path, "", *words)[0] == status
