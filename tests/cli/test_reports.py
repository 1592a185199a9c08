"""``--report`` on any run: where quality control counts, and which files are written."""

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.cli.reports import with_quality_control
from biometal_stream.errors import DataError
from tests.reports.runs import fastq

QC = "quality-control"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.fq").write_text(fastq(200))
    return tmp_path


@pytest.mark.parametrize(
    ("operators", "names"),
    [
        ([], [QC]),
        ([bs.Measure()], ["measure", QC]),
        ([bs.Summarize()], ["summarize", QC]),
        ([bs.MaxN(0)], [QC, "max-n", QC]),
        ([bs.Measure(), bs.MaxN(0), bs.Measure()], [QC, "measure", "max-n", "measure", QC]),
        ([bs.TrimQuality(20)], [QC, "trim-quality", QC]),
        ([bs.ReverseComplement()], [QC, "reverse-complement", QC]),
        ([bs.Select(["name", "sequence"])], [QC, "select", QC]),
        ([bs.Sample(number=5)], [QC, "sample", QC]),
        ([bs.QualityControl()], [QC]),
        ([bs.QualityControl(), bs.MaxN(0)], [QC, "max-n", QC]),
        ([bs.MaxN(0), bs.QualityControl()], [QC, "max-n", QC]),
        ([bs.MaxN(0), bs.QualityControl(), bs.MinLength(2)], [QC, "max-n", QC, "min-length", QC]),
        ([bs.Head(5)], ["head", QC]),
        ([bs.MaxN(0), bs.Head(5)], ["max-n", "head", QC]),
        ([bs.Head(5), bs.MaxN(0)], ["head", QC, "max-n", QC]),
        ([bs.Head(5), bs.QualityControl(), bs.MaxN(0)], ["head", QC, "max-n", QC]),
    ],
)
def test_where_it_counts(operators, names):
    assert [each.name for each in with_quality_control(operators)] == names


@pytest.mark.parametrize(
    ("operators", "inserts"),
    [
        ([], [True]),
        ([bs.MaxN(0)], [True, False]),
        ([bs.Head(5), bs.MaxN(0)], [True, False]),
        ([bs.MaxN(0), bs.Head(5)], [False]),
        ([bs.TrimAdapters()], [False, False]),
        ([bs.MergePairs()], [False, False]),
        ([bs.SummarizeInserts(), bs.MaxN(0)], [False, False]),
        ([bs.MaxN(0), bs.QualityControl(inserts=True)], [False, True]),
    ],
)
def test_inserts_are_counted_once(operators, inserts):
    found = with_quality_control(operators, pairs=True)
    assert [each.inserts for each in found if isinstance(each, bs.QualityControl)] == inserts
    found = with_quality_control([bs.MaxN(0)])
    assert not any(each.inserts for each in found if isinstance(each, bs.QualityControl))


def test_json_and_text_and_tables_of_one_run(here, capfd):
    line = "read a.fq max-n 0 write o.fq --report r.json --report r.txt --report r.parquet"
    assert main([*line.split(), "--report", "-"]) == 0
    told = capfd.readouterr()
    plain = json.loads(Path("r.json").read_text())
    assert plain["sample"] == "a"
    assert plain["command"] == "biometal-stream read a.fq max-n 0 write o.fq"
    assert list(plain["quality"]) == ["before", "after"]
    totals = plain["quality"]["after"]["tables"]["totals"]
    assert (
        totals["reads"] == [plain["reads_out"]] == [len(Path("o.fq").read_text().split("@r")) - 1]
    )
    assert told.out == Path("r.txt").read_text()
    assert pq.read_table("r.parquet").num_rows > 100
    assert told.err.splitlines()[-2].startswith("report: r.json (")


def test_a_line_without_write_prints_the_figures_of_its_report(here, capfd):
    assert main(["read", "a.fq", "--report", "r.json"]) == 0
    told = capfd.readouterr().err
    assert "\nreads                     200\n" in told
    assert "nothing is written to standard output" not in told
    assert list(json.loads(Path("r.json").read_text())["quality"]) == ["reads"]


@pytest.mark.parametrize("options", [["-t", "1"], ["-t", "3", "--memory", "16MiB"], ["--quiet"]])
def test_bytes_do_not_depend_on_the_run(here, options):
    line = ["read", "a.fq", "trim-quality", "20", "max-n", "0", "write", "o.fq"]
    assert main([*line, "--report", "one.json"]) == 0
    assert main([*line, *options, "--report", "two.json", "--stats", "s.json"]) == 0
    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["read", "x/liver_S1_L001_R1_001.fastq.gz"], "liver_S1_L001"),
        (["read", "x/liver_S1_L001_R1_001.fastq.gz", "--sample", "Leber"], "Leber"),
        (["read", "x/liver_S1_L001_R1_001.fastq.gz", "a.fq"], "liver_S1"),
        (["preset", "illumina", "a.fq"], "a"),
    ],
)
def test_the_name_of_the_sample(here, words, name):
    Path("x").mkdir()
    Path("x/liver_S1_L001_R1_001.fastq.gz").write_text(fastq(5))
    assert main([*words, "--report", "r.json", "--quiet"]) == 0
    assert json.loads(Path("r.json").read_text())["sample"] == name


def test_a_saved_pipeline(here):
    assert (
        main(
            [
                "read",
                "a.fq",
                "max-n",
                "0",
                "write",
                "o.fq",
                "--save-pipeline",
                "p.toml",
                "--report",
                "a.json",
            ]
        )
        == 0
    )
    assert QC not in Path("p.toml").read_text()
    assert main(["run", "p.toml", "--report", "b.json"]) == 0
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--report r.pdf", "r.pdf: the name gives no form of a report; write x.html (a page)"),
        ("--report no/r.json", "no/r.json: cannot be written: there is no such folder"),
        ("--report a.fq.json --report ./a.fq.json", "cannot be both --report and --report"),
        ("--report o.fq", "cannot be both the target of write and --report"),
        ("--report - --report -", "standard output can take only one --report"),
        ("--report - --stats -", "standard output cannot take both --stats and --report"),
        ("--assay rna", "--assay sets the limits of a report; add --report FILE"),
        ("--report r.json --assay dna", "'dna' is not one of any, fastqc, wgs"),
        ("--report", "--report needs"),
    ],
)
def test_wrong_usage(here, capfd, options, said):
    before = sorted(path.name for path in here.iterdir())
    assert main([*["read", "a.fq", "max-n", "0", "write", "o.fq"], *options.split()]) != 0
    assert said in capfd.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == before


def test_an_input_is_not_replaced(here, capfd):
    Path("a.fq").rename("a.json")
    assert main(["read", "a.json", "write", "o.fq", "--report", "a.json"]) == 1
    assert "a.json: is an input; --report must be another file" in capfd.readouterr().err
    assert Path("a.json").read_text() == fastq(200)


def test_a_run_that_fails_leaves_the_report_as_it_was(here):
    Path("r.json").write_text("old")
    with Path("a.fq").open("a") as file:
        file.write("@bad\nACGT\n+\nII\n")
    line = "read a.fq max-n 0 write o.fq --report r.json --report s.json"
    assert main(line.split()) == 1
    assert Path("r.json").read_text() == "old"
    assert not Path("s.json").exists()
    line = "read a.fq min-length 1000 write o.fq --min-reads 1 --report s.json"
    assert main(line.split()) == 1
    assert not Path("s.json").exists()


def test_the_form_of_fastqc_is_written_for_each_mate_and_place(here):
    Path("b.fq").write_text(fastq(200, 5))
    line = "read a.fq --mate b.fq min-length 5 write o.fq --interleaved --report d_fastqc.zip"
    assert main(line.split()) == 0
    assert {path.name for path in here.glob("*.zip")} == {
        "d_R1_fastqc.zip",
        "d_R2_fastqc.zip",
        "d_R1_before_fastqc.zip",
        "d_R2_before_fastqc.zip",
    }


def test_files_named_by_mates_never_replace_an_input(here, capfd):
    Path("a.fq").rename("d_R1_fastqc.zip")
    Path("b.fq").write_text(fastq(200, 5))
    line = "read d_R1_fastqc.zip --mate b.fq write o.fq --interleaved --report d_fastqc.zip"
    assert main(line.split()) == 1
    assert "d_R1_fastqc.zip: is an input" in capfd.readouterr().err
    assert Path("d_R1_fastqc.zip").read_text() == fastq(200)


def test_other_commands_have_no_report(here, capfd):
    assert main(["doctor", "--report", "r.json"]) == 2
    assert "--report" in capfd.readouterr().err


def test_steps_that_only_add_columns_exist():
    from biometal_stream.cli.reports import _ADDING_COLUMNS
    from biometal_stream.registry.builtin import operator_names

    assert set(operator_names()) >= _ADDING_COLUMNS


def test_quality_control_without_a_report_prints_its_figures(here, capfd):
    line = "read a.fq quality-control max-n 0 quality-control write o.fq"
    assert main(line.split()) == 0
    told = capfd.readouterr()
    assert re.search(r"^Reads +before +after\nreads +200 +\d+$", told.err, re.MULTILINE)
    assert main(["read", "a.fq", "max-n", "0", "write", "o.fq", "--report", "r.json"]) == 0
    assert "Reads" not in capfd.readouterr().err


def test_a_file_that_fails_does_not_keep_others_from_being_written(here, capfd, monkeypatch):
    def broken(*_, **__):
        raise DataError("no such shape")

    monkeypatch.setattr("biometal_stream.reports.fastp.shape.fastp_json", broken)
    line = "read a.fq max-n 0 write o.fq --stats s.json --save-pipeline p.toml"
    assert main([*line.split(), "--report", "r.fastp.json", "--report", "r.json"]) == 1
    assert "r.fastp.json: no such shape\n" in capfd.readouterr().err
    assert {path.name for path in Path().iterdir()} >= {"o.fq", "s.json", "p.toml", "r.json"}
    assert not Path("r.fastp.json").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_an_error_names_all_that_is_not_written(here, capfd):
    for name in ("s.json", "r.json"):
        Path(name).symlink_to("/dev/full")
    line = "read a.fq max-n 0 write o.fq --stats s.json --report r.json --report r.txt"
    assert main([*line.split(), "--save-pipeline", "p.toml"]) == 1
    said = "s.json: cannot be written: No space left on device; also not written: r.json\n"
    assert said in capfd.readouterr().err
    assert Path("r.txt").read_text()
    assert Path("p.toml").read_text()
