"""Cores and memory as control groups bound them, of both versions."""

import os
import threading
from pathlib import Path

import pytest

from biometal_stream import limits, run
from biometal_stream.budget import budget_of


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(limits, "allowed_cores", lambda: 8)
    return tmp_path


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")


V1 = "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n3:cpuset:/\n0::/docker/abc"


@pytest.mark.parametrize(
    ("groups", "files", "quota", "cores"),
    [
        ("0::/", {}, None, 8),
        ("0::/a/b", {"a/b/cpu.max": "max 100000", "a/cpu.max": "150000 100000"}, 1.5, 2),
        ("0::/a/b", {"a/b/cpu.max": "50000 100000", "cpu.max": "300000 100000"}, 0.5, 1),
        ("0::/a", {"a/cpu.max": "2000000 100000"}, 20.0, 8),
        ("0::/host/name", {"cpu.max": "200000 100000"}, 2.0, 2),
        ("0::/../../a", {"cpu.max": "200000 100000"}, 2.0, 2),
        ("0::/", {"cpu.max": "nonsense"}, None, 8),
        (
            V1,
            {
                "cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "-1",
                "cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000",
            },
            None,
            8,
        ),
        (V1, {"cpu/cpu.cfs_quota_us": "250000", "cpu/cpu.cfs_period_us": "100000"}, 2.5, 3),
        (
            V1,
            {
                "cpu/docker/cpu.cfs_quota_us": "100000",
                "cpu/docker/cpu.cfs_period_us": "100000",
                "unified/docker/abc/cpu.max": "max 100000",
            },
            1.0,
            1,
        ),
    ],
)
def test_cores(
    root: Path, groups: str, files: dict[str, str], quota: float | None, cores: int
) -> None:
    write(root, {"proc/self/cgroup": groups})
    write(root / "sys/fs/cgroup", files)
    assert limits.quota_cores(root) == quota
    assert limits.usable_cores(root) == cores


@pytest.mark.parametrize(
    ("groups", "files", "memory"),
    [
        ("0::/a/b", {"a/b/memory.max": "max", "a/memory.max": "1048576"}, 1 << 20),
        ("0::/a", {"a/memory.max": "2097152", "memory.max": "1048576"}, 1 << 20),
        ("0::/a", {"a/memory.max": "2097152", "a/memory.high": "1048576"}, 1 << 20),
        ("0::/a/b", {"a/b/memory.max": "1048576", "a/memory.high": "max"}, 1 << 20),
        (V1, {"memory/docker/abc/memory.limit_in_bytes": "1048576"}, 1 << 20),
        (V1, {"memory/memory.limit_in_bytes": "9223372036854771712"}, None),
        ("0::/", {}, None),
    ],
)
def test_memory(
    root: Path,
    groups: str,
    files: dict[str, str],
    memory: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = 1 << 40
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": machine >> 12, "SC_PAGE_SIZE": 4096}.get)
    write(root, {"proc/self/cgroup": groups})
    write(root / "sys/fs/cgroup", files)
    assert limits.usable_memory(root) == (memory or machine)


def test_no_groups(root: Path) -> None:
    assert limits.quota_cores(root) is None
    assert limits.usable_cores(root) == 8


def test_the_defaults_of_a_run_heed_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "usable_cores", lambda: 3)
    monkeypatch.setattr(run, "usable_memory", lambda: 512 * run.MIB)
    with run.LocalRun() as small:
        assert (small.threads, small.workers, small.memory) == (3, 3, 128 * run.MIB)
    monkeypatch.setattr(run, "usable_memory", lambda: run.MIB)
    assert run.default_memory(3) == run.LEAST_MEMORY
    monkeypatch.setattr(run, "usable_memory", lambda: None)
    assert run.default_memory(3) == 320 * run.MIB


def test_more_threads_than_cores_take_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait for a core, and what they hold would only have to be cleared."""
    monkeypatch.setattr(run, "usable_cores", lambda: 2)
    with run.LocalRun(2) as few, run.LocalRun(64) as many:
        assert (many.threads, many.workers, many.memory) == (64, 2, few.memory)
        assert budget_of(many) == budget_of(few)
        barrier = threading.Barrier(64)  # all threads can wait for something at a time
        for job in [many.executor.submit(barrier.wait) for _ in range(64)]:
            job.result()
