"""The files of a report are complete or as they were."""

from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, SinkError
from biometal_stream.pipeline.report_files import ReportFiles, TableFile
from tests.reports.runs import document_of, fastq


@pytest.fixture
def document(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.fq").write_text(fastq(20))
    return document_of(Path("a.fq"), bs.MaxN(0))


def files():
    return {path.name for path in Path().iterdir()} - {"a.fq"}


def test_nothing_is_left_of_what_was_not_written(document):
    Path("old.json").write_text("old")
    with ReportFiles(["r.json", "old.json", "x_fastqc.zip"]):
        pass
    assert files() == {"old.json"}
    assert Path("old.json").read_text() == "old"


def test_an_error_in_one_form_leaves_its_file_as_it_was(document, monkeypatch):
    Path("r.txt").write_text("old")

    def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("biometal_stream.reports.text.report.text_report", broken)
    with pytest.raises(RuntimeError), ReportFiles(["r.txt"]) as target:
        target.write(document)
    assert files() == {"r.txt"}
    assert Path("r.txt").read_text() == "old"


def test_sizes_are_those_of_the_files(document):
    with ReportFiles(["r.json", "r.txt"]) as target:
        target.write(document)
    assert target.written == {name: Path(name).stat().st_size for name in ("r.json", "r.txt")}


def test_two_names_of_one_file(document):
    with pytest.raises(ConfigurationError, match="written twice"):
        ReportFiles(["r.json", "./r.json"])
    with pytest.raises(SinkError, match="is an input"):
        TableFile("./a.fq", ["a.fq"])
    assert files() == set()


def test_a_table_that_fails_leaves_its_file_as_it_was(document):
    Path("t.parquet").write_text("old")
    with pytest.raises(RuntimeError), TableFile("t.parquet") as target:  # noqa: PT012 - in turn
        target.add(document)
        raise RuntimeError
    assert Path("t.parquet").read_text() == "old"
    assert files() == {"t.parquet"}


def broken(error):
    def make(*_, **__):
        raise error

    return make


def test_a_form_that_fails_does_not_keep_others_from_being_written(document, monkeypatch):
    page = "biometal_stream.reports.page.render.render"
    monkeypatch.setattr(page, broken(RuntimeError("no page")))
    names = ["a.html", "r.json", "x.txt"]
    with pytest.raises(RuntimeError, match="no page") as caught, ReportFiles(names) as target:
        target.write(document)
    assert caught.value.__notes__ == ["Not written: a.html."]
    assert files() == set(target.written) == {"r.json", "x.txt"}


def test_an_error_names_all_files_that_are_not_written(document, monkeypatch):
    fastp = "biometal_stream.reports.fastp.shape.fastp_json"
    monkeypatch.setattr(fastp, broken(DataError("no such shape")))
    names = ["a.fastp.json", "b.fastp.json", "r.json"]
    said = "^a.fastp.json: no such shape; also not written: b.fastp.json$"
    with pytest.raises(DataError, match=said), ReportFiles(names) as target:
        target.write(document)
    assert files() == {"r.json"}


def test_json_is_written_first(document):
    with ReportFiles(["a.txt", "a.fastp.json", "r.json"]) as target:
        target.write(document)
    assert list(target.written) == ["r.json", "a.txt", "a.fastp.json"]


def test_two_reports_do_not_share_a_file(document):
    names = ["a_fastqc.zip", "a_before_fastqc.zip", "r.json"]
    said = "^a_before_fastqc.zip: two reports have this file"
    with pytest.raises(ConfigurationError, match=said), ReportFiles(names) as target:
        target.write(document)
    assert files() == {"r.json", "a_fastqc.zip", "a_before_fastqc.zip"}
