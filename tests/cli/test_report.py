"""``report``: adds, shows and converts reports."""

import io
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from biometal_stream.cli.main import main
from tests.reports.runs import fastq


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    for seed, name in enumerate("ab"):
        path = folder / f"{name}.fq"
        path.write_text(fastq(100, seed))
        line = f"read {path} max-n 0 write {folder}/o.fq --quiet --report {folder}/{name}.json"
        assert main(line.split()) == 0
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch, reports):
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        Path(f"{name}.json").write_bytes((reports / f"{name}.json").read_bytes())
    return tmp_path


def test_merge(here, capfd):
    assert (
        main(["report", "merge", "a.json", "b.json", "--output", "m.json", "--output", "m.txt"])
        == 0
    )
    assert capfd.readouterr().err.startswith("2 reports -> m.json, m.txt (")
    merged = json.loads(Path("m.json").read_text())
    assert (merged["sample"], merged["runs"], merged["reads_in"]) == ("a, b", 2, 200)
    assert merged["quality"]["before"]["tables"]["totals"]["reads"] == [200]
    assert Path("m.txt").read_text().startswith("a, b (2 runs)\n200 reads in")


def test_merge_prints_json_without_output(here, capfd):
    assert main(["report", "merge", "a.json", "b.json", "--output", "m.json", "--quiet"]) == 0
    assert main(["report", "merge", "a.json", "b.json"]) == 0
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == (Path("m.json").read_text(), "")


def test_the_order_does_not_matter(here):
    assert (
        main(["report", "merge", "a.json", "b.json", "-o", "one.json", "--sample", "x", "--quiet"])
        == 0
    )
    assert (
        main(["report", "merge", "b.json", "a.json", "-o", "two.json", "--sample", "x", "--quiet"])
        == 0
    )
    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()


def test_what_cannot_be_added_is_named(here, capfd):
    Path("c.fq").write_text(fastq(10))
    assert main(["read", "c.fq", "--report", "c.json", "--quiet"]) == 0
    assert main(["report", "merge", "a.json", "c.json", "--output", "m.json"]) == 0
    told = capfd.readouterr().err
    assert "warning: the steps differ, so they are not added" in told
    assert "warning: place 'before' is not in all reports, so it is left out" in told
    assert json.loads(Path("m.json").read_text())["reads_in"] == 110


def test_convert_and_show(here, capfd):
    assert (
        main(
            [
                "report",
                "convert",
                "a.json",
                "--output",
                "a.txt",
                "--assay",
                "fastqc",
                "--sample",
                "Leber",
            ]
        )
        == 0
    )
    assert Path("a.txt").read_text().startswith("Leber\n")
    assert "(fastqc)" in Path("a.txt").read_text()
    capfd.readouterr()
    assert main(["report", "show", "a.json", "--sample", "Leber", "--assay", "fastqc"]) == 0
    told = capfd.readouterr()
    assert told.out == Path("a.txt").read_text()
    assert told.err == ""


def test_a_report_converts_to_itself(here):
    assert main(["report", "convert", "a.json", "--output", "b.json", "--quiet"]) == 0
    assert Path("b.json").read_bytes() == Path("a.json").read_bytes()


def test_standard_input(here, monkeypatch, capfd):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path("a.json").read_bytes())))
    assert main(["report", "show", "-"]) == 0
    assert capfd.readouterr().out.startswith("a\n100 reads in")


def test_tables(here, capfd):
    assert main(["report", "tables", "a.json", "b.json", "--output", "qc.parquet"]) == 0
    assert capfd.readouterr().err.startswith("2 reports -> qc.parquet (")
    rows = pq.read_table("qc.parquet").to_pylist()
    assert {row["sample"] for row in rows} == {"a", "b"}
    one = [row for row in rows if row["sample"] == "a" and row["module"] == "totals"]
    assert [row["value"] for row in one if row["name"] == "reads" and row["place"] == "before"] == [
        100
    ]


@pytest.mark.parametrize("line", ["merge a.json a.json", "tables a.json b.json a.json"])
def test_a_report_that_is_named_twice_is_warned_about(here, line, capfd):
    assert main(["report", *line.split(), "--output", "qc.parquet"]) == 0
    assert "a.json: is named twice, so its reads count twice" in capfd.readouterr().err


def test_samples_of_one_name_are_warned_about(here, capfd):
    assert main(["report", "tables", "a.json", "a.json", "--output", "qc.parquet"]) == 0
    Path("c.json").write_bytes(Path("a.json").read_bytes())
    assert main(["report", "tables", "a.json", "c.json", "--output", "qc.parquet"]) == 0
    assert "c.json: the sample 'a' is also that of a.json" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("report", "usage"),
        ("report merge", "missing argument"),
        ("report add a.json", "'add' is not one of merge, convert, show, tables"),
        ("report convert a.json", "report convert needs --output, such as --output run.html"),
        ("report tables a.json", "report tables needs --output, such as --output qc.parquet"),
        ("report convert a.json b.json -o x.html", "takes one file, not 2; 'report merge' adds"),
        ("report show a.json -o x.html", "report show prints"),
        ("report convert a.json -o x.pdf", "x.pdf: the name gives no form of a report"),
        (
            "report tables a.json -o x.csv",
            "writes one Parquet file; name it so: --output x.parquet",
        ),
        ("report tables a.json b.json -o x.parquet --sample s", "--sample names one sample"),
        ("report convert a.json -o a.json", "a.json: is an input"),
        ("report merge a.json b.json -o ./b.json", "b.json: is an input"),
        ("report show no.json", "no.json: cannot be opened: No such file or directory"),
        ("report show .", ".: cannot be opened: Is a directory"),
        ("report merge - - -o x.json", "standard input (-) can be read only once"),
        ("report show a.fq", "a.fq: not JSON"),
        ("report show cut.json", "truncated"),
        ("report show a.json max-n 0", "'report' runs alone, without other steps"),
        ("report show a.json --assay dna", "'dna' is not one of any"),
    ],
)
def test_wrong_usage(here, capfd, line, said):
    Path("a.fq").write_text(fastq(2))
    Path("cut.json").write_bytes(Path("a.json").read_bytes()[:1000])
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    assert main(line.split()) != 0
    told = capfd.readouterr()
    assert said in (told.err + told.out).replace("Usage", "usage").replace("Missing", "missing")
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before


def test_counts_that_do_not_fit_leave_the_output_as_it_was(here, capfd):
    plain = json.loads(Path("b.json").read_text())
    state = plain["quality"]["after"]["state"]["reads"]
    name = next(name for name, each in state.items() if each["kind"] == "counts")
    state[name] = next(each for each in state.values() if each["kind"] != "counts")
    Path("b.json").write_text(json.dumps(plain))
    Path("m.json").write_text("old")
    assert main(["report", "merge", "a.json", "b.json", "--output", "m.json"]) == 1
    assert "b.json: a damaged report: " in capfd.readouterr().err
    assert Path("m.json").read_text() == "old"
