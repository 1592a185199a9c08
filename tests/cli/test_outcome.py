"""What a run says of the reads that it kept."""

import os
import pty

import pytest

from biometal_stream.cli.main import main


@pytest.fixture
def here(inputs, monkeypatch):
    monkeypatch.chdir(inputs)
    return inputs


def test_a_run_that_stops_early_says_where(here, capsys):
    assert main(["read", "reads.fq.gz", "head", "2", "write", "two.fq"]) == 0
    told = capsys.readouterr().err
    *_, head, outcome = told.splitlines()
    assert head.split() == ["head", "2", "-", "2", "-"]
    assert outcome.startswith("stopped at head 2, ")
    assert outcome.endswith(" -> two.fq (1.1 kB)")
    assert "%" not in told
    assert "reads/s" not in told
    assert main(["read", "reads.fq.gz", "head", "1", "max-length", "1", "write", "one.fq"]) == 0
    *_, head, length, outcome = capsys.readouterr().err.splitlines()
    assert head.split() == ["head", "1", "-", "1", "-"]
    assert length.endswith("1          0        1  longer than 1 base")
    assert outcome.startswith("stopped at head 1, ")


@pytest.mark.parametrize("line", ["min-length 9999 write none.fq", "min-length 9999"])
def test_nothing_kept_is_a_warning(here, capsys, line):
    assert main(f"read reads.fq.gz {line}".split()) == 0
    told = capsys.readouterr().err
    assert "warning: no read was kept: 2,000 came in, none was left after min-length" in told


def test_too_few_reads_fail_the_run(here, capsys):
    (here / "kept.fq").write_text("before")
    line = "read reads.fq.gz max-n 0 write kept.fq --min-reads"
    assert main(f"{line} 1779".split()) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "1,778 reads were kept, but min_reads (--min-reads) asks for 1,779 or more" in told
    assert (here / "kept.fq").read_text() == "before"
    assert main(f"{line} 1778".split()) == 0


def test_records_on_a_terminal_are_not_mixed_with_progress(shell, inputs):
    ours, theirs = pty.openpty()
    environment = " ".join(f"{key}={value}" for key, value in {"TERM": "xterm"}.items())
    line = f"cd {inputs} && {environment} biometal-stream read R1.fq.gz head 2 write -"
    pid = os.fork()
    if pid == 0:  # pragma: no cover - another process
        for number in (0, 1, 2):
            os.dup2(theirs, number)
        os.execvpe("bash", ["bash", "-c", line], shell.environment())
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert b"\x1b" not in seen
    assert seen.startswith(b"@")
    assert seen.splitlines()[-1].startswith(b"stopped at head 2")


def test_the_advice_on_partitions_can_be_followed(here, capsys):
    line = "read reads.fq.gz head 3 write parts/ --partition-by name --max-partitions"
    assert main([*line.split(), "2"]) == 1
    told = capsys.readouterr().err
    assert "has more than 2 different values" in told
    assert "raise the limit (--max-partitions)" in told
    assert not (here / "parts").exists()
    assert main([*line.split(), "3"]) == 0
    assert len(list((here / "parts").iterdir())) == 3
    assert main(["read", "reads.fq.gz", "write", "a.parquet", "--max-partitions", "9"]) == 2
