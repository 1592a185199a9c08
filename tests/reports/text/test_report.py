"""The report as text."""

import re
from dataclasses import replace

import pytest

import biometal_stream as bs
from biometal_stream.reports.text.report import text_report
from tests.reports.runs import document_of, fastq


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "liver.fq"
    path.write_text(fastq(500, longest=90))
    document = document_of(path, bs.MaxN(0), bs.TrimQuality(20), bs.MinLength(5))
    return replace(
        document, command="biometal-stream read liver.fq max-n 0", warnings=("look out",)
    )


def row(text: str, start: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(start))
    return re.split(r"\s{2,}", line.strip())


def test_it_says_what_happened(document):
    text = text_report(document, 100)
    first, second, third, *_ = text.splitlines()
    assert first == "liver"
    kept = document.reads_out
    assert second == f"500 reads in, {kept} out ({kept / 500:.1%})"
    assert third == "biometal-stream read liver.fq max-n 0"
    assert "warning: look out" in text
    assert text.endswith("\n")
    assert "\n\n\n" not in text


def test_its_figures_are_those_of_the_tables(document):
    text = text_report(document, 100)
    before, after = (
        document.quality[place].tables["totals"].to_pylist()[0] for place in ("before", "after")
    )
    assert row(text, "reads  ")[1:] == [f"{before['reads']:,}", f"{after['reads']:,}"]
    assert row(text, "bases  ")[1:] == [f"{before['bases']:,}", f"{after['bases']:,}"]
    shares = [f"{100 * each['q30_share']:.2f} %" for each in (before, after)]
    assert row(text, "bases of Q30")[1:] == shares
    step = document.steps[1]
    assert row(text, "max-n 0")[1:4] == [str(step[n]) for n in ("reads_in", "reads_out", "dropped")]


def test_ranges_of_lengths_add_up(document):
    text = text_report(document, 100)
    lines = text[text.index("\nLength ") + 1 :].partition("\n\n")[0].splitlines()[1:]
    counts = [int(re.split(r"\s{2,}", line)[1].split()[0].replace(",", "")) for line in lines]
    assert sum(counts) == 500


def test_verdicts_and_their_reasons(document):
    text = text_report(replace(document, assay="fastqc"), 100)
    assert "Verdicts (fastqc)" in text
    assert row(text, "Per base sequence quality")[1] in {"warn", "fail"}
    assert re.search(r"^(warn|fail)  before: .*limit", text, re.MULTILINE)


def test_the_curve_is_as_wide_as_the_page(document):
    for width in (60, 100, 200):
        text = text_report(document, width)
        line = next(line for line in text.splitlines() if re.match(r"before  [▁▂▃▄▅▆▇█]", line))
        assert len(line) <= width


def test_plain_ascii(document):
    hostile = replace(document, sample="lebér\x1b[31m", warnings=("\N{SNOWMAN}",))
    text = text_report(hostile, 100, unicode=False)
    assert text.isascii()
    assert "\x1b" not in text
    assert "\x1b" not in text_report(hostile, 100)


def test_mates_are_side_by_side(tmp_path):
    for mate in (1, 2):
        (tmp_path / f"R{mate}.fq").write_text(fastq(50, mate, longest=40))
    reads = bs.read_fastq(tmp_path / "R1.fq", mate=tmp_path / "R2.fq") | bs.QualityControl()
    report = (reads | bs.MinLength(5) | bs.QualityControl()).write_fastq(tmp_path / "o.fq")
    text = text_report(report.document(), 100)
    titles = ["Reads", "mate 1 before", "mate 1 after", "mate 2 before", "mate 2 after"]
    assert row(text, "Reads  ") == titles
    assert len(set(row(text, "reads  ")[1::2])) == 1


def test_no_reads(tmp_path):
    (tmp_path / "a.fq").write_text("")
    text = text_report(document_of(tmp_path / "a.fq", bs.MaxN(0)), 100)
    assert "0 reads in, 0 out\n" in text


def test_a_run_without_quality_control(tmp_path):
    (tmp_path / "a.fq").write_text(fastq(3))
    report = (bs.read_fastq(tmp_path / "a.fq") | bs.MinLength(1)).write_fastq(tmp_path / "o.fq")
    assert text_report(report.document(), 100).startswith("a\n3 reads in, 3 out (100.0%)\n\nstep")


def test_results_of_other_steps(document):
    table = {"name": [f"n{n}" for n in range(12)], "share": [0.5] * 12}
    results = {
        "count-x": {"reads": 1234, "rate": 0.25, "sizes": {"1": 2}, "tables": {"Top": table}},
        "odd": [1, 2],
    }
    text = text_report(replace(document, results=results), 100)
    assert "count-x\nreads  1,234\nrate    0.25\n\ncount-x Top\nname  share\nn0     0.50\n" in text
    assert "n9     0.50\nand 2 more rows\n" in text
    assert "odd" not in text
