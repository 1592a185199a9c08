"""What a run ends with: where the reads went, step by step, and nothing twice."""

import io
import json
import re

import pytest

from biometal_stream.cli.closing import closing
from biometal_stream.cli.main import main
from biometal_stream.first_reads import Learnt
from biometal_stream.operators.barcodes.demultiplexed import Demultiplexed, SampleReads
from biometal_stream.operators.barcodes.tally import Extracted
from biometal_stream.pipeline.report import Report
from biometal_stream.pipeline.step import Step, Stop


def report(*steps, **more):
    values = {"wall": 2.0, "reads_in": 1000, "reads_out": 250, "steps": steps} | more
    rest = {"workers": 1, "memory": 1, "bytes_read": 1, "bytes_written": 2_000_000}
    return Report(outputs=("out.fq",), bottleneck="", stages=(), channels=(), **rest, **values)


LENGTH = Step("min-length", "min-length 50", "filter", 1000, 250, None, None, 750, "too short")
TRIM = Step("trim-fixed", "trim-fixed", "trimmer", 250, 250, None, None, 0, None, 1, 12)
LOOK = Step("summarize", "summarize", "observer", 250, 250, None, None, 0)


def test_the_table():
    assert closing(report(LENGTH, TRIM, LOOK)) == (
        "step           reads in  reads out  dropped  why\n"
        "min-length 50     1,000        250      750  too short\n"
        "trim-fixed          250        250        0  1 read trimmed, 12 bases cut off\n"
        "25.0 % kept, 2.00 s, 500 reads/s -> out.fq (2.0 MB)\n"
    )


class Terminal(io.StringIO):
    def __init__(self, encoding):
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return True


@pytest.mark.parametrize(("encoding", "bar"), [("utf-8", "██▌       "), ("ascii", "##        ")])
def test_a_terminal_gets_bars(encoding, bar):
    assert closing(report(LENGTH), stream=Terminal(encoding)).splitlines()[:2] == [
        "step           reads in  reads out  dropped              why",
        f"min-length 50     1,000        250      750  {bar}  too short",
    ]
    stopped = report(LENGTH, stopped=Stop("head 250", 250))
    assert bar not in closing(stopped, stream=Terminal(encoding))


def test_the_files_of_a_report_come_before_the_outcome():
    written = {"run.html": 812_000, "a\x1b.json": 5}
    line = closing(report(LENGTH), reports=written).splitlines()[-2]
    assert line == "report: run.html (812.0 kB), a\\x1b.json (5 bytes)"


def test_findings_of_learners_follow_the_table():
    learnt = {
        "quality-encoding": {"a.fq": "phred33"},
        "trim-adapters": Learnt(9, "trim-adapters", {}, ("kit truseq", "a\nb")),
        "common-length": Learnt(9, "common-length 5", {}),
    }
    assert closing(report(LENGTH, learnt=learnt)).splitlines()[2:] == [
        "trim-adapters: kit truseq",
        r"trim-adapters: a\nb",
        "25.0 % kept, 2.00 s, 500 reads/s -> out.fq (2.0 MB)",
    ]


def test_findings_of_results():
    sample = SampleReads("ACGT", 90, 80, 10, 0)
    unknown = {"TTTT": 10}
    found = Demultiplexed(100, 10, "none", False, {"S1": sample}, unknown, 1.0, "try something")
    results = {"demultiplex": found, "extract": Extracted(9, 3, "too short"), "labels": {"PASS": 3}}
    assert closing(report(LENGTH, results=results)).splitlines()[2:-1] == [
        "demultiplex: the most frequent barcodes of no sample: TTTT 10",
        "demultiplex: try something",
        "extract: 3 of 9 reads have no barcode and stay whole: too short (33.3%)",
    ]


def test_pairs_have_columns_of_their_own():
    pairs = Step("max-n", "max-n 0", "filter", 1000, 250, 500, 125, 750, "more than 0 N")
    assert closing(report(pairs), "pairs interleaved").splitlines()[:2] == [
        "step     reads in  reads out  pairs in  pairs out  dropped  why",
        "max-n 0     1,000        250       500        125      750  more than 0 N",
    ]


def test_without_steps_there_is_one_line():
    counts = {"bad records": 1, "orphans": 2}
    told = closing(report(LOOK, reads_out=1000, counts=counts))
    assert told == "1,000 reads, 1 bad record, 2 orphans, 2.00 s, 500 reads/s -> out.fq (2.0 MB)\n"
    assert closing(report(reads_in=1, reads_out=1)).startswith("1 read, 2.00 s, 0 reads/s")


def test_of_no_reads_there_is_no_share():
    nothing = Step("max-n", "max-n 0", "filter", 0, 0, dropped=0)
    assert (
        closing(report(nothing, reads_in=0, reads_out=0)).splitlines()[-1].startswith("0 reads, ")
    )


def test_of_a_run_that_was_ended_it_says_where():
    before = Step("max-n", "max-n 0", "filter", None, None, reason="more than 0 N")
    head = Step("head", "head 3", "operator", None, 3)
    told = closing(report(before, head, reads_out=3, stopped=Stop("head 3", 3)))
    assert told == (
        "step     reads in  reads out  dropped  why\n"
        "max-n 0         -          -        -  more than 0 N\n"
        "head 3          -          3        -\n"
        "stopped at head 3, 2.00 s -> out.fq (2.0 MB)\n"
    )


def test_a_long_condition_is_cut_and_what_cannot_be_shown_is_escaped():
    where = Step("where", "where " + "length > 1 and " * 9, "filter", 1, 1, dropped=0)
    odd = Step("x", "x \x1b[31m", "filter", 1, 1, dropped=0)
    lines = closing(report(where, odd)).splitlines()
    assert lines[1].startswith("where length > 1 and length > 1 and l...  ")
    assert lines[2].startswith("x \\x1b[31m  ")


@pytest.mark.parametrize("threads", ["1", "2", "4"])
@pytest.mark.parametrize("memory", ["16M", "1G"])
def test_the_same_for_all_threads_and_chunks(inputs, monkeypatch, capsys, threads, memory):
    monkeypatch.chdir(inputs)
    line = "read reads.fq.gz max-n 0 head 100 trim-fixed --front 5 min-mean-quality 25 write o.fq"
    words = ["--threads", threads, "--memory", memory, "--stats", "s.json", *line.split()]
    assert main(words) == 0
    *table, outcome = capsys.readouterr().err.splitlines()
    assert table == [
        "step                 reads in  reads out  dropped  why",
        "max-n 0                     -          -        -  more than 0 N",
        "head 100                    -        100        -",
        "trim-fixed                100        100        0  100 reads trimmed, 500 bases cut off",
        f"min-mean-quality 25       100{table[4][29:]}",
    ]
    assert re.fullmatch(r"stopped at head 100, \S+ s -> o\.fq \(\S+ kB\)", outcome)
    steps = json.loads((inputs / "s.json").read_text())["steps"]
    assert [step["reads_in"] for step in steps] == [None, None, 100, 100]
    kept = int(table[4].split()[3])
    assert steps[3]["reads_out"] == kept == (inputs / "o.fq").read_text().count("\n") // 4
    assert kept + steps[3]["dropped"] == 100


def test_quiet_leaves_it_out(inputs, monkeypatch, capsys):
    monkeypatch.chdir(inputs)
    assert main(["--quiet", "read", "reads.fq.gz", "max-n", "0", "write", "o.fq"]) == 0
    assert capsys.readouterr().err == ""


def test_quiet_leaves_out_the_tables_of_results(inputs, monkeypatch, capsys):
    monkeypatch.chdir(inputs)
    line = ["read", "reads.fq.gz", "count-duplicates"]
    assert main([*line, "--quiet", "write", "o.fq"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main([*line, "--quiet"]) == 0  # here they are all that the run is for
    assert "count-duplicates" in capsys.readouterr().err


def test_pairs_of_a_run(inputs, monkeypatch, capsys):
    monkeypatch.chdir(inputs)
    assert main(["read", "R1.fq.gz", "--mate", "R2.fq.gz", "max-n", "0", "write", "o.fq"]) == 0
    header, row, outcome = capsys.readouterr().err.splitlines()
    assert header.split("  ")[-1] == "why"
    name, reads_in, reads_out, pairs_in, pairs_out, dropped, _ = re.split("  +", row)
    assert (name, reads_in, pairs_in) == ("max-n 0", "1,000", "500")
    assert int(reads_out) == 2 * int(pairs_out) == 1000 - int(dropped)
    assert "interleaved" in outcome
