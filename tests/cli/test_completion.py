"""The shell completes steps where steps may stand, options where they may, and files."""

import os
import shutil
import subprocess
import sys

import pytest

from biometal_stream.cli.completion import proposals
from biometal_stream.cli.main import main


def values(line, incomplete=""):
    return {item.value for item in proposals(line.split(), incomplete) if item.type == "plain"}


def takes_files(line, incomplete=""):
    return any(item.type == "file" for item in proposals(line.split(), incomplete))


def test_what_a_line_starts_with():
    assert values("") == {"read", "demo", "doctor", "completion"}
    assert values("", "d") == {"demo", "doctor"}
    assert values("--threads 2", "re") == {"read"}


def test_steps_follow_steps():
    assert not values("read")
    assert takes_files("read")
    assert {"min-length", "write"} <= values("read a.fq")
    assert "read" not in values("read a.fq")
    assert takes_files("read a.fq")
    assert not values("read a.fq min-length")
    assert "write" in values("read a.fq min-length 5", "w")
    assert not takes_files("read a.fq min-length 5")
    assert takes_files("read a.fq write")
    assert not values("read a.fq write o.parquet")
    assert not values("doctor")


def test_options_and_their_values():
    assert {"--mate", "--sample", "--threads", "--help"} <= values("read a.fq", "--")
    assert "--shards" not in values("read a.fq", "--")
    assert values("read a.fq", "--qua") == {"--quality-encoding", "--quarantine"}
    assert values("read a.fq --quality-encoding") == {"auto", "phred33", "phred64", "solexa"}
    assert values("read a.fq --on-bad-record", "s") == {"stop", "skip"}
    assert takes_files("read a.fq --mate")
    assert takes_files("read a.fq", "--mate=b")
    assert not values("read a.fq --sample")
    assert values("completion") == {"bash", "zsh", "fish"}


def test_after_a_mistake_there_is_nothing():
    assert not proposals(["frobnicate"], "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(capsys, shell):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"{shell}_complete" in script
    assert "biometal-stream" in script


def test_an_unknown_shell(capsys):
    assert main(["completion", "tcsh"]) == 2
    assert "'tcsh' is not one of" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "replies"),
    [
        (["rea"], {"read"}),
        (["read", "lane"], {"lane 1.fq", "lane2.fq"}),
        (["read", "lane2.fq", "min-l"], {"min-length"}),
        (["read", "lane2.fq", "write", "o.parquet", "--compression", "z"], {"zstd"}),
    ],
)
def test_bash(tmp_path, capsys, words, replies):
    assert main(["completion", "bash"]) == 0
    (tmp_path / "completion.sh").write_text(capsys.readouterr().out)
    program = tmp_path / "biometal-stream"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m biometal_stream "$@"\n')
    program.chmod(0o755)
    (tmp_path / "lane 1.fq").touch()
    (tmp_path / "lane2.fq").touch()
    line = " ".join(f"'{word}'" for word in ["biometal-stream", *words])
    script = f"""
        source ./completion.sh
        COMP_WORDS=({line}); COMP_CWORD={len(words)}
        _biometal_stream_completion {program}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    run = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(run.stdout.splitlines()) == replies
