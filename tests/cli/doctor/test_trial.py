"""The small run, and where kernels are kept."""

import errno
import io
import os
import sys
import tempfile
from types import SimpleNamespace

import pytest

from biometal_stream.cli.doctor import trial
from biometal_stream.cli.doctor.finding import Finding
from biometal_stream.simd.shipped import Shipped


def test_the_trial_runs_what_the_demo_runs_and_both_sinks():
    trial.trial_run()
    loaded = {name for name in sys.modules if name.startswith("biometal_stream.")}
    assert {"biometal_stream.sinks.parquet.sink", "biometal_stream.sinks.fastq.sink"} <= loaded
    assert "biometal_stream.operators.measure" in loaded


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A folder in which all kernels seem to be kept."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    folder = tmp_path / "cache"
    compiled = SimpleNamespace(is_compiled=True)
    monkeypatch.setattr("biometal_stream.simd.jit.loaded_kernels", lambda: [compiled])
    monkeypatch.setattr("biometal_stream.simd.jit.cache_folder", lambda _: folder)
    return folder


def test_a_cache_that_can_be_written(cache):
    assert trial.kernel_cache() == [Finding("numba cache", str(cache))]
    assert not list(cache.iterdir())


def test_a_cache_whose_folder_cannot_be_made(cache):
    cache.touch()
    (finding,) = trial.kernel_cache()
    assert finding.state == "note"
    assert finding.found.startswith(f"{cache} cannot be written (File exists), so each start")


def test_a_cache_on_a_full_disk(cache, monkeypatch):
    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full())
    (finding,) = trial.kernel_cache()
    assert finding.state == "note"
    assert "No space left on device" in finding.found
    assert "NUMBA_CACHE_DIR" in finding.found


def test_a_cache_elsewhere_than_was_said(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(cache.parent))
    assert trial.kernel_cache()[0].state == "ok"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "other"))
    (finding,) = trial.kernel_cache()
    assert finding.state == "note"
    assert f"not in NUMBA_CACHE_DIR, {tmp_path / 'other'}, which must be yours" in finding.found


def test_no_cache(cache, monkeypatch):
    monkeypatch.setattr("biometal_stream.simd.jit.cache_folder", lambda _: None)
    (finding,) = trial.kernel_cache()
    assert finding.state == "note"
    assert finding.found.startswith("no folder is writable, so each start compiles again")


def test_where_kernels_come_from(monkeypatch):
    def found(known):
        monkeypatch.setattr("biometal_stream.simd.shipped.shipped", lambda: known)
        return trial.kernels()

    there = Shipped(object(), "x86-64-v3")
    assert found(there) == Finding("kernels", "compiled ahead of time for x86-64-v3")
    unsuited = found(Shipped(None, reason="there are none for riscv64", expected=True))
    assert unsuited.state == "note"
    assert unsuited.found.endswith("when they are called, since there are none for riscv64")
    changed = Shipped(None, "x86-64-v3", "a.py has changed since they were compiled")
    assert found(changed).state == "ok"
    monkeypatch.setitem(sys.modules, "numba", None)
    missing = found(changed)
    assert missing.state == "broken"
    assert missing.found.endswith("pip install 'biometal-stream[numba]'")


def test_nothing_is_kept_where_numba_compiles_nothing(monkeypatch):
    monkeypatch.setattr("biometal_stream.simd.jit.loaded_kernels", list)
    assert trial.kernel_cache() == []
