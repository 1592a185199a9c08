"""The shells complete what the program proposes, and files."""

import os
import pty
import re
import select
import shutil
import subprocess

import pytest

from biometal_stream.cli.completion import completion_command
from biometal_stream.cli.main import main


def test_an_unknown_shell(capsys):
    assert main(["completion", "tcsh"]) == 2
    assert "'tcsh' is not one of" in capsys.readouterr().err


@pytest.fixture
def files(quick_shell):
    """A shell in a folder with two lanes."""
    for name in ("lane 1.fq", "lane2.fq", "comma,s.fq"):
        (quick_shell.folder / name).touch()
    return quick_shell


def line_for(shell):
    """The line that the help says to add to a shell's settings."""
    (line,) = re.findall(rf"^ +{shell}  (.*)$", completion_command().help, re.MULTILINE)
    return line


def type_into(argv, shell, line):
    """The words of a line after a press of Tab at its end, as the live shell sees them."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        argv,
        cwd=shell.folder,
        env=shell.environment() | {"ZDOTDIR": str(shell.folder)},
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
    )
    os.close(child)
    shown = b""
    try:
        # Ctrl-A and Ctrl-E, the ends of the line, make it one that tells its own words.
        typed = [f"{line}\t\x01printf '%s\\n' \x05 > words.txt; exit\n".encode()]
        while select.select([parent], [], [], 30)[0]:
            try:
                more = os.read(parent, 4096)
            except OSError:  # so Linux says that the shell has ended
                break
            if not more:  # and so do others
                break
            shown += more
            if shown.endswith(b"READY") and typed:
                os.write(parent, typed.pop())
    finally:
        process.kill()
        process.wait()
        os.close(parent)
    words = shell.folder / "words.txt"
    assert words.exists(), shown
    return words.read_text().splitlines()


LINES = [
    ("rea", ["read"]),
    ("read 'lane ", ["read", "lane 1.fq"]),
    ("read lane2.fq --interleaved measure wr", ["write"]),
    ("read lane2.fq --thr", ["--threads"]),
    ("read lane2.fq --mate=lane2", ["--mate=lane2.fq"]),
    ("read lane2.fq write o.parquet --compression z", ["zstd"]),
    ("read lane2.fq write o.parquet --compression=z", ["--compression=zstd"]),
]


def check_line(argv, shell, line, ends):
    words = type_into(argv, shell, f"biometal-stream {line}")
    assert words[0] == "biometal-stream"
    assert words[-len(ends) :] == ends


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize("breaks", ["", "COMP_WORDBREAKS=' '"])
@pytest.mark.parametrize(("line", "ends"), LINES)
def test_bash(files, line, ends, breaks):
    (files.folder / "rc").write_text(f"PS1=READY; {line_for('bash')}; {breaks}\n")
    check_line(["bash", "--noprofile", "--rcfile", "rc", "-i"], files, line, ends)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh")
@pytest.mark.parametrize(("line", "ends"), LINES)
def test_zsh(files, line, ends):
    (files.folder / ".zshrc").write_text(
        f"autoload -Uz compinit; compinit -D -u; {line_for('zsh')}; bindkey -e; PS1=READY\n"
        "unsetopt prompt_cr prompt_sp; zle_bracketed_paste=()\n"
    )
    check_line(["zsh", "-d", "-i"], files, line, ends)


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish")
def test_fish(files):
    cases = [
        *((line, ends[-1:]) for line, ends in LINES),
        ("read la", ["lane 1.fq", "lane2.fq"]),
        ("read comma", ["comma,s.fq"]),
        ("read lane2.fq --on-bad-record ", ["stop", "skip", "quarantine"]),
    ]
    script = f"{line_for('fish')}\n"
    for number, (line, _) in enumerate(cases):
        script += f'complete -C "biometal-stream {line}" > {number}.txt\n'
    subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=files.folder, env=files.environment(), check=True
    )
    for number, (_, expected) in enumerate(cases):
        lines = (files.folder / f"{number}.txt").read_text().splitlines()
        assert [line.partition("\t")[0] for line in lines] == expected
    assert "zstd, bzip2" in (files.folder / "0.txt").read_text()  # help with a comma is whole
