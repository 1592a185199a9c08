"""Descriptors: what names them, and what standard streams that are closed leave open."""

import json
import os
import subprocess
import sys

import pytest

from biometal_stream.descriptors import descriptor_of

RECORD = b"@r\nACGT\n+\nIIII\n"

PROGRAM = """
import json, os, sys
from pathlib import Path

def attempt(*words):
    sys.argv = ["biometal-stream", *words]
    said.clear()
    try:
        status = main()
    except BaseException as error:
        status = repr(error)
    found.append((status, " ".join(said), sorted(os.listdir())))

from biometal_stream.__main__ import main
from biometal_stream.cli import messages
said, found = [], []
messages.say = messages.write = said.append
os.symlink("/dev/stdin", "link")
for name in ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "link"):
    attempt("read", name, "write", "a.fq")
for name in ("-", "/dev/stdout", "/dev/fd/2"):
    attempt("--stats", "s.json", "read", "reads.fq", "write", name, "--format", "fastq")
attempt("read", "reads.fq", "write", "a.fq")
for number in range(3):
    try:
        os.read(0, 1) if number == 0 else os.write(number, b"a library's message")
    except OSError as error:
        found.append((number, error.errno, []))
Path("found.json").write_text(json.dumps(found))
"""

LIBRARY = """
import os, sys
from pathlib import Path
import biometal_stream as bs
from biometal_stream.atomic import AtomicFile, AtomicFolder
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.descriptors import open_descriptor, open_pipe
from biometal_stream.errors import InputError, SinkError

def numbers():
    return [number for number in range(3) if os.path.exists(f"/proc/self/fd/{number}")]

found = []
with AtomicFile("a") as file, AtomicFolder("b") as folder, open_descriptor("reads.fq", 0):
    folder.append("x", b"1")
    with open_raw("reads.fq")._file, open_pipe()[0], open_pipe()[1]:
        found.append(numbers())
for name in ("-", "/dev/stdin", "/dev/fd/0"):
    try:
        found.append(bs.read_fastq(name).stream().read_all())
    except InputError as error:
        found.append(str(error))
for name in ("-", "/dev/stdout", "/dev/stderr"):
    try:
        bs.read_fastq("reads.fq").write_fastq(name)
    except SinkError as error:
        found.append(str(error))
Path("found").write_text("\\n".join(map(str, found)))
"""


@pytest.fixture
def closed(tmp_path):
    """Runs Python without any standard stream."""
    (tmp_path / "reads.fq").write_bytes(RECORD)

    def run(script):
        modules = os.pathsep.join(map(os.path.abspath, sys.path))
        environment = os.environ | {"PYTHONPATH": modules}
        line = f'exec {sys.executable} -c "$0" <&- >&- 2>&-'
        subprocess.run(["sh", "-c", line, script], cwd=tmp_path, env=environment, check=False)
        return tmp_path

    return run


def test_the_program_without_standard_streams(closed):
    found = json.loads((closed(PROGRAM) / "found.json").read_text())
    there = ["link", "reads.fq"]
    for status, said, files in found[:5]:
        assert (status, files) == (1, there)
        assert "error: standard input is closed; name a file, or pipe the reads in" in said
    for (status, said, files), name in zip(found[5:8], ["output", "output", "error"], strict=True):
        assert (status, files) == (1, there)
        assert f"error: standard {name} is closed" in said
    status, said, files = found[8]
    assert (status, files) == (0, ["a.fq", *there])
    assert "1 read" in said
    assert found[9:] == [[number, 9, []] for number in range(3)]


@pytest.mark.skipif(sys.platform != "linux", reason="looks at what is open in /proc")
def test_the_library_without_standard_streams(closed):
    found = (closed(LIBRARY) / "found").read_text().splitlines()
    assert found == [
        "[]",
        *3 * ["standard input is closed; name a file, or pipe the reads in"],
        *2 * ["standard output is closed"],
        "standard error is closed",
    ]


def test_what_names_a_descriptor(tmp_path, monkeypatch):
    monkeypatch.chdir("/dev")
    (tmp_path / "link").symlink_to("again")
    (tmp_path / "again").symlink_to("/dev/fd/7")
    (tmp_path / "round").symlink_to("round")
    for name, number in [
        ("/dev/stdin", 0),
        ("/dev/stdout", 1),
        ("//dev/./stderr", 2),
        ("/dev/fd/12", 12),
        ("stdin", 0),
        ("fd/3", 3),
        (tmp_path / "link", 7),
    ]:
        assert descriptor_of(name) == number, name
    if sys.platform == "linux":
        assert descriptor_of("/proc/self/fd/4") == descriptor_of("/proc/thread-self/fd/4") == 4
        assert descriptor_of(f"/proc/{os.getpid()}/fd/4") == 4
        assert descriptor_of(f"/proc/{os.getppid()}/fd/4") is None
    for name in ("-", "", "a\0b", "0", "/dev/null", tmp_path, tmp_path / "round", "/dev/fd/x"):
        assert descriptor_of(name) is None
