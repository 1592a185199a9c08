"""The program as a whole: words in, exit status and files out."""

import errno
import gzip
import json
import os
import pty
import shlex
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from biometal_stream.cli.help import EXAMPLES
from biometal_stream.cli.main import main
from biometal_stream.pipeline.execution import Execution


@pytest.fixture
def here(inputs, monkeypatch):
    """The folder of the inputs, as the current one."""
    monkeypatch.chdir(inputs)
    return inputs


def program(line):
    return main(line.split())


def one_line(text):
    (line,) = text.splitlines()
    return line


HEAVY = ("numpy", "pyarrow", "numba", "rich", "onnxruntime", "llvmlite")


@pytest.mark.parametrize(
    "words",
    [
        *(["--help"], ["min-length", "--help"], ["--version"], ["read"]),
        *(["run", "--help"], ["preset", "--help"], ["preset", "illumina"]),
    ],
)
def test_help_is_light(words):
    code = (
        "import sys; from biometal_stream.cli.main import main; main(sys.argv[1:]);"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert run.stderr.splitlines()[-1] == "[]"


def test_help_lists_every_step_under_its_heading(capsys):
    assert main(["--help"]) == 0
    page = capsys.readouterr().out
    headings = ["Source:", "Filters:", "Trimmers:", "Transforms:", "Sink:", "Other commands:"]
    headings.append("Examples:")
    places = [page.index(f"\n{heading}\n") for heading in headings]
    assert places == sorted(places)
    assert places[1] < page.index("\n  min-length ") < places[2] < page.index("\n  measure ")
    assert all(example in page for example in EXAMPLES)
    assert main(["-h", "read"]) == 0
    assert capsys.readouterr().out == page
    assert main([]) == 2


@pytest.mark.parametrize("words", [["-h"], ["read", "a.fq", "min-length", "-h"], ["demo", "-h"]])
def test_short_help(capsys, words):
    assert main(words) == 0
    assert "  -h, --help" in capsys.readouterr().out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"{metadata.version('biometal-stream')}\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("min-lenght 5", "Did you mean min-length?"),
        ("read a.fq min-length", "missing argument 'LENGTH' (see"),
        ("read a.fq min-length x", "'x' is not a whole number"),
        ("read a.fq min-length -5", "length must be at least 0 bases: -5"),
        ("read a.fq min-length 5 --nothing", "no such option"),
        ("read a.fq --mat b.fq", "Did you mean"),
        ("read min-lenth 5", "no such file or step: 'min-lenth'. Did you mean min-length?"),
        ("read", "missing argument 'FILES...'"),
        ("min-length 5", "a pipeline starts with 'read'"),
        ("min-length 5", "read FILES... min-length ... (see"),
        ("read a.fq write o.parquet measure", "'write' is the last step, but 'measure' follows"),
        ("read a.fq measure read b.fq", "'read' comes once"),
        ("doctor demo", "'doctor' runs alone"),
        ("read a.fq b.fq --mate c.fq", "--mate names 1 file for 2 files"),
        ("read a.fq --mate b.fq --interleaved", "contradict"),
        ("read - --mate -", "can be read only once"),
        ("read a.fq --on-bad-record quarantine", "needs --quarantine FILE"),
        ("read a.fq --on-bad-record skip --quarantine q.fq", "contradict"),
        ("read a.fq --quiet --progress", "contradict"),
        ("read a.fq --threads 0", "0 is less than 1 (see"),
        ("read a.fq decode-quality --column=", "the new column needs a name"),
        ("read R1.fq.gz write o.txt", "give the format (--format)"),
        ("read a.fq --memory 12Q", "'12Q' is not a number of bytes"),
        ("read a.fq --memory 1K", "memory must be at least"),
        ("read a.fq --max-record-size 1T", "longest record"),
        ("--quiet", "no step is given"),
        ("demo --stats s.json", "apply to pipelines only"),
        ("demo --output -", "name a file"),
        ("demo --output=", "the output has an empty name"),
        ("read R1.fq.gz write /dev/null --format fastq --mate x --quarantine x", "cannot be both"),
        ("read R1.fq.gz write o.parquet --stats o.parquet", "cannot be both"),
        ("read R1.fq.gz write - --format fastq --stats -", "cannot take both"),
    ],
)
def test_wrong_usage(here, capsys, line, reason):
    assert program(line) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    last = shown.err.splitlines()[-1]
    assert last.startswith("biometal-stream: error: ")
    assert reason in last
    assert {path.name for path in here.iterdir()} == {
        "R1.fq.gz",
        "R2.fq.gz",
        "lane1.fq.gz",
        "lane2.fq.gz",
        "reads.fq.gz",
    }


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_runs_as_it_stands(quick_shell, inputs, example):
    run = quick_shell.run(f"biometal-stream {example}")
    assert run.stdout == ""
    assert "reads/s" in run.stderr.splitlines()[-1]
    if "write" in example.split():
        assert "warning" not in run.stderr
    else:
        assert "2,000" in run.stderr


def test_a_run_is_right_and_says_so(here, capsys):
    line = "read reads.fq.gz max-n 0 measure write out.parquet --threads 2"
    assert program(line) == 0
    table = pq.read_table(here / "out.parquet")
    assert table.num_rows == 1778
    assert not any("N" in sequence for sequence in table["sequence"].to_pylist())
    header, filtered, measured, outcome = capsys.readouterr().err.splitlines()
    assert header == "step     reads in  reads out  dropped  why"
    assert filtered == "max-n 0     2,000      1,778      222  more than 0 N"
    assert measured == "measure     1,778      1,778        0"
    assert outcome.startswith("88.9 % kept, ")
    assert "reads/s -> out.parquet (" in outcome
    command = pq.read_schema(here / "out.parquet").metadata[b"biometal_stream.command"]
    assert command.decode() == f"biometal-stream {line}"


def test_quiet(here, capsys):
    assert main(["--quiet", "read", "R1.fq.gz", "write", "out.fq.gz"]) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


def test_stats(here, capsys):
    assert program("read R1.fq.gz min-length 1 write o.arrow --stats s.json") == 0
    stats = json.loads((here / "s.json").read_text())
    assert stats["reads_in"] == stats["reads_out"] == 500
    assert stats["command"].startswith("biometal-stream read R1.fq.gz")
    assert "min-length" in [stage["name"] for stage in stats["stages"]]
    assert stats["bottleneck"]

    capsys.readouterr()
    assert program("read R1.fq.gz --stats -") == 0
    stats = json.loads(capsys.readouterr().out)
    assert stats["results"]["summarize"]


def test_stats_that_cannot_be_written_fail_before_the_run(here, capsys):
    assert program("read R1.fq.gz write o.parquet --stats nowhere/s.json") == 1
    assert "nowhere/s.json: cannot be written" in one_line(capsys.readouterr().err)
    assert not (here / "o.parquet").exists()


@pytest.mark.parametrize(
    "line",
    [
        "read R1.fq.gz write R1.fq.gz",
        "read R1.fq.gz write ./R1.fq.gz",
        "read R1.fq.gz write link.fq.gz",
        "read R1.fq.gz --mate R2.fq.gz write o1.fq.gz --mate R2.fq.gz",
        "read R1.fq.gz write o.parquet --quarantine R1.fq.gz",
        "read R1.fq.gz write o.parquet --stats R1.fq.gz",
    ],
)
def test_an_input_is_never_overwritten(here, capsys, line):
    (here / "link.fq.gz").symlink_to("R1.fq.gz")
    before = {name: (here / name).read_bytes() for name in ("R1.fq.gz", "R2.fq.gz")}
    assert program(line) == 1
    assert "is an input" in one_line(capsys.readouterr().err)
    assert before == {name: (here / name).read_bytes() for name in before}


def test_an_input_is_not_overwritten_by_the_shell_either(shell, inputs):
    shell.run("zcat R1.fq.gz > a.fq; cp a.fq b.fq")
    run = shell.run("biometal-stream read a.fq write - >> a.fq", status=1)
    assert "standard output: is an input" in one_line(run.stderr)
    run = shell.run("biometal-stream read - write a.fq < a.fq", status=1)
    assert "a.fq: is an input" in one_line(run.stderr)
    shell.run("cmp a.fq b.fq")


def test_a_device_may_take_everything(here, capsys):
    line = "read R1.fq.gz write /dev/null --format fastq --quarantine /dev/null"
    assert program(f"{line} --stats /dev/null --quiet") == 0
    assert capsys.readouterr().err == ""


def test_a_stream_that_lacks_letters(shell, inputs):
    line = "read R1.fq.gz measure rename gc=é --quiet 2> out"
    shell.run(f"LC_ALL=C.UTF-8 PYTHONIOENCODING=ascii biometal-stream {line}")
    assert b"\\xe9" in (inputs / "out").read_bytes()


@pytest.mark.parametrize("words", ["read ''", "read R1.fq.gz write ''", "--stats '' read R1.fq.gz"])
def test_an_empty_name_is_wrong_usage(here, capsys, words):
    assert main(shlex.split(words)) == 2
    assert "a file has an empty name" in one_line(capsys.readouterr().err)


def test_words_that_are_no_text(shell, inputs):
    run = shell.run(r"biometal-stream read R1.fq.gz rename gc=$'\xe9'", status=2)
    assert "'COLUMNS...': 'gc=\\xe9' is not text" in run.stderr.replace(
        "[COLUMNS...]", "COLUMNS..."
    )
    run = shell.run(r"biometal-stream read R1.fq.gz write $'caf\xe9.parquet' --stats s.json")
    assert "-> caf\\xe9.parquet" in run.stderr
    assert (inputs / os.fsdecode(b"caf\xe9.parquet")).exists()


def test_bad_input_is_one_line_and_no_target(here, capsys):
    (here / "bad.fq").write_text("@a\nACGT\n+\nIIII\n@b\x1b[2J\nAC\n+\nI\n")
    assert program("read bad.fq write o.parquet") == 1
    line = one_line(capsys.readouterr().err)
    assert line.startswith("biometal-stream: error: bad.fq: record 2, ")
    assert "\x1b" not in line
    assert not (here / "o.parquet").exists()


def test_a_missing_input(here, capsys):
    assert program("read nothing.here.fq write o.fq") == 1
    line = one_line(capsys.readouterr().err)
    assert line.startswith("biometal-stream: error: nothing.here.fq: ")


@pytest.mark.parametrize("name", ["read.fq", "./measur", "reads"])
def test_a_missing_input_is_not_taken_for_a_step_that_cannot_be_meant(here, capsys, name):
    assert program(f"read {name} write o.fq") == 1
    line = one_line(capsys.readouterr().err)
    assert line.startswith(f"biometal-stream: error: {name}: cannot be opened")


def test_bad_records_can_be_skipped_and_kept(here, capsys):
    bad = "@b\nAC\n+\nI\n"
    (here / "bad.fq").write_text(f"@a\nACGT\n+\nIIII\n{bad}@c\nACGT\n+\nIIII\n")
    assert program("read bad.fq write o.fq --quarantine q.fq") == 0
    assert (here / "q.fq").read_text() == bad
    assert (here / "o.fq").read_text() == "@a\nACGT\n+\nIIII\n@c\nACGT\n+\nIIII\n"
    assert "1 bad record" in capsys.readouterr().err.splitlines()[-1]
    assert program("read bad.fq write o.fq --on-bad-record skip") == 0


def test_warnings_are_lines(here, capsys):
    (here / "old.fq").write_text("@a\nACGTACGT\n+\nhhhhhhhh\n" * 20)
    assert program("read old.fq write o.fq") == 0
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith("biometal-stream: warning: ")


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        (KeyboardInterrupt(), 130, "biometal-stream: interrupted"),
        (OSError(errno.EIO, "Input/output error", "x.fq"), 1, "x.fq: Input/output error"),
        (MemoryError(), 1, "out of memory"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, None),
    ],
)
def test_what_can_go_wrong_in_a_run(here, capfd, monkeypatch, fault, status, said):
    def run(self):
        raise fault

    monkeypatch.setattr(Execution, "run", run)
    assert program("read R1.fq.gz write o.parquet") == status
    shown = capfd.readouterr().err
    assert (said in one_line(shown)) if said else shown == ""


def test_a_fault_of_the_program_shows_itself(here, capsys, monkeypatch):
    def run(self):
        raise ZeroDivisionError

    monkeypatch.setattr(Execution, "run", run)
    with pytest.raises(ZeroDivisionError):
        program("read R1.fq.gz write o.parquet")
    assert "please report" in one_line(capsys.readouterr().err)


def test_standard_input_to_standard_output(shell, inputs):
    run = shell.run("zcat R1.fq.gz | biometal-stream read - write - > o.fq")
    assert " -> standard output (" in one_line(run.stderr)
    shell.run("zcat R1.fq.gz | cmp - o.fq")


def test_a_closed_pipe_is_quiet(shell, inputs):
    text = gzip.decompress((inputs / "reads.fq.gz").read_bytes())
    for lane in range(20):
        (inputs / f"lane_{lane:02}.fq").write_bytes(text.replace(b"@ERR", b"@ERR%d" % lane))
    line = "biometal-stream --quiet read lane_??.fq write - --format fastq"
    run = shell.run(f"set -o pipefail; {line} | head -n 1", status=141)
    assert run.stdout.startswith("@ERR0777676")
    assert run.stderr == ""
    run = shell.run("biometal-stream --help | true; test ${PIPESTATUS[0]} -eq 0 -o $? -eq 0")
    assert run.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "words",
    [
        "read R1.fq.gz --quiet --stats -",
        "read R1.fq.gz write - --quiet",
        "--help",
        "completion zsh",
    ],
)
def test_a_full_disk_is_one_line(shell, inputs, words):
    run = shell.run(f"biometal-stream {words} > /dev/full", status=1)
    reason = "standard output: cannot be written: No space left on device"
    assert one_line(run.stderr) == f"biometal-stream: error: {reason}"


def test_closed_streams(shell, inputs):
    run = shell.run("biometal-stream read R1.fq.gz write - --format fastq >&-", status=1)
    assert one_line(run.stderr) == "biometal-stream: error: standard output is closed"
    run = shell.run("biometal-stream read - write o.parquet <&-", status=1)
    assert "standard input is closed; name a file" in one_line(run.stderr)
    shell.run("biometal-stream read R1.fq.gz write o.parquet 2>&-")
    shell.run("biometal-stream read nothing.fq write o.parquet 2>&-", status=1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_and_leaves_nothing(shell, inputs, number):
    process = subprocess.Popen(
        [sys.executable, "-m", "biometal_stream", "read", "-", "write", "o.parquet"],
        cwd=inputs,
        env=shell.environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # More than a pipe holds: when all of it is taken, the run has begun to read.
    process.stdin.write((inputs / "reads.fq.gz").read_bytes() * 3)
    process.stdin.flush()
    process.send_signal(number)
    error = process.stderr.read().decode()
    process.stdin.close()
    process.stderr.close()
    assert process.wait() == 128 + number
    assert error == "biometal-stream: interrupted\n"
    assert not list(inputs.glob("*parquet*"))
    assert not list(inputs.glob(".o*"))


def test_a_terminal_gets_no_bytes(shell, inputs):
    parent, child = pty.openpty()
    try:
        process = subprocess.run(
            [
                sys.executable,
                "-m",
                "biometal_stream",
                "read",
                "R1.fq.gz",
                "write",
                "-",
                "--format",
                "parquet",
            ],
            cwd=inputs,
            env=shell.environment(),
            stdout=child,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(parent)
        os.close(child)
    assert process.returncode == 1
    assert "to a terminal" in one_line(process.stderr)
