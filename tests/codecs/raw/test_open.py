"""Opening paths, standard input and file objects."""

import gc
import io
import os
import subprocess
import sys

import pytest

from biometal_stream.codecs import open_bytes
from biometal_stream.codecs.raw import files, pipes
from biometal_stream.codecs.raw.files import open_whole
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.errors import ConfigurationError, InputError


def read(raw, step=100):
    target = memoryview(bytearray(step))
    pieces = []
    while count := raw.readinto(target):
        pieces.append(bytes(target[:count]))
    return b"".join(pieces)


def test_what_cannot_be_opened(tmp_path, session_run):
    with pytest.raises(InputError, match=r"nothing\.fq: cannot be opened: No such file"):
        open_bytes(tmp_path / "nothing.fq", run=session_run)
    with pytest.raises(InputError, match="is a folder; name the files in it"):
        open_bytes(tmp_path, run=session_run)
    with pytest.raises(InputError, match="cannot be opened"):
        open_bytes("a\0b", run=session_run)
    with pytest.raises(InputError, match="cannot be opened"):
        open_bytes("", run=session_run)


@pytest.mark.parametrize("kind", ["file", "pipe"])
@pytest.mark.parametrize("fault", [MemoryError, KeyboardInterrupt])
@pytest.mark.parametrize("by_size", [False, True])
def test_what_is_open_is_closed_by_any_error(tmp_path, monkeypatch, kind, fault, by_size):
    """A warning of an unclosed file would come at some later time, from anywhere."""

    def fail(*_):
        raise fault

    monkeypatch.setattr(files, "Watched", fail)
    monkeypatch.setattr(pipes, "open_pipe", fail)
    path = tmp_path / "reads"
    path.touch() if kind == "file" else os.mkfifo(path)
    with pytest.raises((fault, InputError)):
        open_whole(str(path), "reads", 0) if by_size else open_raw(path)
    gc.collect()  # shows a warning, which is an error


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path, session_run):
    path = tmp_path / "reads.fq"
    path.touch(mode=0)
    with pytest.raises(InputError, match="Permission denied"):
        open_bytes(path, run=session_run)


@pytest.mark.parametrize("target", [io.StringIO("@r"), 5, None, b"reads.fq", os.path])
def test_what_is_no_input(target, session_run):
    with pytest.raises(ConfigurationError):
        open_bytes(target, run=session_run)


def test_text_mode_is_refused(tmp_path, session_run):
    path = tmp_path / "reads.fq"
    path.touch()
    with path.open() as file, pytest.raises(ConfigurationError, match="binary mode"):
        open_bytes(file, run=session_run)

    class Text:
        def read(self, size):
            return "@r"

    with pytest.raises(ConfigurationError, match="binary mode"):
        read(open_raw(Text()))


def test_a_closed_file_object(tmp_path, session_run):
    path = tmp_path / "reads.fq"
    path.touch()
    with path.open("rb") as file:
        pass
    with pytest.raises(InputError, match="closed"):
        open_bytes(file, run=session_run)


def test_standard_input(tmp_path):
    script = (
        "import sys\n"
        "from biometal_stream.codecs.raw.open import open_raw\n"
        "raw = open_raw('-')\n"
        "print(type(raw).__name__, raw.name, raw.bytes_total, raw.read().decode())\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, input=b"ACGT", capture_output=True, check=True)
    assert done.stdout == b"PipeInput - None ACGT\n"
    path = tmp_path / "reads.fq"
    path.write_bytes(b"ACGT")
    with path.open("rb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True, check=True)
    assert done.stdout == b"FileInput - 4 ACGT\n"
    closed = ["sh", "-c", f'exec {sys.executable} -c "$0" <&-', script]
    done = subprocess.run(closed, capture_output=True, check=False)
    assert b"InputError: standard input is closed; name a file, or pipe the reads in" in done.stderr
