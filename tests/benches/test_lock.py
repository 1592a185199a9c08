"""The hook that measures how long Python's lock is held."""

import shutil
import subprocess
import sys

import pytest

from benches import lock

pytestmark = pytest.mark.skipif(
    shutil.which("cc") is None or sys.version_info[:2] != (3, 11) or sys.platform != "linux",
    reason="the hook is for CPython 3.11 on Linux, and needs a C compiler",
)

WORK = """
import sys, threading, zlib
sys.setswitchinterval(1000)
data = bytes(10_000)

def work():
    for _ in range(500):
        {work}

thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def held(tmp_path, work):
    hook = lock.hook(tmp_path)
    assert hook is not None
    subprocess.run([sys.executable, "-c", WORK.format(work=work)], env=hook.environment, check=True)
    return hook.held()


def test_each_release_is_counted(tmp_path):
    python = held(tmp_path, "sum(data)")
    library = held(tmp_path, "zlib.crc32(data)")  # gives up the lock
    assert library.times >= python.times + 500
    for found in (python, library):
        assert found.cpu > 0
        assert found.wall > 0


def test_without_a_compiler_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert lock.hook(tmp_path) is None
