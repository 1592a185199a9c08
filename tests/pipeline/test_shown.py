"""Pipelines and reports show themselves briefly, and safely in a notebook."""

import io
import re
from xml.etree import ElementTree as ET

import pytest

import biometal_stream as bs
from tests.operators.conformance import reads
from tests.stand_ins import Call, Collect, Given, Numbers


def cells(html: str) -> list[list[str]]:
    table = ET.fromstring(html)
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]


def test_a_pipeline_on_one_line():
    pipeline = bs.read_fastq(["a.fq", "b.fq"]) | bs.MinLength(50) | bs.Predict("quality", rows=7)
    assert repr(pipeline) == (
        "<Pipeline: FastqSource('a.fq', 'b.fq') | MinLength(50) | Predict('quality', rows=7)>"
    )
    limited = pipeline.with_options(threads=2, memory="1G", min_reads=1000)
    assert repr(limited).endswith(", threads=2, memory=1GiB, min_reads=1000>")
    assert repr(pipeline.with_options(pairs="split")).endswith(", pairs='split'>")


def test_many_files_are_counted():
    pipeline = bs.read_fastq([f"{n}.fq" for n in range(1200)])
    assert "('0.fq', '1.fq', '2.fq', ... 1,200 in all)" in repr(pipeline)


def test_a_long_setting_is_cut():
    assert len(repr(bs.read_fastq("a.fq") | bs.Where(" or ".join(["length > 3"] * 200)))) < 300


@pytest.mark.parametrize("source", [Numbers(3), Given((reads(),))])
def test_any_source_and_operator_can_be_shown(source):
    text = repr(bs.Pipeline(source) | Call())
    assert text.startswith(f"<Pipeline: {type(source).__name__}() | Call(")


def test_a_file_object_is_shown():
    assert "FastqSource('<_io.BytesIO" in repr(bs.read_fastq(io.BytesIO(b"")))


def test_a_pipeline_in_a_notebook():
    html = (bs.read_fastq("<b>&.fq") | bs.Where("name != '<script>'"))._repr_html_()
    assert not re.search("<b>|<script>", html)
    assert cells(html) == [
        ["step", "settings"],
        ["source", "FastqSource('<b>&.fq')"],
        ["where", "Where(\"name != '<script>'\")"],
    ]


def test_a_report(tmp_path):
    target = str(tmp_path / "<i>.parquet")
    report = (bs.Pipeline(Given((reads(),))) | bs.MinLength(75)).write_parquet(target)
    kept = report.reads_out
    assert repr(report).startswith(f"<Report: 40 reads in, {kept} kept ({100 * kept / 40:.1f} %), ")
    html = report._repr_html_()
    assert "<i>" not in html
    assert ["min-length 75", "40", str(kept)] in [row[:3] for row in cells(html)]
    stopped = (bs.Pipeline(Given((reads(),))) | bs.Head(3)).run(Collect())
    assert repr(stopped).startswith("<Report: stopped after 3 reads: head 3, 3 kept, ")
