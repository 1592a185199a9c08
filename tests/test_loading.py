"""Reports from files, in Python."""

import json

import pytest

import biometal_stream as bs
from tests.reports.runs import document_of, fastq


@pytest.fixture
def document(tmp_path):
    (tmp_path / "a.fq").write_text(fastq(30))
    return document_of(tmp_path / "a.fq", bs.MaxN(0))


def test_a_report_is_written_and_read(tmp_path, document):
    path = tmp_path / "a.json"
    assert bs.save_report(document, path) == (str(path),)
    assert bs.load_report(path).to_json() == document.to_json()


def test_reports_are_added(document):
    assert bs.merge_reports([document]) is document
    assert bs.merge_reports(iter([document] * 3)).reads_in == 90
    with pytest.raises(bs.ConfigurationError, match="at least one"):
        bs.merge_reports([])


def test_errors_name_the_file(tmp_path, document):
    with pytest.raises(bs.InputError, match=r"no\.json: cannot be opened: No such file"):
        bs.load_report(tmp_path / "no.json")
    (tmp_path / "x.json").write_text(json.dumps({"schema": "biometal-stream/report/2"}))
    with pytest.raises(bs.InputError, match=r"x\.json: a report of version 2"):
        bs.load_report(tmp_path / "x.json")
    with pytest.raises(bs.ConfigurationError, match="gives no form"):
        bs.save_report(document, tmp_path / "x.doc")


def test_the_report_of_a_run(tmp_path):
    (tmp_path / "liver_R1.fq").write_text(fastq(30))
    reads = bs.read_fastq(tmp_path / "liver_R1.fq")
    report = (reads | bs.QualityControl() | bs.MaxN(0) | bs.QualityControl("end")).write_fastq(
        tmp_path / "o.fq"
    )
    assert list(report.quality) == ["before", "end"]
    assert report.inputs == (str(tmp_path / "liver_R1.fq"),)
    assert report.save(tmp_path / "r.json", assay="rna") == (str(tmp_path / "r.json"),)
    document = bs.load_report(tmp_path / "r.json")
    assert (document.sample, document.assay, document.command) == ("liver", "rna", "")
    shown = report._repr_html_()
    assert shown.count("<table>") == 2
    assert "more than 0 N" in shown
    assert "mean quality" in report.quality["end"]._repr_html_()
