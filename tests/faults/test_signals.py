"""Signals at random moments: the target is old or whole, and nothing else is left."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import Place
from tests.faults.jobs import JOBS
from tests.faults.nursery import REPOSITORY, Nursery
from tests.faults.signals import NUMBERS, Signals

RUNS = 8
"""Of each signal; ``python -m tests.faults.signals --runs 300`` has more."""


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
def test_at_random_moments(
    nursery: Nursery, tmp_path: Path, number: signal.Signals, request: pytest.FixtureRequest
) -> None:
    signals = Signals(nursery, tmp_path, ["parquet", "mates", "shards", "quarantine"])
    random_ = random.Random(request.node.name)
    wrong = [signals.at_random(number, random_) for _ in range(RUNS)]
    assert list(filter(None, wrong)) == []


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
def test_of_runs_with_routes(
    nursery: Nursery, tmp_path: Path, number: signal.Signals, request: pytest.FixtureRequest
) -> None:
    """Of a name template, rejected reads and orphans all files are new, or none is."""
    signals = Signals(nursery, tmp_path, ["template", "rejected", "routes"])
    random_ = random.Random(request.node.name)
    wrong = [signals.at_random(number, random_) for _ in range(RUNS)]
    assert list(filter(None, wrong)) == []


def test_routes_share_out_all_reads(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the runs above are compared with: each read is in one of the files, once."""
    whole = place.whole("routes", monkeypatch)
    text = b"".join(gzip.decompress(d) if n.endswith(".gz") else d for n, d in whole.items())
    given = (place.folder / "odd_pairs.fq").read_bytes().splitlines()
    assert sorted(line.split()[0] for line in text.splitlines()[0::4]) == sorted(
        line.split()[0] for line in given[0::4]
    )
    assert all(whole[name].strip() for name in JOBS["routes"].files)


@pytest.mark.parametrize("module", ["biometal_stream.cli.main", "click", "pyarrow", "numba.core"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_while_the_program_loads(tmp_path: Path, number: signal.Signals, module: str) -> None:
    """The signal comes as a module is imported, the first of them by the program's first line."""
    code = f"""if True:
        import os, runpy, sys

        def interrupt(event, arguments):
            if event == "import" and arguments[0] == {module!r}:
                os.kill(os.getpid(), {int(number)})

        sys.addaudithook(interrupt)
        runpy.run_module("biometal_stream", run_name="__main__", alter_sys=True)
        """
    (tmp_path / "r.fq").write_text("@r\nACGT\n+\nIIII\n")
    done = subprocess.run(
        [sys.executable, "-c", code, "read", "r.fq", "write", "t.parquet"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "BIOMETAL_STREAM_KERNELS": "numba"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    assert done.returncode == 128 + number
    assert done.stderr == "biometal-stream: interrupted\n"
    assert [path.name for path in tmp_path.iterdir()] == ["r.fq"]
