"""The summary shows what was counted, and a dash where nothing was."""

import io
import json
import os
import pty
import subprocess
import sys
from dataclasses import fields, replace

import pytest

from biometal_stream.cli.main import main
from biometal_stream.cli.summary import print_summary, rows_of
from biometal_stream.reports.records.labels import LabelSummary
from biometal_stream.reports.records.totals import ColumnSummary
from biometal_stream.reports.summary import Summary

NOTHING = Summary(
    **{field.name: None for field in fields(Summary)} | {"reads": 0, "columns": (), "labels": ()}
)
SOME = Summary(
    reads=2000,
    pairs=1000,
    bases=500_000,
    min_length=30,
    mean_length=250.125,
    median_length=250.5,
    max_length=10_000_000,
    n50=251,
    mean_quality=18.849,
    arithmetic_mean_quality=34.912,
    q20=0.9449,
    q30=1.0,
    gc=0.42,
    n=0.0,
    columns=(
        ColumnSummary("tiny\x1b", 1e-9, 0.5, 123_456.789, 7),
        ColumnSummary("none", None, None, None, 2000),
        ColumnSummary("odd", float("-inf"), 0.0, 1e300, 0),
    ),
)


def test_rows():
    shown = dict(rows_of(SOME))
    assert shown["reads"] == "2,000"
    assert shown["pairs"] == "1,000"
    assert shown["mean length (bases)"] == "250.1"
    assert shown["longest read (bases)"] == "10,000,000"
    assert shown["mean quality of all bases (Phred)"] == "18.85"
    assert shown["arithmetic mean quality of all bases (Phred)"] == "34.91"
    assert shown["GC of A, C, G, T and U"] == "42.0 %"
    assert shown["bases of Phred 20 or more"] == "94.5 %"


def test_nothing_is_a_dash():
    shown = dict(rows_of(NOTHING))
    assert shown.pop("reads") == "0"
    assert set(shown.values()) == {"-"}
    assert "pairs" not in shown
    assert "bases" not in shown


def printed(summary):
    stream = io.StringIO()
    print_summary(summary, stream)
    return stream.getvalue()


def test_print():
    assert printed(SOME).endswith(
        "\n"
        "of each read  least  mean   greatest  missing\n"
        "tiny\\x1b      1e-09   0.5  123,456.8        7\n"
        "none              -     -          -    2,000\n"
        "odd            -inf     0     1e+300        0\n"
    )


def test_what_is_measured_has_its_unit():
    names = ("length", "mean_quality", "expected_errors", "gc", "n_count")
    columns = tuple(ColumnSummary(name, 0, 0, 0, 0) for name in names)
    lines = printed(replace(SOME, columns=columns)).splitlines()[-5:]
    assert [line.split("  ")[0] for line in lines] == [
        "length (bases)",
        "mean_quality (Phred)",
        "expected_errors (errors)",
        "gc (share)",
        "n_count (bases)",
    ]


COMMAND = [sys.executable, "-m", "biometal_stream", "--no-progress", "read", "R1.fq.gz"]


def test_on_a_terminal_it_is_standard_output(shell, inputs):
    parent, child = pty.openpty()
    try:
        run = subprocess.run(
            COMMAND,
            cwd=inputs,
            env=shell.environment(),
            stdout=child,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
        assert b"shortest read (bases)" in os.read(parent, 4096)
    finally:
        os.close(parent)
        os.close(child)
    assert len(run.stderr.splitlines()) == 1


def test_elsewhere_it_never_stands_where_data_is_expected(shell, inputs):
    run = shell.run("biometal-stream read R1.fq.gz min-length 50 | gzip > out.fq.gz")
    assert shell.run("zcat out.fq.gz | wc -c").stdout.strip() == "0"
    warning, *summary, _, step, outcome = run.stderr.splitlines()
    assert warning.startswith("biometal-stream: warning: nothing is written to standard output")
    assert "'write -' writes the reads to standard output, '--stats -' the summary" in warning
    assert summary[0].split() == ["reads", "500"]
    assert step.split() == ["min-length", "50", "500", "500", "0"]
    assert outcome.startswith("100.0 % kept, ")


def test_as_json_it_is_asked_for_and_nothing_is_warned_of(shell, inputs):
    run = shell.run("biometal-stream --quiet read R1.fq.gz --stats -")
    assert '"summarize"' in run.stdout
    assert run.stderr == ""


def test_labels_are_counted():
    labels = (LabelSummary("host\x1b", {"human": 1500, "\x1b": 300}, 0, 200),)
    lines = [line.split() for line in printed(replace(SOME, labels=labels)).splitlines()[-4:]]
    assert lines == [
        ["host\\x1b", "reads", "share"],
        ["human", "1,500", "75.0", "%"],
        ["\\x1b", "300", "15.0", "%"],
        ["-", "200", "10.0", "%"],
    ]


@pytest.mark.parametrize("step", ["read nothing.fq", "read R1.fq.gz predict host", "read ."])
def test_an_error_comes_without_the_warning_of_no_output(shell, inputs, step):
    run = shell.run(f"biometal-stream {step} | cat")
    (line,) = run.stderr.splitlines()
    assert line.startswith("biometal-stream: error: ")


def test_several_in_a_line_have_names(inputs, monkeypatch, capsys):
    monkeypatch.chdir(inputs)
    line = "read reads.fq.gz summarize max-n 0 summarize write out.fq --stats stats.json"
    assert main(line.split()) == 0
    told = capsys.readouterr().err.splitlines()
    names = [place for place, each in enumerate(told) if each.startswith("summarize")]
    assert [told[place] for place in names] == ["summarize", "summarize-2"]
    assert [told[place + 1].split() for place in names] == [["reads", "2,000"], ["reads", "1,778"]]
    results = json.loads((inputs / "stats.json").read_text())["results"]
    assert [results[name]["reads"] for name in ("summarize", "summarize-2")] == [2000, 1778]
    assert results["summarize-2"]["n"] == 0


def test_one_at_the_end_is_not_followed_by_another(inputs, monkeypatch, capsys):
    monkeypatch.chdir(inputs)
    assert main(["--quiet", *["read", "reads.fq.gz", "max-n", "0", "summarize"]]) == 0
    told = capsys.readouterr().err
    assert told.count("N50 (bases)") == 1
    assert main(["--quiet", *["read", "reads.fq.gz", "summarize", "max-n", "0"]]) == 0
    told = capsys.readouterr().err
    assert told.count("N50 (bases)") == 2


def test_before_head_it_is_refused(inputs, monkeypatch, capsys):
    monkeypatch.chdir(inputs)
    assert main(["read", "reads.fq.gz", "summarize", "head", "10", "write", "out.fq"]) == 2
    told = capsys.readouterr().err
    assert "error: summarize must come after head 10, which ends the run early" in told
    assert not (inputs / "out.fq").exists()
    assert main(["--quiet", "read", "reads.fq.gz", "head", "10", "summarize"]) == 0
    _, reads, *_ = capsys.readouterr().err.splitlines()
    assert reads.split() == ["reads", "10"]
