"""What is said where the reads are typed."""

import os
import pty
import subprocess
import sys

import pytest

from biometal_stream.cli.main import main
from biometal_stream.cli.terminal import NOTE, note_terminal


@pytest.mark.parametrize(("name", "quiet"), [("-", False), ("/dev/stdin", True)])
def test_reads_that_are_typed_are_waited_for_with_a_word(tmp_path, name, quiet):
    keyboard, terminal = pty.openpty()
    options = ["--quiet"] if quiet else []
    command = [sys.executable, "-m", "biometal_stream", *options, "read", name, "write", "o.fq"]
    with subprocess.Popen(command, stdin=terminal, stderr=subprocess.PIPE, cwd=tmp_path) as run:
        os.close(terminal)
        os.write(keyboard, b"@r\nACGT\n+\nIIII\n\x04")
        said = run.stderr.read().decode()
        assert run.wait(60) == 0
    os.close(keyboard)
    assert said.startswith(NOTE + "\n") is not quiet
    assert (NOTE in said) is not quiet
    assert (tmp_path / "o.fq").read_bytes() == b"@r\nACGT\n+\nIIII\n"


def test_any_terminal_and_nothing_else(tmp_path, capsys):
    keyboard, terminal = pty.openpty()
    (tmp_path / "link").symlink_to(os.ttyname(terminal))
    for name in (os.ttyname(terminal), f"/dev/fd/{terminal}", str(tmp_path / "link")):
        note_terminal(["reads.fq", name])
        assert capsys.readouterr().err == f"{NOTE}\n"
    os.mkfifo(tmp_path / "pipe")
    note_terminal([str(tmp_path / "pipe"), os.devnull, str(tmp_path), "nothing", "a\0b"])
    assert capsys.readouterr().err == ""
    os.close(keyboard)
    os.close(terminal)


def test_a_file_is_read_without_a_word(tmp_path, capsys):
    (tmp_path / "a.fq").write_bytes(b"@r\nA\n+\nI\n")
    assert main(["read", str(tmp_path / "a.fq"), "write", str(tmp_path / "b.fq")]) == 0
    assert NOTE not in capsys.readouterr().err
